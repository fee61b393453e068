"""One transaction of the evaluator for one programme: marks and due cells in, statuses and outbox out."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from services.contracts.programme import Programme
from services.contracts.programme.calendars import local_date
from services.reporting.domain.expand import expand
from services.reporting.domain.inputs import Cell
from services.reporting.domain.needs import needs_of
from services.reporting.domain.status import Status, evaluate
from services.reporting.domain.stepping import Stepped, step_through
from services.reporting.evaluate.changes import Change, changes, last_told, record_of, stored_after
from services.reporting.store import now, outbox, pending, statuses
from services.reporting.store.inputs import read_facts
from services.reporting.store.lease import Work
from services.reporting.store.pending import Pending
from services.reporting.store.statuses import Stored

Step = Callable[[str], None]


def no_step(name: str) -> None:
    """Tests stop or kill the process at a named step; work does not."""


@dataclass(frozen=True, slots=True)
class Limits:
    """`cells` are evaluated in one transaction, `marks` read; more are left for the next one."""

    cells: int = 1_000
    marks: int = 20_000


@dataclass(frozen=True, slots=True)
class Plan:
    """What a turn works on: the instants at which it begins with each cell, and until when it may step."""

    starts: Mapping[Cell, datetime]
    marked: frozenset[Cell]
    stored: Mapping[Cell, Stored]
    until: datetime
    whole: bool


@dataclass(frozen=True, slots=True)
class Turn:
    """What was done. `more`: there is more to do at once. `now`: up to where the programme has been evaluated.

    `evaluated` and `changed` (what was published of it) leave out what tips feed: no number that is shown may move with
    a single tip.
    """

    evaluated: int = 0
    changed: int = 0
    marks: Pending | None = None
    more: bool = False
    now: datetime | None = None


def take_turn(
    work: Work, programme: Programme, wall_clock: datetime, limits: Limits = Limits(), step: Step = no_step
) -> Turn:
    """Evaluates what is marked or due of a programme, in the order of time. The caller's transaction commits it."""
    reached = now.programme_now(work.connection, programme.id)
    target = _target(work, programme, wall_clock)
    if reached is None and target is None:
        return Turn()
    begin = reached or target
    assert begin is not None
    marks = pending.read_marks(work.connection, programme.id, limits.marks)
    step("marks_read")
    until = begin if marks.more or target is None else max(begin, target)  # first what is known, then what time does
    plan = _plan(work, programme, marks, begin, until, limits)
    step("planned")
    stepped = _stepped(work, programme, plan, limits)
    step("computed")
    news = _write(work, programme, plan, stepped, step)
    pending.delete_marks(work.connection, marks.ids)
    step("marks_deleted")
    whole = plan.whole and stepped.whole and not marks.more
    if whole and plan.until != reached:
        now.advance_now(work.connection, programme.id, plan.until)
    step("now_advanced")
    evaluated = _without_tips(programme, (entry.cell for entry in stepped.evaluated))
    changed = _without_tips(programme, (change.told.cell for change in news))
    return Turn(evaluated, changed, marks, not whole, plan.until if whole else reached)


def _target(work: Work, programme: Programme, wall_clock: datetime) -> datetime | None:
    """A generation that is being filled goes where the served one is: they can be compared at one `now` only."""
    if work.publishes:
        return now.target_now(work.connection, programme, wall_clock)
    return now.now_in(work.connection, work.served, programme.id)


def _without_tips(programme: Programme, cells: Iterable[Cell]) -> int:
    return sum(1 for cell in cells if programme.indicators[cell.indicator].kind != "tips_in_time")


def _plan(work: Work, programme: Programme, marks: Pending, begin: datetime, target: datetime, limits: Limits) -> Plan:
    """Marked cells at once, or, when they are too many, made due; then the cells that are due, oldest first."""
    marked = frozenset(expand(marks.marks, programme))
    if any(mark.source == "programme" for mark in marks.marks):
        pending.keep_only(work.connection, programme.id, marked)
    if len(marked) > limits.cells:
        pending.make_due(work.connection, programme.id, marked)
        marked = frozenset()
    room = limits.cells - len(marked)
    due = pending.read_due(work.connection, programme.id, target, room + 1)
    taken, whole = due[:room], len(due) <= room
    stored = statuses.read_statuses(work.connection, programme.id, marked | {entry.cell for entry in taken})
    starts = {entry.cell: entry.at or _not_before(begin, stored.get(entry.cell)) for entry in taken}
    starts |= {cell: _not_before(begin, stored.get(cell)) for cell in marked}
    until = target if whole else max([begin, *(entry.at for entry in taken if entry.at is not None)])
    return Plan(starts, marked, stored, until, whole)


def _not_before(begin: datetime, stored: Stored | None) -> datetime:
    """A cell never goes back in time, even when its programme has not been evaluated as a whole so far."""
    return begin if stored is None else max(begin, stored.evaluated_at)


def _stepped(work: Work, programme: Programme, plan: Plan, limits: Limits) -> Stepped:
    if not plan.starts:
        return Stepped((), whole=True, left=frozenset())
    first = local_date(min(plan.starts.values()))
    facts = read_facts(work.connection, programme.id, needs_of(plan.starts, programme), first)

    def answer(cell: Cell, at: datetime) -> Status:
        return evaluate(cell, programme, facts, at)

    return step_through(plan.starts, answer, plan.until, at_most=2 * limits.cells)


def _write(work: Work, programme: Programme, plan: Plan, stepped: Stepped, step: Step) -> list[Change]:
    """Statuses; of a live programme in the generation that is served also what is published and the outbox."""
    positions = now.as_of(work.connection)
    rows = stored_after(stepped.evaluated, plan.stored, programme)
    statuses.write_statuses(work.connection, programme.id, list(rows.values()), positions)
    pending.make_due(work.connection, programme.id, stepped.left & plan.marked)
    step("statuses_written")
    if not work.publishes or programme.sandbox:
        return []
    published = statuses.read_published(work.connection, programme.id, rows)
    news = changes(stepped.evaluated, published)
    statuses.write_published(work.connection, programme.id, last_told(news))
    step("published_written")
    outbox.add(work.connection, [record_of(change, programme, positions) for change in news])
    step("outbox_written")
    return news
