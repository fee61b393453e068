"""One transaction of the evaluator for one programme: marks and due cells in, statuses and outbox out."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import takewhile

from services.contracts.programme import TIP_FED, Programme, judged, seats
from services.contracts.programme.calendars import local_date
from services.reporting.domain.expand import Mark, beside_published, expand
from services.reporting.domain.inputs import Cell
from services.reporting.domain.needs import Room, needs_beside
from services.reporting.domain.parts import still_true
from services.reporting.domain.status import Status, evaluate
from services.reporting.domain.stepping import Stepped, step_through
from services.reporting.domain.tallies import Tallies
from services.reporting.evaluate.changes import Change, changes, last_told, record_of, stored_after
from services.reporting.evaluate.owing import Span, follow_obligations
from services.reporting.store import now, outbox, pending, statuses
from services.reporting.store.inputs import read_facts
from services.reporting.store.lease import Work
from services.reporting.store.pending import Due, Pending
from services.reporting.store.publications import published_periods
from services.reporting.store.statuses import Stored

Step = Callable[[str], None]


def no_step(name: str) -> None:
    """Tests stop or kill the process at a named step; work does not."""


@dataclass(frozen=True, slots=True)
class Limits:
    """`cells` are evaluated in one transaction, `marks` read; more are left for the next one.

    `inputs`: how much those cells may read (see `needs.Room`). A country in a year reads thousands of times as much
    as a ward in a month, and no ward is to wait for that.
    """

    cells: int = 1_000
    marks: int = 20_000
    inputs: int = 5_000


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
    work: Work,
    programme: Programme,
    wall_clock: datetime,
    limits: Limits = Limits(),
    step: Step = no_step,
    tallies: Tallies | None = None,
) -> Turn:
    """Evaluates what is marked or due of a programme, in the order of time. The caller's transaction commits it.

    `tallies`: what the turn before has left, of whoever has held the lock since.
    """
    reached = now.programme_now(work.connection, programme.id)
    target = _target(work, programme, wall_clock)
    if reached is None and target is None:
        return Turn()
    begin = reached or target
    assert begin is not None
    marks = pending.read_marks(work.connection, programme.id, limits.marks)
    step("marks_read")
    until = begin if marks.more or target is None else max(begin, target)  # first what is known, then what time does
    remembered = still_true(Tallies() if tallies is None else tallies, marks.marks, programme)
    plan = _plan(work, programme, marks, begin, until, limits, remembered)
    step("planned")
    stepped = _stepped(work, programme, plan, limits, remembered)
    step("computed")
    news = _write(work, programme, plan, stepped, step)
    owing_more = _owing(work, programme, marks, Span(begin, plan.until, limits.cells))
    step("obligations_told")
    pending.delete_marks(work.connection, marks.ids)
    step("marks_deleted")
    whole = plan.whole and stepped.whole and not marks.more and not owing_more
    if whole and plan.until != reached:
        now.advance_now(work.connection, programme.id, plan.until)
    step("now_advanced")
    evaluated = _without_tips(programme, (entry.cell for entry in stepped.evaluated))
    changed = _without_tips(programme, (change.told.cell for change in news))
    return Turn(evaluated, changed, marks, not whole, plan.until if whole else reached)


def _owing(work: Work, programme: Programme, marks: Pending, span: Span) -> bool:
    """Obligations are told of where statuses are; whether there are more of them to look at."""
    if not work.publishes or programme.sandbox:
        return False
    return follow_obligations(work.connection, programme, marks.marks, span, now.as_of(work.connection))


def _target(work: Work, programme: Programme, wall_clock: datetime) -> datetime | None:
    """A generation that is being filled goes where the served one is: they can be compared at one `now` only."""
    if work.publishes:
        return now.target_now(work.connection, programme, wall_clock)
    return now.now_in(work.connection, work.served, programme.id)


def _without_tips(programme: Programme, cells: Iterable[Cell]) -> int:
    return sum(1 for cell in cells if programme.indicators[cell.indicator].kind not in TIP_FED)


def _plan(
    work: Work,
    programme: Programme,
    marks: Pending,
    begin: datetime,
    target: datetime,
    limits: Limits,
    tallies: Tallies,
) -> Plan:
    """Marked cells at once, or, when they are too many, made due; then the cells that are due, oldest first.

    Those marked that read too much for this transaction are made due for the next one.
    """
    room = Room(programme, tallies, begin, limits.inputs)
    marked, wide = _asked(work, programme, marks, room, limits)
    due = pending.read_due(work.connection, programme.id, target, limits.cells - len(marked) + 1)
    taken = list(_fitting(due[: limits.cells - len(marked)], room))
    pending.make_due(work.connection, programme.id, wide)
    whole = len(taken) == len(due) and not wide
    stored = statuses.read_statuses(work.connection, programme.id, marked | {entry.cell for entry in taken})
    starts = {entry.cell: _not_before(entry.at or begin, stored.get(entry.cell)) for entry in taken}
    starts |= {cell: _not_before(begin, stored.get(cell)) for cell in marked}
    until = target if whole else max([begin, *(entry.at for entry in taken if entry.at is not None)])
    return Plan(starts, marked, stored, until, whole)


def _asked(
    work: Work, programme: Programme, marks: Pending, room: Room, limits: Limits
) -> tuple[frozenset[Cell], frozenset[Cell]]:
    """The marked cells to evaluate now, and those to be made due once what is due already is known."""
    if any(mark.source == "programme" for mark in marks.marks):
        every = seats(programme), judged(programme)
        pending.keep_only(work.connection, programme.id, *every)
        pending.make_all_due(work.connection, programme.id, *every)
        return frozenset(), frozenset()
    asked = expand([*marks.marks, *_beside(work, programme, marks)], programme)
    if len(asked) > limits.cells:
        pending.make_due(work.connection, programme.id, asked)
        return frozenset(), frozenset()
    by_width = sorted(asked, key=lambda cell: (sum(room.width(cell).values()), cell))
    narrow = frozenset(takewhile(room.take, by_width))
    return narrow, frozenset(asked - narrow)


def _fitting(due: Iterable[Due], room: Room) -> Iterator[Due]:
    """As many as there is room for, in their order; at least one, however much it reads, or it would never come."""
    return (entry for _, entry in takewhile(lambda at: room.take(at[1].cell, anyhow=at[0] == 0), enumerate(due)))


def _beside(work: Work, programme: Programme, marks: Pending) -> set[Mark]:
    if not marks.marks:
        return set()
    codes = published_periods(work.connection, programme.id)
    return beside_published(marks.marks, [period for period in programme.periods() if period.code in codes])


def _not_before(begin: datetime, stored: Stored | None) -> datetime:
    """A cell never goes back in time, even when its programme has not been evaluated as a whole so far."""
    return begin if stored is None else max(begin, stored.evaluated_at)


def _stepped(work: Work, programme: Programme, plan: Plan, limits: Limits, tallies: Tallies) -> Stepped:
    if not plan.starts:
        return Stepped((), whole=True, left=frozenset())
    first = local_date(min(plan.starts.values()))
    needs, tallies.wanted = needs_beside(plan.starts, plan.until, programme, tallies)
    facts = replace(read_facts(work.connection, programme.id, needs, first), tallies=tallies)

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
