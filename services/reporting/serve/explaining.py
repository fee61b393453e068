"""Why a cell has its status, down to the events: derived anew from the facts in the snapshot of the answer."""

from services.contracts.errors import fault
from services.contracts.explanations import Explanation
from services.contracts.programme import Period, Programme, units_of
from services.kit.web import ProblemError
from services.kit.web.paging import page
from services.reporting.domain.expand import waiting
from services.reporting.domain.explain import Told
from services.reporting.domain.inputs import Cell
from services.reporting.domain.stated import place
from services.reporting.serve.lists import Asked, judged_in
from services.reporting.serve.view import View, period_of, unit_of
from services.reporting.store.explanations import derive, instant_of
from services.reporting.store.pending import distinct_marks
from services.reporting.store.statuses import read_statuses


def explanation(view: View, asked: Asked) -> Explanation:
    """Raises ProblemError 404 for what the programme does not judge: an unknown unit, indicator or period."""
    programme = view.programme(asked["programme"])
    period = period_of(programme, asked["period"])
    cell = _cell(programme, period, asked["unit"], asked["indicator"])
    connection = view.snapshot.connection
    derived = derive(connection, programme, cell, instant_of(connection, programme, cell))
    chosen, following = page(
        derived.inputs, lambda stated: " ".join(place(stated)), asked.get("cursor"), asked.get("limit")
    )
    first = derived.inputs.index(chosen[0]) if chosen else 0
    told = Told(view.as_of(programme), following, _stale(view, programme, period, cell))
    return derived.explained(slice(first, first + len(chosen)), told)


def _cell(programme: Programme, period: Period, unit_ref: str, code: str) -> Cell:
    unit = unit_of(programme, unit_ref, period)
    if unit.id not in units_of(programme, period):
        raise ProblemError(404, "unknown_unit", [fault("unit", "unknown_unit")])
    if code not in programme.indicators:
        raise ProblemError(404, "not_found", [fault("indicator", "not_found")])
    if code not in judged_in(programme, period):
        raise ProblemError(404, "not_found", [fault("period", "not_found")])
    return Cell(unit.id, code, period.code)


def _stale(view: View, programme: Programme, period: Period, cell: Cell) -> bool:
    """Whether a table may still show the status before this one."""
    connection = view.snapshot.connection
    stored = read_statuses(connection, programme.id, [cell]).get(cell)
    marked = waiting(distinct_marks(connection, programme.id), programme, period, [cell.unit])
    return stored is None or stored.due or cell in marked
