"""Which publication of a period stands: decisions on it in the order of their acceptance, each binding or void. Pure.

A period of a unit is open, published, reopened, published again. By different people: who submitted or approved a
report that the values rest on does not publish them, and who published does not reopen. An officer who is not named
is taken to be another person. Whatever does not bind is void, changes nothing, and is shown.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple
from uuid import UUID

from services.reporting.domain.inputs import Published

Kind = Literal["published", "reopened"]
State = Literal["open", "published", "reopened"]
Void = Literal["own_report", "already_published", "not_published", "same_person"]


class PeriodDecision(NamedTuple):
    """Sorts by acceptance, then event id. `unit` is the one whose period is meant, with those below it."""

    accepted_at: datetime
    event_id: UUID
    kind: Kind
    period: str
    unit: str
    source: str
    actor: str | None
    digest: str | None = None
    reason: str | None = None


class Judged(NamedTuple):
    """A decision, and why it is void if it is."""

    decision: PeriodDecision
    void: Void | None


@dataclass(frozen=True, slots=True)
class Standing:
    """`last` is the publication that was the last to count, also when the period was reopened since."""

    state: State = "open"
    last: PeriodDecision | None = None
    judged: tuple[Judged, ...] = ()


def standing(decisions: Iterable[PeriodDecision], is_own: Callable[[PeriodDecision], bool]) -> Standing:
    """Of the decisions on one period of one unit; `is_own`: whether it rests on a report of the deciding person."""
    found = Standing()
    for decision in sorted(set(decisions)):
        void = _void(decision, found, is_own)
        judged = (*found.judged, Judged(decision, void))
        if void is not None:
            found = Standing(found.state, found.last, judged)
        else:
            found = Standing(decision.kind, decision if decision.kind == "published" else found.last, judged)
    return found


def _void(decision: PeriodDecision, so_far: Standing, is_own: Callable[[PeriodDecision], bool]) -> Void | None:
    if decision.kind == "published":
        if so_far.state == "published":
            return "already_published"
        return "own_report" if decision.actor is not None and is_own(decision) else None
    if so_far.state != "published" or so_far.last is None:
        return "not_published"
    same = decision.actor is not None and decision.actor == so_far.last.actor
    return "same_person" if same else None


def left(published: Published | None, status: str, value: object) -> bool:
    """Whether what holds now is no longer what was published."""
    return published is not None and (published.status, published.value) != (status, value)
