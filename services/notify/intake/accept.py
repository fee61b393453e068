"""From the facts of a tip to its event. Pure.

What reaches Kafka has the precision of a day, in a sandbox too, and names no officer: who sent a tip, and when to the
minute, is not stored (promise P11).
"""

from dataclasses import replace
from datetime import timedelta
from typing import Final
from uuid import UUID

from services.contracts.errors import Fault, fault
from services.contracts.events import Event, TipMoved, TipReceived
from services.contracts.programme import local_midnight
from services.contracts.programme.ids import tip_id
from services.contracts.requests import MoveTip, PostTip
from services.intake.posting import Posting
from services.intake.refusal import Refused

LEGAL_LIMIT: Final = timedelta(days=20)
"""Verify and decide within 20 calendar days of receipt: Bộ luật Tố tụng hình sự 2015, Điều 147 khoản 1."""


def accept_tip(body: PostTip, posting: Posting) -> Event:
    """A tip that an officer took. Its id follows from the event's until the vault gives it a random one."""
    coarse = _to_the_day(posting)
    unit = coarse.unit_of_day(body.unit, body.received_on)
    if faults := coarse.day_faults("received_on", body.received_on):
        raise Refused(faults)
    return coarse.sealed(
        TipReceived(
            programme=coarse.programme.id,
            unit=unit.id,
            occurred_on=body.received_on,
            tip_id=tip_id(coarse.event_id(TipReceived)),
            category=body.category,
            channel=body.channel,
            due_on=body.received_on + LEGAL_LIMIT,
        )
    )


def accept_move(body: MoveTip, posting: Posting, named: UUID) -> Event:
    """A step of the tip named in the path."""
    coarse = _to_the_day(posting)
    unit = coarse.unit_of_day(body.unit, body.moved_on)
    if faults := coarse.day_faults("moved_on", body.moved_on):
        raise Refused(faults)
    return coarse.sealed(
        TipMoved(programme=coarse.programme.id, unit=unit.id, occurred_on=body.moved_on, tip_id=named, step=body.step)
    )


def no_free_text(faults: tuple[Fault, ...]) -> tuple[Fault, ...]:
    """The same faults, saying of every field that a tip does not have why it cannot be taken."""
    return tuple(
        fault(found.field, "free_text_not_accepted") if found.code == "unknown_field" else found for found in faults
    )


def _to_the_day(posting: Posting) -> Posting:
    return replace(posting, accepted_at=local_midnight(posting.today), actor=None)
