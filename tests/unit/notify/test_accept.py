"""The public fact of a tip says where, what about and which day. Nothing says who, or when to the minute."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import msgspec
import pytest

from services.contracts.events import Event, TipMoved, TipReceived
from services.contracts.requests import MoveTip, PostTip
from services.intake.door import record_of
from services.intake.posting import Posting
from services.intake.refusal import Refused
from services.notify.domain.routing import Routed, route
from services.notify.intake.accept import moved, placed, received
from tests.support.postings import NOW, WARD, hong_linh, posting

TIP: dict[str, Any] = {"programme": "hong-linh-2024", "unit": "18115", "category": "use", "text": "Canary"}
POLICE = posting(agency="ca-18115")
ROOT = "437@2018-01-01"
EVERYBODY = frozenset(hong_linh().agencies)


def fact(officer: Posting | None = None, at: datetime = NOW, programme: Any = None, **changes: Any) -> Event:
    programme = programme or hong_linh()
    posted = msgspec.convert(TIP | changes, PostTip)
    where = placed(posted, programme, at, officer)
    routed = route(programme, where.unit, where.concerns, date(2024, 3, 20), EVERYBODY)
    assert routed is not None
    return received(uuid4(), uuid4(), posted, where, routed, programme, at)


@pytest.mark.parametrize("programme", [hong_linh(), hong_linh("hong-linh-thu", sandbox=True)])
@pytest.mark.parametrize("minute", [0, 59])
def test_a_fact_is_of_the_local_midnight_of_its_day_and_names_no_officer(programme: Any, minute: int) -> None:
    event = fact(at=NOW.replace(minute=minute), programme=programme)
    assert event.accepted_at == datetime(2024, 3, 19, 17, 0, tzinfo=UTC)
    assert event.actor is None
    assert not any(name == "ce_actor" for name, _ in record_of(event).headers)
    assert event.source == "ca-18115"
    assert b"Canary" not in record_of(event).value


def test_a_tip_is_due_twenty_calendar_days_after_its_receipt() -> None:
    data = fact(POLICE, channel="hotline", received_on="2024-02-20").data
    assert isinstance(data, TipReceived)
    assert (data.occurred_on, data.due_on, data.unit) == (date(2024, 2, 20), date(2024, 3, 11), WARD)
    assert data.channel == "hotline"


def test_who_does_not_know_the_ward_is_booked_at_the_root() -> None:
    data = fact(unit=None).data
    assert (data.unit, getattr(data, "channel", "")) == (ROOT, "online")
    assert fact(POLICE, unit=None).data.unit == ROOT


def test_town_police_receive_until_they_end_and_the_province_after() -> None:
    programme = hong_linh()
    for day, agency in ((date(2025, 2, 28), "ca-437"), (date(2025, 3, 1), "ca-42")):
        assert route(programme, ROOT, None, day, EVERYBODY) == Routed(ROOT, (agency,))


def test_a_ward_without_a_key_is_received_above_and_counted_there() -> None:
    routed = route(hong_linh(), WARD, None, date(2024, 3, 20), EVERYBODY - {"ca-18115"})
    assert routed == Routed(ROOT, ("ca-437",))
    assert route(hong_linh(), WARD, None, date(2024, 3, 20), frozenset()) is None


def test_a_move_is_of_the_tip_in_the_path() -> None:
    body = msgspec.convert(
        {"programme": "hong-linh-2024", "unit": "18115", "step": "handed_over", "moved_on": "2024-03-20"}, MoveTip
    )
    named = uuid4()
    event = moved(named, body, WARD, POLICE)
    assert isinstance(event.data, TipMoved)
    assert (event.data.tip_id, event.data.step, event.data.occurred_on) == (named, "handed_over", date(2024, 3, 20))
    assert (event.actor, event.accepted_at) == (None, datetime(2024, 3, 19, 17, 0, tzinfo=UTC))
    assert moved(named, body, WARD, POLICE).id == event.id


@pytest.mark.parametrize(
    ("officer", "changes", "codes"),
    [
        (POLICE, {"received_on": "2024-03-21"}, ["in_the_future"]),
        (POLICE, {"unit": "18118"}, ["forbidden"]),
        (None, {"unit": "99999"}, ["unknown_unit"]),
        (None, {"unit": "442"}, ["unknown_unit"]),
        (None, {"concerns": "99999"}, ["unknown_unit"]),
        (None, {"channel": "direct", "received_on": "2024-03-20"}, ["officers_only", "officers_only"]),
    ],
)
def test_a_tip_is_refused_by_field(officer: Posting | None, changes: dict[str, Any], codes: list[str]) -> None:
    with pytest.raises(Refused) as refused:
        fact(officer, **changes)
    assert [found.code for found in refused.value.faults] == codes


def test_a_programme_whose_area_is_gone_says_whom_to_call() -> None:
    with pytest.raises(Refused) as refused:
        fact(at=datetime(2026, 1, 1, tzinfo=UTC))
    assert [found.code for found in refused.value.faults] == ["programme_over"]
    assert "113" in refused.value.faults[0].vi
