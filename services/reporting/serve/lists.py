"""The lists of what a programme consists of, and the matrix of its statuses."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from services.contracts.programme import Period, Programme, Unit, units_of
from services.contracts.readings import CellStatus, Indicators, Periods, Programmes, StatusMatrix, UnitRow, Units
from services.reporting.domain.expand import waiting
from services.reporting.domain.inputs import Cell
from services.reporting.serve.paging import page
from services.reporting.serve.summaries import (
    cell_status,
    indicator_summary,
    period_summary,
    programme_summary,
    unit_summary,
)
from services.reporting.serve.view import View, period_of, unit_of
from services.reporting.store import read
from services.reporting.store.pending import distinct_marks

Asked = Mapping[str, Any]
"""The parameters of a route by name; one that was not given is missing."""


def programmes(view: View, asked: Asked) -> Programmes:
    chosen, following = page(view.programmes(), lambda found: found.id, asked.get("cursor"), asked.get("limit"))
    return Programmes(as_of=view.as_of(), next=following, items=[programme_summary(found) for found in chosen])


def units(view: View, asked: Asked) -> Units:
    programme = view.programme(asked["programme"])
    known = list(programme.units.by_id.values())
    chosen, following = page(known, lambda unit: unit.id, asked.get("cursor"), asked.get("limit"))
    return Units(as_of=view.as_of(programme), next=following, items=[unit_summary(unit) for unit in chosen])


def indicators(view: View, asked: Asked) -> Indicators:
    programme = view.programme(asked["programme"])
    known = list(programme.indicators.values())
    chosen, following = page(known, lambda found: found.code, asked.get("cursor"), asked.get("limit"))
    items = [indicator_summary(indicator) for indicator in chosen]
    return Indicators(as_of=view.as_of(programme), next=following, items=items)


def periods(view: View, asked: Asked) -> Periods:
    programme = view.programme(asked["programme"])
    chosen, following = page(programme.periods(), lambda found: found.code, asked.get("cursor"), asked.get("limit"))
    return Periods(as_of=view.as_of(programme), next=following, items=[period_summary(period) for period in chosen])


def status_matrix(view: View, asked: Asked) -> StatusMatrix:
    programme = view.programme(asked["programme"])
    period = period_of(programme, asked["period"])
    rows = units_below(programme, period, asked.get("unit", programme.root))
    chosen, following = page(rows, lambda unit: unit.id, asked.get("cursor"), asked.get("limit"))
    cells = cells_of(view, programme, period, [unit.id for unit in chosen])
    return StatusMatrix(
        as_of=view.as_of(programme),
        next=following,
        programme=programme.id,
        version=programme.version,
        period=period_summary(period),
        indicators=judged_in(programme, period),
        units=[UnitRow(unit=unit_summary(unit), cells=cells[unit.id]) for unit in chosen],
    )


def units_below(programme: Programme, period: Period, ref: str) -> list[Unit]:
    """The units judged in a period at and below a unit: from the top down, reporting units in the order of the data."""
    top = unit_of(programme, ref, period)
    below = programme.units.subtree(top.id)
    return [programme.units.by_id[unit] for unit in units_of(programme, period) if unit in below]


def cells_of(view: View, programme: Programme, period: Period, unit_ids: list[str]) -> Mapping[str, list[CellStatus]]:
    """The stored cells of units, in the programme's order; stale when what was read since asks for them."""
    connection = view.snapshot.connection
    marked = waiting(distinct_marks(connection, programme.id), programme, period, unit_ids)
    order = {code: place for place, code in enumerate(judged_in(programme, period))}
    found: dict[str, list[CellStatus]] = defaultdict(list)
    for row in read.statuses(connection, programme.id, period.code, unit_ids):
        if row.indicator in order:
            stale = row.stale or Cell(row.unit, row.indicator, period.code) in marked
            found[row.unit].append(cell_status(row._replace(stale=stale)))
    for cells in found.values():
        cells.sort(key=lambda cell: order[cell.indicator])
    return found


def judged_in(programme: Programme, period: Period) -> list[str]:
    """The indicators that are judged in a period of this kind."""
    return [
        indicator.code
        for indicator in programme.indicators.values()
        if period in programme.periods_from(indicator.frequency)
    ]
