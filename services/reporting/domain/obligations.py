"""How an obligation stands at an instant: what is owed, what came, what was sent back, what was put off. Pure.

All is decided by value: whoever reads the same facts in another order, or twice, finds the same. The deadlines are
those of Nghị định 09/2019/NĐ-CP, article 8.5, as the form sets them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, NamedTuple
from uuid import UUID

from services.contracts.fields import ObligationStateName
from services.contracts.programme import LOCAL_ZONE, Obligation, Programme, local_date, local_instant, local_midnight

State = ObligationStateName
Decided = Literal["approved", "returned"]


class Submission(NamedTuple):
    """A revision that was received, from the agency `source`; and the decision that binds to it, if any, and by whom.

    `received_on`: the day on which, as it says, the paper arrived.
    """

    revision: int
    accepted_at: datetime
    event_id: UUID
    source: str
    received_on: date | None = None
    decision: Decided | None = None
    decided_by: str | None = None
    void_decisions: int = 0


class Extension(NamedTuple):
    """An agency lets a report come until a local day, at the hour at which it was due."""

    until: date
    reason: str
    source: str
    accepted_at: datetime
    event_id: UUID


@dataclass(frozen=True, slots=True)
class History:
    """Everything that was said about one report, in any order."""

    submissions: Sequence[Submission] = ()
    extensions: Sequence[Extension] = ()


NOTHING_SAID = History()


@dataclass(frozen=True, slots=True)
class Standing:
    """`due_at` with the extension that counts; `received_at` of the first submission, `latest` the one that counts.

    `valid_until`: the instant at which the state changes without an event; None when it does not.
    """

    state: State
    due_at: datetime
    extension: Extension | None
    received_at: datetime | None
    latest: Submission | None
    valid_until: datetime | None

    @property
    def in_time(self) -> bool:
        return self.received_at is not None and self.received_at < self.due_at

    @property
    def late(self) -> bool:
        """The first submission came when it was due or later, or none came and that instant has passed."""
        return self.state == "overdue" or (self.received_at is not None and not self.in_time)

    def late_days(self, now: datetime) -> int | None:
        """Local days from the day it was due to the day it came, or to today; 0 on that very day, None in time."""
        if not self.late:
            return None
        return (local_date(self.received_at or now) - local_date(self.due_at)).days


def closes_at(owed: Obligation, programme: Programme) -> datetime:
    """When the unit's own days of the period are over: from then on it owes the report."""
    period = programme.period(owed.period)
    own = period and programme.own_period(owed.unit, period)
    assert own is not None, "nothing is owed for a period in which the unit did not stand"
    return own.closes_at


def standing(owed: Obligation, closes_at: datetime, programme: Programme, history: History, now: datetime) -> Standing:
    """The standing of an obligation whose period closes at `closes_at`. Intervals are half-open: due is too late.

    Whether it was late is decided by the first submission, whatever revision counts later.
    """
    extension = binding_extension(owed, programme, history.extensions)
    due_at = due_at_with(owed, extension)
    received_at = first_received_at(owed, programme, history.submissions)
    latest = min(history.submissions, key=_latest_first, default=None)
    state = _state(latest, closes_at, due_at, received_at, now)
    silent = (at for at in (closes_at, due_at) if latest is None and at > now)
    return Standing(state, due_at, extension, received_at, latest, min(silent, default=None))


def _state(
    latest: Submission | None, closes_at: datetime, due_at: datetime, received_at: datetime | None, now: datetime
) -> State:
    if latest is None or received_at is None:
        if now < closes_at:
            return "not_due"
        return "due" if now < due_at else "overdue"
    if latest.decision == "returned":
        return "returned"
    return "received" if received_at < due_at else "late"


def _latest_first(one: Submission) -> tuple[int, datetime, UUID]:
    """The highest revision; of equal ones the first accepted, the other is a conflict."""
    return -one.revision, one.accepted_at, one.event_id


def first_received_at(owed: Obligation, programme: Programme, submissions: Iterable[Submission]) -> datetime | None:
    """When the report first came: accepted here, or on paper on a day that an agency above confirms.

    It confirms by posting that day itself, or by approving the body that names it. Paper has a day and no hour: it
    counts from the beginning of its day. A day after the acceptance says nothing.
    """
    return min((_received_at(one, owed, programme) for one in submissions), default=None)


def _received_at(one: Submission, owed: Obligation, programme: Programme) -> datetime:
    approved_by = one.decided_by if one.decision == "approved" else None
    confirmed = any(stands_above(agency, owed, programme) for agency in (one.source, approved_by))
    if one.received_on is None or not confirmed:
        return one.accepted_at
    return min(one.accepted_at, local_midnight(one.received_on))


def stands_above(agency: str | None, owed: Obligation, programme: Programme) -> bool:
    """Whether an agency is of a unit above the one that owes: it receives the report, and may put it off."""
    found = programme.agencies.get(agency) if agency is not None else None
    return found is not None and found.unit in programme.units.ancestors(owed.unit)


def binding_extension(owed: Obligation, programme: Programme, extensions: Iterable[Extension]) -> Extension | None:
    """The extension that reaches furthest, of equal ones the first accepted. What is not from above is void, and one
    that is not later than the programme's own day changes nothing."""
    good = [one for one in extensions if stands_above(one.source, owed, programme)]
    furthest = min(good, key=lambda one: (-one.until.toordinal(), one.accepted_at, one.event_id), default=None)
    return furthest if furthest is not None and due_at_with(owed, furthest) > owed.due_at else None


def due_at_with(owed: Obligation, extension: Extension | None) -> datetime:
    """The instant before which a report is in time; an extension names the day, the programme the hour."""
    if extension is None:
        return owed.due_at
    return local_instant(extension.until, owed.due_at.astimezone(LOCAL_ZONE).time())


class Share(NamedTuple):
    """`num` of `den`, never more."""

    num: int
    den: int


class Rates(NamedTuple):
    """Completeness: received / owed by now (or received ahead). Timeliness: first received in time / in time, late or
    overdue. None where nothing is owed, or decided, yet."""

    completeness: Share | None
    timeliness: Share | None


def rates(standings: Iterable[Standing]) -> Rates:
    """What was returned is owed and not there; it was in time if it first came in time."""
    owed = [one for one in standings if one.state != "not_due"]
    decided = [one for one in owed if one.in_time or one.late]
    return Rates(
        _share(sum(one.state in ("received", "late") for one in owed), len(owed)),
        _share(sum(one.in_time for one in decided), len(decided)),
    )


def _share(num: int, den: int) -> Share | None:
    return Share(num, den) if den else None
