"""A tip on Kafka says where, what about and which day. Nothing says who took it, or when to the minute."""

from datetime import UTC, date, datetime
from typing import Any

import msgspec
import pytest

from services.contracts.errors import fault
from services.contracts.events import TipMoved, TipReceived
from services.contracts.programme.ids import tip_id
from services.contracts.requests import MoveTip, PostTip
from services.intake.door import record_of
from services.intake.refusal import Refused
from services.notify.intake.accept import accept_move, accept_tip, no_free_text
from tests.support.postings import NOW, WARD, hong_linh, posting

TIP: dict[str, Any] = {
    "programme": "hong-linh-2024",
    "unit": "18115",
    "category": "use",
    "channel": "hotline",
    "received_on": "2024-03-20",
}
POLICE = posting(agency="ca-18115")


def tip(**changes: Any) -> PostTip:
    return msgspec.convert(TIP | changes, PostTip)


@pytest.mark.parametrize("programme", [hong_linh(), hong_linh("hong-linh-thu", sandbox=True)])
@pytest.mark.parametrize("minute", [0, 59])
def test_a_tip_is_accepted_at_the_local_midnight_of_its_day(programme: Any, minute: int) -> None:
    event = accept_tip(tip(), posting(agency="ca-18115", at=NOW.replace(minute=minute), programme=programme))
    assert event.accepted_at == datetime(2024, 3, 19, 17, 0, tzinfo=UTC)


def test_a_tip_names_no_officer() -> None:
    assert accept_tip(tip(), POLICE).actor is None
    assert not any(name == "ce_actor" for name, _ in record_of(accept_tip(tip(), POLICE)).headers)


def test_a_tip_is_due_twenty_calendar_days_after_its_receipt() -> None:
    data = accept_tip(tip(received_on="2024-02-20"), POLICE).data
    assert isinstance(data, TipReceived)
    assert (data.occurred_on, data.due_on, data.unit) == (date(2024, 2, 20), date(2024, 3, 11), WARD)


def test_a_tips_id_follows_from_its_events_and_is_its_key() -> None:
    event = accept_tip(tip(), POLICE)
    assert isinstance(event.data, TipReceived)
    assert event.data.tip_id == tip_id(event.id)
    assert record_of(event).key == str(event.data.tip_id).encode()


def test_a_move_is_of_the_tip_in_the_path() -> None:
    named = tip_id(accept_tip(tip(), POLICE).id)
    body = msgspec.convert(
        {"programme": "hong-linh-2024", "unit": "18115", "step": "handed_over", "moved_on": "2024-03-20"}, MoveTip
    )
    event = accept_move(body, POLICE, named)
    assert isinstance(event.data, TipMoved)
    assert (event.data.tip_id, event.data.step, event.data.occurred_on) == (named, "handed_over", date(2024, 3, 20))
    assert event.actor is None


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"received_on": "2024-03-21"}, "in_the_future"),
        ({"received_on": "2099-01-01"}, "in_the_future"),
        ({"unit": "18118"}, "forbidden"),
        ({"unit": "1"}, None),
    ],
)
def test_a_tip_is_refused_by_field(changes: dict[str, Any], code: str | None) -> None:
    with pytest.raises(msgspec.ValidationError if code is None else Refused) as refused:
        accept_tip(tip(**changes), POLICE)
    if isinstance(refused.value, Refused):
        assert [found.code for found in refused.value.faults] == [code]


def test_an_unknown_field_is_explained_as_free_text_and_others_stay() -> None:
    faults = (fault("noi_dung", "unknown_field"), fault("unit", "required"))
    assert [found.code for found in no_free_text(faults)] == ["free_text_not_accepted", "required"]
    assert no_free_text(faults)[0].field == "noi_dung"
