"""A publication becomes one event for each unit and a closing one that binds them, or a refusal by field."""

from datetime import UTC, date, datetime
from typing import Any

import msgspec
import pytest

from services.contracts.events import Event, PeriodPublished, PeriodReopened, PublishedValue, Ratio
from services.contracts.programme.ids import published_part_id
from services.contracts.published import digest_of
from services.contracts.requests import PublishPeriod, ReopenPeriod
from services.intake.posting import Posting
from services.intake.refusal import Refused
from services.reporting.intake.periods import accept_publication, accept_reopening
from tests.support.postings import WARD, posting

ROOT = "437@2018-01-01"
AFTER = datetime(2024, 4, 1, tzinfo=UTC)
TOWN = posting(agency="ubnd-437", scope="437", at=AFTER)
VALUES = {
    ROOT: [PublishedValue(indicator="CT11", status="not_met", value=Ratio(num=5))],
    WARD: [
        PublishedValue(indicator="CT13", status="met", value=Ratio(num=0)),
        PublishedValue(indicator="CT11", status="met", value=Ratio(num=2), flags=["provisional"]),
    ],
}


def body(values: dict[str, list[PublishedValue]] = VALUES, **changes: Any) -> PublishPeriod:
    said = {
        "programme": "hong-linh-2024",
        "unit": "437",
        "units": [{"unit": unit, "values": msgspec.to_builtins(listed)} for unit, listed in values.items()],
        "digest": digest_of(values),
        "positions": {"report.v1": [1, 2, 3]},
    }
    return msgspec.convert(said | changes, PublishPeriod)


def published(said: PublishPeriod, at: Posting = TOWN, period: str = "2024-M03") -> list[Event]:
    return accept_publication(said, at, period)


def refusal(said: PublishPeriod, at: Posting = TOWN, period: str = "2024-M03") -> tuple[int, list[tuple[str, str]]]:
    with pytest.raises(Refused) as refused:
        published(said, at, period)
    return refused.value.status, [(found.field, found.code) for found in refused.value.faults]


def test_a_publication_is_one_event_a_unit_and_last_the_one_that_binds_them() -> None:
    *parts, closing = published(body())
    assert isinstance(closing.data, PeriodPublished)
    assert (closing.data.unit, closing.data.digest, closing.data.values) == (ROOT, digest_of(VALUES), [])
    assert closing.data.positions == {"report.v1": [1, 2, 3]}
    assert {part.data.unit for part in parts} == {ROOT, WARD}
    for part in parts:
        assert isinstance(part.data, PeriodPublished)
        assert part.id == published_part_id(closing.id, digest_of(VALUES), part.data.unit)
        assert part.data.values == sorted(VALUES[part.data.unit], key=lambda value: value.indicator)
        assert part.data.digest is None
        assert part.data.occurred_on == date(2024, 3, 14)


def test_a_repetition_is_the_same_events_whatever_the_order_of_units_and_whenever_it_comes() -> None:
    later = posting(agency="ubnd-437", scope="437", at=datetime(2024, 5, 1, tzinfo=UTC))
    backwards = {unit: VALUES[unit][::-1] for unit in reversed(VALUES)}
    first, again = published(body()), published(body(backwards), later)
    assert [(one.id, one.body_hash) for one in first] == [(one.id, one.body_hash) for one in again]


def test_other_values_under_the_same_key_are_other_parts_and_a_conflict_of_the_closing_event() -> None:
    other = {ROOT: VALUES[ROOT]}
    first, again = published(body()), published(body(other))
    assert first[-1].id == again[-1].id
    assert first[-1].body_hash != again[-1].body_hash
    assert {one.id for one in first[:-1]}.isdisjoint(one.id for one in again[:-1])


def test_values_that_are_not_those_of_the_draft_are_refused() -> None:
    changed = VALUES | {ROOT: [PublishedValue(indicator="CT11", status="met", value=Ratio(num=6))]}
    assert refusal(body(changed, digest=digest_of(VALUES))) == (422, [("digest", "digest_mismatch")])


def test_a_unit_or_an_indicator_given_twice_or_a_unit_from_elsewhere_is_refused() -> None:
    (ward,) = body({WARD: VALUES[WARD]}).units
    twice = [msgspec.to_builtins(ward)] * 2
    assert refusal(body(units=twice)) == (422, [("units", "same_unit")])
    doubled = {WARD: [VALUES[WARD][0]] * 2}
    assert refusal(body(doubled)) == (422, [("units[0].values", "same_indicator")])
    elsewhere = body({"18118@2018-01-01": VALUES[WARD]}, unit="18115")
    assert refusal(elsewhere) == (422, [("units[0].unit", "not_below")])


def test_only_a_period_that_has_closed_is_published_or_reopened() -> None:
    early = posting(agency="ubnd-437", scope="437", at=datetime(2024, 3, 14, 16, 59, 59, tzinfo=UTC))
    assert refusal(body(), early) == (422, [("period", "period_not_closed")])
    assert refusal(body(), TOWN, "2031-M01") == (422, [("period", "invalid_field")])
    published(body(), posting(agency="ubnd-437", scope="437", at=datetime(2024, 3, 14, 17, tzinfo=UTC)))


def test_who_owes_reports_of_the_period_does_not_publish_it_and_nobody_outside_the_own_unit() -> None:
    ward = {WARD: VALUES[WARD]}
    own = posting(at=AFTER)
    assert refusal(body(ward, unit="18115"), own) == (403, [("unit", "owes_reports")])
    assert refusal(body(), own) == (403, [("unit", "forbidden")])
    assert refusal(body(ward, unit="18115"), posting(agency="ubnd-437", scope="18118", at=AFTER))[0] == 403


def test_an_indicator_that_the_programme_does_not_have_is_refused() -> None:
    unknown = {WARD: [PublishedValue(indicator="ZZ99", status="met")]}
    assert refusal(body(unknown)) == (422, [("values", "invalid_field")])


def test_a_reopening_names_the_period_of_the_unit_and_why() -> None:
    said = msgspec.convert({"programme": "hong-linh-2024", "unit": "437", "reason": "wrong_sum"}, ReopenPeriod)
    event = accept_reopening(said, TOWN, "2024-M03")
    assert isinstance(event.data, PeriodReopened)
    assert (event.data.unit, event.data.period, event.data.reason) == (ROOT, "2024-M03", "wrong_sum")
    with pytest.raises(Refused):
        accept_reopening(said, posting(at=AFTER), "2024-M03")
