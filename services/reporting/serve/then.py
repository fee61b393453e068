"""What was known at the end of a local day: the programme's version of then, and cells evaluated for then."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from services.contracts.errors import fault
from services.contracts.programme import Programme
from services.contracts.programme.calendars import day_end, local_date
from services.contracts.readings.statuses import CellStatus
from services.kit.web import ProblemError
from services.reporting.domain.inputs import Cell
from services.reporting.domain.needs import needs_of
from services.reporting.domain.status import evaluate
from services.reporting.serve.summaries import cell_then
from services.reporting.serve.view import View
from services.reporting.store.inputs import read_facts

_ONE_DAY: Final = timedelta(days=1)


def programme_then(view: View, present: Programme, day: date) -> Programme:
    """The version that was active at the end of a day. Raises ProblemError 422 for a day that cannot be answered for.

    A day can be answered for once the programme's `now` is past its end: then every partition has been read to an end
    that it had later, so nothing that was recorded by then is missing.
    """
    now = view.now_of(present)
    if now is None or now <= day_end(day):
        raise ProblemError(422, "not_known_yet", [fault("known_at", "not_known_yet")])
    found = version_at(view, present, day)
    if found is None:
        raise ProblemError(422, "nothing_known", [fault("known_at", "nothing_known")])
    return found


def version_at(view: View, present: Programme, day: date) -> Programme | None:
    """The highest version recorded by the end of a day; a sandbox, where no clock ruled yet, has its present one.

    What is withheld today is not told by asking for an earlier day.
    """
    if present.sandbox:
        return present if day >= first_day(view, present) else None
    recorded = view.registry.recorded.items()
    versions = [version for (name, version), at in recorded if name == present.id and at <= day_end(day)]
    found = view.registry.get(present.id, max(versions)) if versions else None
    if found is None or found.small_numbers == present.small_numbers:
        return found
    return replace(found, small_numbers=present.small_numbers)


def first_day(view: View, present: Programme) -> date:
    """The local day on which the programme was first known; of a sandbox the one on which its clock begins."""
    if present.sandbox:
        return present.starts_on - _ONE_DAY
    recorded = [at for (name, _), at in view.registry.recorded.items() if name == present.id]
    return local_date(min(recorded)) if recorded else present.starts_on


def cells_then(view: View, programme: Programme, cells: list[Cell], day: date) -> Mapping[str, list[CellStatus]]:
    """Cells by unit, in the order given, evaluated at the end of a day from what was known then."""
    facts = read_facts(view.snapshot.connection, programme.id, needs_of(cells, programme), day, day)
    found: dict[str, list[CellStatus]] = {cell.unit: [] for cell in cells}
    for cell in cells:
        status = evaluate(cell, programme, facts, day_end(day))
        found[cell.unit].append(cell_then(cell, status, programme, facts.published.get(cell)))
    return found
