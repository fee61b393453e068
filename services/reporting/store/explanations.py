"""A cell's explanation as the facts of a snapshot give it: for whoever asks, and for whoever checks what was said."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from services.contracts.explanations import ExplainedInput, Explanation
from services.contracts.programme import Programme, local_date, local_midnight
from services.reporting.domain.explain import Told, explain
from services.reporting.domain.inputs import Cell
from services.reporting.domain.needs import needs_of
from services.reporting.domain.stated import stated_inputs
from services.reporting.domain.status import Judged, Status, evaluate, judge
from services.reporting.store.evidence import read_events
from services.reporting.store.inputs import read_facts
from services.reporting.store.now import programme_now
from services.reporting.store.statuses import read_statuses

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Derived:
    """A cell judged in a snapshot, with what it will be at `valid_until` and all its inputs."""

    connection: Connection
    judged: Judged
    later: Status | None
    inputs: Sequence[ExplainedInput]

    def explained(self, shown: slice, told: Told) -> Explanation:
        """The answer with a page of the inputs and the events behind them."""
        programme = self.judged.case.programme
        events = read_events(self.connection, programme.id, self.inputs[shown])
        return explain(self.judged, self.later, self.inputs, shown, events, told)


def derive(connection: Connection, programme: Programme, cell: Cell, at: datetime) -> Derived:
    """Judges a cell of the programme at an instant from the facts of the caller's snapshot."""
    facts = read_facts(connection, programme.id, needs_of([cell], programme), local_date(at))
    judged = judge(cell, programme, facts, at)
    until = judged.status.valid_until
    later = None if until is None else evaluate(cell, programme, facts, until)
    return Derived(connection, judged, later, stated_inputs(judged))


def instant_of(connection: Connection, programme: Programme, cell: Cell) -> datetime:
    """The instant for which a cell is explained: where its programme is, or further if the cell is there already.

    Before the first evaluation: the day before the programme starts, on which nothing is due.
    """
    now = programme_now(connection, programme.id) or local_midnight(programme.starts_on - _ONE_DAY)
    stored = read_statuses(connection, programme.id, [cell]).get(cell)
    return now if stored is None else max(now, stored.evaluated_at)
