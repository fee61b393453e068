"""What is told of an obligation, and when it is news. Pure."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple
from uuid import UUID

from services.contracts.programme import Obligation, Programme
from services.reporting.domain.obligations import History, Standing, State, closes_at, standing

Kind = Literal["opened", "postponed", "received", "returned", "overdue"]


class Shown(NamedTuple):
    """All that is told of a standing: `revision` of the report that is there, `received_at` of the first."""

    state: State
    due_at: datetime
    revision: int | None = None
    received_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Watched:
    """An obligation as it was left: evaluated up to `evaluated_at`; the last of `sequence` tellings said `told`."""

    report_id: UUID
    evaluated_at: datetime
    sequence: int = 0
    told: Shown | None = None
    valid_until: datetime | None = None


class Announcement(NamedTuple):
    """News of an obligation, true from the instant `at` on."""

    owed: Obligation
    kind: Kind
    shown: Shown
    sequence: int
    at: datetime


def shown(stands: Standing) -> Shown:
    if stands.latest is None:
        return Shown(stands.state, stands.due_at)
    returned = stands.state == "returned"
    return Shown(stands.state, stands.due_at, stands.latest.revision, None if returned else stands.received_at)


def news(before: Shown, after: Shown) -> Kind | None:
    """What the difference is called; None where nothing is to be told: what is not due yet is no news."""
    if after == before:
        return None
    match after.state:
        case "received" | "late":
            return "received"
        case "returned" | "overdue":
            return after.state
        case "due" | "not_due" if after.due_at > before.due_at:
            return "postponed"
        case "due":
            return "opened"
        case _:
            return None


def follow(
    watched: Watched, owed: Obligation, programme: Programme, history: History, start: datetime, until: datetime
) -> tuple[Watched, list[Announcement]]:
    """An obligation from `start` up to and including `until`, instant by instant, and what is told on the way."""
    closes = closes_at(owed, programme)
    told, sequence, at = watched.told, watched.sequence, max(start, watched.evaluated_at)
    found: list[Announcement] = []
    while True:
        stands = standing(owed, closes, programme, history, at)
        kind = news(told or Shown("not_due", owed.due_at), shown(stands))
        if kind is not None:
            told, sequence = shown(stands), sequence + 1
            found.append(Announcement(owed, kind, told, sequence, at))
        if stands.valid_until is None or stands.valid_until > until:
            return Watched(watched.report_id, at, sequence, told, stands.valid_until), found
        at = stands.valid_until
