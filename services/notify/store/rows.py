"""Structs of the domain as rows and back. What is stored of a settled tip is told by the day."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, TypeVar

import msgspec
from msgspec.structs import replace

from services.contracts.programme import local_date, local_midnight
from services.notify.domain.messages import Message
from services.notify.domain.notices import Matter

S = TypeVar("S")
TIPS: Final = frozenset({"tip_unacknowledged", "tip_due_soon"})


def encoded(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def decoded(row: Mapping[str, Any], kind: type[S]) -> S:
    return msgspec.convert(row, kind)


def to_the_day(at: datetime) -> datetime:
    return local_midnight(local_date(at))


def coarse_matter(matter: Matter) -> Matter:
    """A settled matter of a tip without the minute of anything; any other as it is."""
    if matter.cause.kind not in TIPS or matter.unsettled:
        return matter
    notices = tuple(
        replace(one, send_at=to_the_day(one.send_at), ended_at=one.ended_at and to_the_day(one.ended_at))
        for one in matter.notices
    )
    answered_at = matter.answered_at and to_the_day(matter.answered_at)
    return replace(matter, raised_at=to_the_day(matter.raised_at), notices=notices, answered_at=answered_at)


def coarse_message(message: Message) -> Message:
    """A message about tips that has ended, without the minute of anything; any other as it is."""
    if message.state == "waiting" or not any(item.cause.kind in TIPS for item in message.items):
        return message
    return replace(
        message,
        created_at=to_the_day(message.created_at),
        give_up_at=to_the_day(message.give_up_at),
        next_at=to_the_day(message.next_at),
        sent_at=message.sent_at and to_the_day(message.sent_at),
    )
