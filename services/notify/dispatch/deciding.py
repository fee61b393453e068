"""One transaction of deciding: from what was heard, and from the clock, to matters, ledger lines and messages."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from services.contracts.programme import Programme, local_date, local_midnight
from services.notify.domain import ladder, owing, tips
from services.notify.domain.addressing import addressable
from services.notify.domain.frame import STALE_AFTER, Frame, Silence
from services.notify.domain.ladder import Step
from services.notify.domain.messages import Message, bundled
from services.notify.domain.notices import Cause, Contact, Decision, Matter, Recipient
from services.notify.domain.watched import Heard, Watched

RETRY_FOR = timedelta(hours=24)


class Pages(Protocol):
    """The part of `store.book.Book` that is needed here: one transaction of it."""

    def due_watched(self, now: datetime, limit: int) -> list[Watched]: ...

    def matters(self, subjects: Collection[str]) -> list[Matter]: ...

    def matters_of(self, causes: Collection[UUID]) -> list[Matter]: ...

    def due_matters(self, now: datetime, limit: int) -> list[Matter]: ...

    def contacts(self, programme: str, units: Collection[str]) -> list[Contact]: ...

    def silences(self, programme: str, now: datetime) -> list[Silence]: ...

    def messages_since(self, programme: str, since: datetime) -> Mapping[tuple[Recipient, str], int]: ...

    def save_watched(self, changed: Iterable[Watched]) -> None: ...

    def save_matters(self, changed: Iterable[Matter]) -> None: ...

    def add_decisions(self, decisions: Sequence[Decision]) -> None: ...

    def add_messages(self, messages: Sequence[Message]) -> None: ...


ProgrammeOf = Callable[[str], Programme | None]


@dataclass(frozen=True)
class Terms:
    """`programme`: the version that counts now. `retry_for`: after so long a message that nobody takes has failed."""

    programme: ProgrammeOf
    retry_for: timedelta = RETRY_FOR
    stale_after: timedelta = STALE_AFTER
    sandboxes: bool = False


@dataclass
class Done:
    """What one transaction came to, for metrics."""

    decisions: list[Decision] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    more: bool = False


def take(pages: Pages, heard: Sequence[Heard], now: datetime, terms: Terms) -> Done:
    """Everything that was heard, in its order: first what is over by it, then what it gives cause for."""
    pages.save_watched({one.watched.subject: one.watched for one in heard}.values())
    done = Done()
    for programme in sorted({one.watched.programme for one in heard}):
        known = terms.programme(programme)
        if known is not None:
            _take_of(pages, [one for one in heard if one.watched.programme == programme], known, now, terms, done)
    return done


def tick(pages: Pages, now: datetime, terms: Terms, limit: int) -> Done:
    """What the clock says by now, at most `limit` of each kind; `more`: there may be others."""
    due = pages.due_watched(now, limit)
    done = take(pages, [_reminded(one, now, terms) for one in due], now, terms)
    matters = pages.due_matters(now, limit)
    for programme in sorted({one.cause.programme for one in matters}):
        known = terms.programme(programme)
        theirs = [one for one in matters if one.cause.programme == programme]
        if known is None:
            pages.save_matters([ladder.orphaned(one) for one in theirs])
            continue
        frame = frame_of(pages, known, [one.cause for one in theirs], now, terms)
        _keep(pages, [ladder.ticked(one, frame) for one in theirs], frame, terms, done)
    done.more = len(due) == limit or len(matters) == limit
    return done


def settle(
    pages: Pages, causes: Collection[UUID], change: Callable[[Matter, Frame], Step], now: datetime, terms: Terms
) -> list[Matter]:
    """One change to each of these matters: an answer, a delivery, a pause. The matters as they are then."""
    matters = pages.matters_of(causes)
    changed: list[Matter] = []
    for programme in sorted({one.cause.programme for one in matters}):
        known = terms.programme(programme)
        if known is None:
            continue
        theirs = [one for one in matters if one.cause.programme == programme]
        frame = frame_of(pages, known, [one.cause for one in theirs], now, terms)
        steps = [change(one, frame) for one in theirs]
        _keep(pages, steps, frame, terms, Done())
        changed += [step.matter for step in steps]
    return changed


def frame_of(pages: Pages, programme: Programme, causes: Sequence[Cause], now: datetime, terms: Terms) -> Frame:
    """Who and what these causes may be decided by."""
    day = local_date(now)
    units = addressable(programme, [(cause.unit, cause.agency) for cause in causes], day)
    contacts: dict[Recipient, list[Contact]] = {}
    for one in pages.contacts(programme.id, units):
        contacts.setdefault(one.recipient, []).append(one)
    sent = pages.messages_since(programme.id, local_midnight(day))
    return Frame(
        programme=programme,
        contacts=lambda to: contacts.get(to, []),
        now=now,
        silences=pages.silences(programme.id, now),
        sent_today=lambda to, holder: sent.get((to, holder), 0),
        sandboxes=terms.sandboxes,
        stale_after=terms.stale_after,
    )


def _take_of(
    pages: Pages, heard: Sequence[Heard], programme: Programme, now: datetime, terms: Terms, done: Done
) -> None:
    causes = [cause for one in heard for cause in one.causes]
    over = {subject for one in heard for subject, _ in one.over}
    concerned = over | {cause.subject for cause in causes}
    if not concerned:
        return
    shelf = _Shelf(pages.matters(concerned))
    frame = frame_of(pages, programme, [*causes, *shelf.causes()], now, terms)
    for one in heard:
        for subject, kind in one.over:
            for matter in shelf.of(subject, kind):
                shelf.put(ladder.over(matter, frame))
        for cause in one.causes:
            if not shelf.has(cause.id):
                first = ladder.raised(cause, shelf.told(cause), frame)
                shelf.put(first.then(ladder.ticked(first.matter, frame)))
    _keep(pages, shelf.changed(), frame, terms, done)


def _keep(pages: Pages, steps: Sequence[Step], frame: Frame, terms: Terms, done: Done) -> None:
    messages = bundled(steps, frame, terms.retry_for)
    decisions = [line for step in steps for line in step.decisions]
    pages.save_matters([step.matter for step in steps])
    pages.add_decisions(decisions)
    pages.add_messages(messages)
    done.decisions += decisions
    done.messages += messages


def _reminded(watched: Watched, now: datetime, terms: Terms) -> Heard:
    programme = terms.programme(watched.programme)
    if programme is None:
        return Heard(_asleep(watched))
    if watched.subject.startswith("tip/"):
        return tips.reminded(watched, programme, now)
    return owing.reminded(watched, programme, now)


def _asleep(watched: Watched) -> Watched:
    return Watched(subject=watched.subject, programme=watched.programme, facts=watched.facts)


class _Shelf:
    """Matters at hand, each with all that became of it in this transaction."""

    def __init__(self, matters: Iterable[Matter]) -> None:
        self._steps: dict[UUID, Step] = {}
        self._of: dict[str, list[UUID]] = {}
        self._touched: dict[UUID, None] = {}
        for one in matters:
            self._add(Step(one))

    def causes(self) -> list[Cause]:
        return [step.matter.cause for step in self._steps.values()]

    def has(self, cause: UUID) -> bool:
        return cause in self._steps

    def of(self, subject: str, kind: str | None) -> list[Matter]:
        matters = [self._steps[its_id].matter for its_id in self._of.get(subject, ())]
        return [one for one in matters if kind in (None, one.cause.kind)]

    def told(self, cause: Cause) -> datetime | None:
        """When this state of the subject was last told, or began to be."""
        same = (one for one in self.of(cause.subject, cause.kind) if one.cause.state == cause.state)
        return max((one.raised_at for one in same if one.open or _was_told(one)), default=None)

    def put(self, step: Step) -> None:
        its_id = step.matter.cause.id
        if its_id in self._steps:
            self._steps[its_id] = self._steps[its_id].then(step)
        else:
            self._add(step)
        self._touched[its_id] = None

    def changed(self) -> list[Step]:
        return [self._steps[its_id] for its_id in self._touched]

    def _add(self, step: Step) -> None:
        cause = step.matter.cause
        self._steps[cause.id] = step
        self._of.setdefault(cause.subject, []).append(cause.id)


def _was_told(matter: Matter) -> bool:
    return any(one.standing in ("handed", "sent") for one in matter.notices)
