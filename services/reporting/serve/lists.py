"""The lists of what a programme consists of, and the matrix of its statuses."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import Any

from services.contracts.programme import Period, Programme, Unit, units_of
from services.contracts.readings.lists import Indicators, Periods, Programmes, Units
from services.contracts.readings.statuses import CellStatus, StatusMatrix, UnitRow
from services.kit.web.paging import page
from services.reporting.domain.expand import waiting
from services.reporting.domain.inputs import Cell
from services.reporting.domain.needs import reports_below
from services.reporting.domain.summaries import period_summary
from services.reporting.serve import then
from services.reporting.serve.summaries import cell_status, indicator_summary, programme_summary, unit_summary
from services.reporting.serve.view import View, period_of, unit_of
from services.reporting.serve.waiting import waiting_of
from services.reporting.store import read
from services.reporting.store.known import then as at_day
from services.reporting.store.letters import waiting_letters_of
from services.reporting.store.pending import distinct_marks
from services.reporting.store.publications import read_published

Asked = Mapping[str, Any]
"""The parameters of a route by name; one that was not given is missing."""


def programmes(view: View, asked: Asked) -> Programmes:
    chosen, following = page(view.programmes(), lambda found: found.id, asked.get("cursor"), asked.get("limit"))
    return Programmes(as_of=view.as_of(), next=following, items=[programme_summary(found) for found in chosen])


def units(view: View, asked: Asked) -> Units:
    programme = view.programme(asked["programme"])
    known = list(programme.units.by_id.values())
    chosen, following = page(known, lambda unit: unit.id, asked.get("cursor"), asked.get("limit"))
    return Units(as_of=view.as_of(programme), next=following, items=[unit_summary(programme, unit) for unit in chosen])


def indicators(view: View, asked: Asked) -> Indicators:
    programme = view.programme(asked["programme"])
    known = list(programme.indicators.values())
    chosen, following = page(known, lambda found: found.code, asked.get("cursor"), asked.get("limit"))
    items = [indicator_summary(programme, indicator) for indicator in chosen]
    return Indicators(as_of=view.as_of(programme), next=following, items=items)


def periods(view: View, asked: Asked) -> Periods:
    programme = view.programme(asked["programme"])
    chosen, following = page(programme.periods(), lambda found: found.code, asked.get("cursor"), asked.get("limit"))
    return Periods(as_of=view.as_of(programme), next=following, items=[period_summary(period) for period in chosen])


def status_matrix(view: View, asked: Asked) -> StatusMatrix:
    programme, known_on = programme_asked(view, asked)
    period = period_of(programme, asked["period"])
    rows = units_below(programme, period, asked.get("unit", programme.root))
    chosen, following = page(rows, lambda unit: unit.id, asked.get("cursor"), asked.get("limit"))
    cells = cells_of(view, programme, period, [unit.id for unit in chosen], known_on)
    letters = waiting_letters_of(view.snapshot.connection, programme.id, at_day(known_on))
    return StatusMatrix(
        as_of=view.as_of(programme),
        next=following,
        programme=programme.id,
        version=programme.version,
        known_at=known_on,
        period=period_summary(period),
        indicators=judged_in(programme, period),
        units=[
            UnitRow(
                unit=unit_summary(programme, unit),
                cells=cells[unit.id],
                waiting=waiting_of(letters, programme, unit.id),
            )
            for unit in chosen
        ],
    )


def units_below(programme: Programme, period: Period, ref: str) -> list[Unit]:
    """The units judged in a period at and below a unit: from the top down, reporting units in the order of the data."""
    top = unit_of(programme, ref, period)
    below = programme.units.subtree(top.id)
    return [programme.units.by_id[unit] for unit in units_of(programme, period) if unit in below]


def programme_asked(view: View, asked: Asked) -> tuple[Programme, date | None]:
    """The programme asked for, in the version of the day `known_at` if one is given, and that day."""
    present, day = view.programme(asked["programme"]), asked.get("known_at")
    return (present if day is None else then.programme_then(view, present, day)), day


def cells_of(
    view: View, programme: Programme, period: Period, unit_ids: list[str], known_on: date | None = None
) -> Mapping[str, list[CellStatus]]:
    """The stored cells of units, in the programme's order; stale when what was read since asks for them.

    With `known_on` they are evaluated from what was known at the end of that day.
    """
    if known_on is not None:
        asked = [Cell(unit, code, period.code) for unit in unit_ids for code in judged_in(programme, period)]
        return then.cells_then(view, programme, asked, known_on)
    connection = view.snapshot.connection
    below = frozenset[str]().union(*map(programme.units.subtree, unit_ids))
    marked = waiting(distinct_marks(connection, programme.id, below), programme, period, unit_ids)
    places = [(unit, period.code) for unit in unit_ids]
    published = read_published(connection, programme.id, places, partial(reports_below, programme))
    found: dict[str, dict[str, CellStatus]] = defaultdict(dict)
    for row in read.statuses(connection, programme.id, period.code, unit_ids):
        cell = Cell(row.unit, row.indicator, period.code) if marked or published else None
        stale = row.stale or cell in marked
        told = published.get(cell) if cell else None
        found[row.unit][row.indicator] = cell_status(row, programme, told, stale=stale)
    codes = judged_in(programme, period)
    listed = {unit: [cells[code] for code in codes if code in cells] for unit, cells in found.items()}
    return defaultdict(list, listed)


def judged_in(programme: Programme, period: Period) -> list[str]:
    """The indicators that are judged in a period of this kind."""
    return [
        indicator.code
        for indicator in programme.indicators.values()
        if period in programme.periods_from(indicator.frequency)
    ]
