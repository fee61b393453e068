"""When a notice goes out, and by which rule not at once."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from services.contracts.programme import NoticeClass, Rung
from services.notify.domain.frame import Frame
from services.notify.domain.notices import (
    Cause,
    Contact,
    Decision,
    Notice,
    Recipient,
    Rule,
    Verdict,
    decision,
    notice_id,
)


class Held(NamedTuple):
    """Not before `until`, and why."""

    until: datetime
    verdict: Verdict
    rule: Rule


def held(cause: Cause, to: Recipient, holder: str, its_class: NoticeClass, frame: Frame) -> Held | None:
    """What keeps a notice from going now; nothing keeps back what is urgent."""
    if its_class.urgent:
        return None
    if until := frame.silenced_until(cause, to):
        return Held(until, "silenced", "silence")
    if closed := frame.hours.closed(frame.now):
        return Held(frame.hours.next_open(frame.now), "quiet", closed)
    if frame.sent_today(to, holder) >= frame.programme.routes.daily_limit:
        return Held(frame.hours.opening_after(frame.now), "throttled", "daily_limit")
    return None


def first_held(cause: Cause, to: Recipient, holder: str, its_class: NoticeClass, frame: Frame) -> Held | None:
    """The same of a new notice, which may also have to wait for the others of its hour or day."""
    found = held(cause, to, holder, its_class, frame)
    if found is not None or its_class.urgent or its_class.digest == "none":
        return found
    hours = frame.hours
    until = hours.next_hour(frame.now) if its_class.digest == "hour" else hours.opening_after(frame.now)
    return Held(until, "grouped", "digest") if until > frame.now else None


def placed(
    cause: Cause, number: int, rung: Rung, to: Recipient, its_class: NoticeClass, frame: Frame
) -> tuple[list[Notice], list[Decision]]:
    """A notice for every holder of a role who has an address on a channel of the rung."""
    notices: list[Notice] = []
    decisions: list[Decision] = []
    for holder in _holders(frame.contacts(to), rung, frame):
        found = first_held(cause, to, holder, its_class, frame)
        notices.append(
            Notice(
                id=notice_id(cause.id, number, to, holder),
                rung=number,
                unit=to.unit,
                role=to.role,
                holder=holder,
                channels=rung.channels,
                send_at=found.until if found else frame.now,
            )
        )
        if found:
            decisions.append(decision(cause, number, to, holder, found.verdict, found.rule, frame.now))
    if not notices:
        decisions.append(decision(cause, number, to, "", "failed", "no_address", frame.now))
    return notices, decisions


def _holders(contacts: Sequence[Contact], rung: Rung, frame: Frame) -> list[str]:
    """Whoever has an address that holds on the day, has not bounced and is of one of the channels; in a fixed order."""
    usable = (one for one in contacts if one.holds_on(frame.day) and not one.bounced and one.channel in rung.channels)
    return sorted({one.holder for one in usable})
