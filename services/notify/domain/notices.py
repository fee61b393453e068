"""What dispatch speaks of: causes, recipients, notices, and what was decided about each. Immutable, and plain JSON when
stored."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final, Literal, NamedTuple
from uuid import UUID, uuid5

from msgspec import Struct

from services.contracts.programme.ids import NAMESPACE
from services.contracts.programme.notices import Channel, GroupBy, NoticeKind

Verdict = Literal["sent", "grouped", "silenced", "inhibited", "quiet", "duplicate", "throttled", "failed"]
Rule = Literal[
    "accepted",  # sent: the channel took it
    "digest",  # grouped: waits for the others of its hour or day
    "silence",  # silenced
    "hours",  # quiet: outside working hours
    "day_off",  # quiet: no working day
    "same_state",  # duplicate: this state was told a short while ago
    "daily_limit",  # throttled: this person had enough messages today
    "no_route",  # inhibited: the programme names nobody for it
    "sandbox",  # inhibited: a programme for trying out tells nobody
    "stale",  # inhibited: it happened too long ago to be news
    "longer_period",  # inhibited: the shorter period says it
    "over",  # inhibited: it was put right before it was sent
    "answered",  # inhibited: somebody had answered before it was sent
    "already_told",  # inhibited: a rung before addressed the same people
    "no_unit",  # failed: no unit of that level stands
    "no_address",  # failed: nobody is registered for the role
    "refused",  # failed: every address refused it for good
    "budget",  # failed: tried until the time was up
]
Standing = Literal["waiting", "handed", "sent", "failed", "dropped"]
"""Of one notice: not yet in a message, in one, and how that ended; `dropped` was not needed any more."""
State = Literal["open", "paused", "acknowledged", "over", "told", "unanswered", "inhibited", "duplicate"]
"""Of a matter. `told` wanted no answer; `unanswered` has reached the top of its ladder in vain."""
OPEN: Final[frozenset[State]] = frozenset({"open", "paused"})


class Recipient(NamedTuple):
    """A role of a unit: whoever holds it on the day."""

    unit: str
    role: str


class Contact(NamedTuple):
    """One way to one holder of a role. `holder` names a person or a desk, never by name; `position` is the order
    among the addresses of one channel."""

    id: UUID
    recipient: Recipient
    holder: str
    channel: Channel
    position: int
    valid_from: date
    valid_to: date | None = None
    bounced: bool = False

    def holds_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


class Cause(Struct, frozen=True, kw_only=True):
    """Something that somebody must hear of. `state` of `subject` is told once; `facts` are codes for the template.

    `agency`: whose doing it is, where that is an agency. `muted`: the rule by which nobody is told, if it has one.
    """

    id: UUID
    kind: NoticeKind
    programme: str
    unit: str
    subject: str
    state: str
    at: datetime
    agency: str | None = None
    facts: Mapping[str, str] = {}
    muted: Literal["longer_period"] | None = None

    @property
    def indicator(self) -> str | None:
        return self.facts.get("indicator")


class Notice(Struct, frozen=True, kw_only=True):
    """A cause as it goes to one holder. `send_at`: not before."""

    id: UUID
    rung: int
    unit: str
    role: str
    holder: str
    channels: tuple[Channel, ...]
    send_at: datetime
    standing: Standing = "waiting"
    ended_at: datetime | None = None


class Matter(Struct, frozen=True, kw_only=True):
    """A cause and all that became of it. `rung`: of the ladder, from 0; `answer_by`: when it climbs.

    `next_at`: the next instant at which it changes by itself; None: only by an event.
    """

    cause: Cause
    notice_class: str
    ladder: str
    rung: int
    state: State
    raised_at: datetime
    notices: tuple[Notice, ...] = ()
    answered_by: tuple[str, ...] = ()
    answered_at: datetime | None = None
    answer_by: datetime | None = None
    paused_until: datetime | None = None
    next_at: datetime | None = None

    @property
    def open(self) -> bool:
        return self.state in OPEN

    @property
    def unsettled(self) -> bool:
        """Whether an answer still means something: also when the top of the ladder was reached without one."""
        return self.open or self.state == "unanswered"


class Decision(Struct, frozen=True, kw_only=True):
    """A line of the ledger: what was decided for one recipient of one cause, by which rule.

    `holder` is empty when it holds for the role as a whole, `unit` and `role` when it holds for everybody.
    """

    cause: UUID
    kind: NoticeKind
    programme: str
    subject: str
    about: str
    rung: int
    unit: str
    role: str
    holder: str
    verdict: Verdict
    rule: Rule
    at: datetime
    detail: str = ""


def group_key(cause: Cause, by: tuple[GroupBy, ...]) -> str:
    """Notices to one person with one key travel in one message; without `by` each travels alone."""
    if not by:
        return str(cause.id)
    parts = {"agency": cause.agency or "", "unit": cause.unit, "kind": cause.kind}
    return "/".join(parts[name] for name in by)


def cause_id(*parts: str) -> UUID:
    """The id of a cause that the clock made: asked again, it is the same."""
    return uuid5(NAMESPACE, "\x1f".join(("cause", *parts)))


def notice_id(cause: UUID, rung: int, recipient: Recipient, holder: str) -> UUID:
    return uuid5(NAMESPACE, "\x1f".join(("notice", str(cause), str(rung), *recipient, holder)))


def decision(
    cause: Cause, rung: int, to: Recipient, holder: str, verdict: Verdict, rule: Rule, at: datetime
) -> Decision:
    return Decision(
        cause=cause.id,
        kind=cause.kind,
        programme=cause.programme,
        subject=cause.subject,
        about=cause.unit,
        rung=rung,
        unit=to.unit,
        role=to.role,
        holder=holder,
        verdict=verdict,
        rule=rule,
        at=at,
    )
