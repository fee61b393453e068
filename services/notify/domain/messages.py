"""Notices on their way to one person in one message, and what becomes of a message. Pure."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Final, Literal, NamedTuple
from uuid import UUID, uuid5

from msgspec import Struct
from msgspec.structs import replace

from services.contracts.notice_words import CURRENT_TEMPLATE
from services.contracts.programme.ids import NAMESPACE
from services.contracts.programme.notices import Channel
from services.notify.domain.frame import Frame
from services.notify.domain.ladder import Step
from services.notify.domain.notices import Cause, Contact, Recipient, group_key

MOST_ITEMS: Final = 50
"""So many notices stand in one message; more of them make another one."""
MessageState = Literal["waiting", "sent", "failed", "cancelled"]


class Item(Struct, frozen=True, kw_only=True):
    """One notice of a message, and the number of the template it is written by."""

    notice: UUID
    cause: Cause
    template: int = CURRENT_TEMPLATE


class Message(Struct, frozen=True, kw_only=True):
    """`id` is also what a receiver tells a repetition by. `tried`: addresses that refused for good.

    `passed`: those left for now, because what takes them there is away; when all are, it begins anew with the first.
    `attempts` counts all, `here` those of the present address in a row, `rounds` how often all were passed over; `last`
    is what came of the last one. Given up at `give_up_at`.
    """

    id: UUID
    programme: str
    unit: str
    role: str
    holder: str
    channels: tuple[Channel, ...]
    urgent: bool
    wants_answer: bool
    items: tuple[Item, ...]
    created_at: datetime
    give_up_at: datetime
    next_at: datetime
    state: MessageState = "waiting"
    attempts: int = 0
    here: int = 0
    rounds: int = 0
    tried: tuple[UUID, ...] = ()
    passed: tuple[UUID, ...] = ()
    last: str = ""
    sent_at: datetime | None = None

    @property
    def to(self) -> Recipient:
        return Recipient(self.unit, self.role)


class Key(NamedTuple):
    """Notices with one key travel together."""

    programme: str
    to: Recipient
    holder: str
    channels: tuple[Channel, ...]
    urgent: bool
    wants_answer: bool
    group: str


def bundled(steps: Iterable[Step], frame: Frame, retry_for: timedelta) -> list[Message]:
    """The messages of everything that is handed over at one instant, in a fixed order."""
    found: dict[Key, list[Item]] = {}
    for step in steps:
        matter = step.matter
        its_class = frame.notice_class(matter)
        for notice in step.handed:
            group = group_key(matter.cause, its_class.group_by if its_class else ())
            urgent = its_class is not None and its_class.urgent
            to = Recipient(notice.unit, notice.role)
            wants = its_class is not None and its_class.acknowledge_minutes is not None
            key = Key(matter.cause.programme, to, notice.holder, notice.channels, urgent, wants, group)
            found.setdefault(key, []).append(Item(notice=notice.id, cause=matter.cause))
    return [
        _message(key, items[start : start + MOST_ITEMS], frame.now, retry_for)
        for key, items in sorted(found.items())
        for start in range(0, len(items), MOST_ITEMS)
    ]


def _message(key: Key, items: Sequence[Item], now: datetime, retry_for: timedelta) -> Message:
    named = "\x1f".join(("message", *sorted(str(item.notice) for item in items)))
    return Message(
        id=uuid5(NAMESPACE, named),
        programme=key.programme,
        unit=key.to.unit,
        role=key.to.role,
        holder=key.holder,
        channels=key.channels,
        urgent=key.urgent,
        wants_answer=key.wants_answer,
        items=tuple(items),
        created_at=now,
        give_up_at=now + retry_for,
        next_at=now,
    )


def address(message: Message, contacts: Iterable[Contact], day: date) -> Contact | None:
    """The next address of its holder: by the order of the channels, then of the addresses; None: all have failed."""
    usable = [
        one
        for one in contacts
        if one.recipient == message.to
        and one.holder == message.holder
        and one.channel in message.channels
        and one.holds_on(day)
        and not one.bounced
        and one.id not in message.tried
    ]
    fresh = [one for one in usable if one.id not in message.passed]
    order = sorted(fresh or usable, key=lambda one: (message.channels.index(one.channel), one.position, one.id))
    return order[0] if order else None


def passed_over(message: Message, address: UUID, others: Iterable[UUID], why: str, at: datetime) -> Message | None:
    """The next address is tried at once; None when every one of `others` has been passed over as well."""
    passed = (*message.passed, address) if address not in message.passed else message.passed
    if not set(others) - set(passed) - set(message.tried):
        return None
    return replace(message, passed=passed, here=0, last=why, next_at=at)


def accepted(message: Message, at: datetime) -> Message:
    return replace(message, state="sent", sent_at=at, last="accepted", attempts=message.attempts + 1)


def tried_in_vain(message: Message) -> Message:
    """One more attempt that did not reach the present address."""
    return replace(message, attempts=message.attempts + 1, here=message.here + 1)


def put_off(message: Message, until: datetime, why: str) -> Message:
    """The present address is tried again at `until`."""
    return replace(message, next_at=until, last=why)


def begun_anew(message: Message, until: datetime, why: str) -> Message:
    """All addresses were passed over: at `until` the first one is tried again."""
    return replace(message, next_at=until, last=why, passed=(), here=0, rounds=message.rounds + 1)


def turned_away(message: Message, address: UUID, why: str, at: datetime) -> Message:
    """This address will never take it: the next one is tried at once."""
    return replace(message, tried=(*message.tried, address), here=0, last=why, next_at=at)


def given_up(message: Message, why: str = "") -> Message:
    return replace(message, state="failed", last=why or message.last)


def cancelled(message: Message) -> Message:
    """Nothing in it need be said any longer."""
    return replace(message, state="cancelled")
