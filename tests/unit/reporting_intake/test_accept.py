"""A posted report, decision or clock becomes one event that the programme allows, or a refusal by field."""

from datetime import UTC, date, datetime
from typing import Any

import msgspec
import pytest

from services.contracts.events import (
    Event,
    ObligationExtended,
    ProgrammeClock,
    ReportApproved,
    ReportReturned,
    ReportSubmitted,
)
from services.contracts.programme.ids import report_id
from services.contracts.requests import ApproveReport, ExtendObligation, PostReport, ReturnReport, SetClock
from services.intake.posting import Posting
from services.intake.refusal import Refused
from services.reporting.intake.accept import (
    accept_approval,
    accept_clock,
    accept_extension,
    accept_report,
    accept_return,
)
from tests.support.postings import NOW, WARD, hong_linh, posting
from tests.support.two_maps import two_maps

REPORT: dict[str, Any] = {
    "programme": "hong-linh-2024",
    "form": "BC-THANG-UBND",
    "unit": "18115",
    "period": "2024-M03",
}
ID = report_id("hong-linh-2024", "BC-THANG-UBND", WARD, "2024-M03", "ubnd-18115")
DECISION = REPORT | {"owner": "ubnd-18115", "revision": 1, "body_hash": "ab" * 32}
TOWN = posting(agency="ubnd-437", scope="437")


def report(**changes: Any) -> PostReport:
    return msgspec.convert(REPORT | changes, PostReport)


def submitted(body: PostReport, at: Posting | None = None) -> tuple[Event, ReportSubmitted]:
    event = accept_report(body, at or posting())
    assert isinstance(event.data, ReportSubmitted)
    return event, event.data


def refusal(body: PostReport, at: Posting | None = None) -> tuple[int, list[tuple[str, str]]]:
    with pytest.raises(Refused) as refused:
        accept_report(body, at or posting())
    return refused.value.status, [(found.field, found.code) for found in refused.value.faults]


def measure() -> str:
    return next(iter(hong_linh().forms["BC-THANG-UBND"].measures))


def test_a_report_has_the_id_of_its_obligation_and_the_day_its_period_ends() -> None:
    event, data = submitted(report(nil=True))
    assert (data.report_id, data.unit, data.owner) == (ID, WARD, "ubnd-18115")
    assert data.occurred_on == date(2024, 3, 14)
    assert event.accepted_at == NOW


def test_a_repeated_report_has_the_same_body_on_another_day() -> None:
    first, _ = submitted(report(values={measure(): 1}))
    again, _ = submitted(report(values={measure(): 1}), posting(at=datetime(2024, 4, 1, tzinfo=UTC)))
    assert (again.id, again.body_hash) == (first.id, first.body_hash)


def test_a_value_that_is_not_known_stays_different_from_none_given() -> None:
    _, unknown = submitted(report(values={measure(): None}))
    _, absent = submitted(report())
    assert unknown.values == {measure(): None}
    assert absent.values == {}


def test_revisions_of_one_report_share_its_id() -> None:
    assert submitted(report(revision=2, nil=True), posting(key="key-0002"))[1].report_id == ID


@pytest.mark.parametrize(
    ("changes", "status", "fault"),
    [
        ({"period": "2031-M01"}, 422, ("period", "invalid_field")),
        ({"period": "2024-Q1"}, 422, ("period", "invalid_field")),
        ({"form": "BC-NAO-DO"}, 422, ("form", "invalid_field")),
        ({"unit": "18118"}, 403, ("unit", "forbidden")),
        ({"unit": "99999"}, 422, ("unit", "unknown_unit")),
        ({"owner": "ca-18115"}, 403, ("owner", "not_your_report")),
        ({"owner": "nobody"}, 403, ("owner", "not_your_report")),
        ({"period": "2024-M05"}, 422, ("period", "period_not_open")),
        ({"received_on": "2024-03-21"}, 422, ("received_on", "in_the_future")),
        ({"values": {"no_such_measure": 1}}, 422, ("values.no_such_measure", "invalid_field")),
        ({"rows": {"no_such_rows": []}}, 422, ("rows.no_such_rows", "invalid_field")),
    ],
)
def test_what_the_form_and_the_map_do_not_have_is_refused(
    changes: dict[str, Any], status: int, fault: tuple[str, str]
) -> None:
    assert refusal(report(**changes)) == (status, [fault])


def test_a_nil_report_with_values_is_refused() -> None:
    assert refusal(report(nil=True, values={measure(): 1})) == (422, [("nil", "invalid_field")])


def test_the_town_enters_a_wards_paper_and_a_ward_does_not_enter_the_towns() -> None:
    _, data = submitted(report(owner="ubnd-18115", received_via="post", received_on="2024-03-18", nil=True), TOWN)
    assert (data.report_id, data.received_on) == (ID, date(2024, 3, 18))
    assert refusal(report(owner="ubnd-437"))[1] == [("owner", "not_your_report")]


def test_a_decision_binds_to_one_body_of_one_revision() -> None:
    approved = accept_approval(msgspec.convert(DECISION, ApproveReport), TOWN, ID).data
    assert isinstance(approved, ReportApproved)
    assert (approved.report_id, approved.revision, approved.body_hash) == (ID, 1, "ab" * 32)
    returned = accept_return(msgspec.convert(DECISION | {"reason": "wrong_sum"}, ReturnReport), TOWN, ID).data
    assert isinstance(returned, ReportReturned)
    assert returned.reason == "wrong_sum"


@pytest.mark.parametrize(
    ("changes", "by", "status", "fault"),
    [
        ({"period": "2024-M02"}, TOWN, 422, ("report_id", "report_mismatch")),
        ({"owner": "ca-18115"}, TOWN, 422, ("report_id", "report_mismatch")),
        ({}, posting(), 403, ("owner", "own_report")),
        ({}, posting(agency="ubnd-18118", scope="18118"), 403, ("unit", "forbidden")),
        ({}, posting(agency="ubnd-18118", scope="437"), 403, ("unit", "forbidden")),
    ],
)
def test_a_decision_is_refused_to_whom_it_does_not_belong(
    changes: dict[str, Any], by: Posting, status: int, fault: tuple[str, str]
) -> None:
    with pytest.raises(Refused) as refused:
        accept_approval(msgspec.convert(DECISION | changes, ApproveReport), by, ID)
    assert refused.value.status == status
    assert [(found.field, found.code) for found in refused.value.faults] == [fault]


EXTENSION = REPORT | {"owner": "ubnd-18115", "until": "2024-03-22", "reason": "storm"}


def extended(by: Posting, **changes: Any) -> ObligationExtended:
    data = accept_extension(msgspec.convert(EXTENSION | changes, ExtendObligation), by, ID).data
    assert isinstance(data, ObligationExtended)
    return data


def test_an_agency_above_extends_what_is_owed_until_a_day() -> None:
    data = extended(TOWN)
    assert (data.report_id, data.unit, data.until, data.reason) == (ID, WARD, date(2024, 3, 22), "storm")
    assert data.occurred_on == date(2024, 3, 14), "the last day of the period says which unit is meant"


def test_what_nobody_owes_is_not_extended() -> None:
    named = report_id("hong-linh-2024", "BC-QUY-UBND", WARD, "2024-M03", "ubnd-18115")
    body = msgspec.convert(EXTENSION | {"form": "BC-QUY-UBND"}, ExtendObligation)
    with pytest.raises(Refused) as refused:
        accept_extension(body, TOWN, named)
    assert [(found.field, found.code) for found in refused.value.faults] == [("report_id", "invalid_field")]


@pytest.mark.parametrize(
    ("changes", "by", "status", "fault"),
    [
        ({}, posting(), 403, ("owner", "not_above")),
        ({}, posting(agency="ca-18115"), 403, ("owner", "not_above")),
        ({}, posting(agency="ubnd-18118", scope="437"), 403, ("unit", "forbidden")),
        ({"period": "2024-M02"}, TOWN, 422, ("report_id", "report_mismatch")),
        ({"until": "2024-03-17"}, TOWN, 422, ("until", "invalid_field")),
    ],
)
def test_an_extension_is_refused_to_whom_it_does_not_belong_and_to_an_earlier_day(
    changes: dict[str, Any], by: Posting, status: int, fault: tuple[str, str]
) -> None:
    with pytest.raises(Refused) as refused:
        extended(by, **changes)
    assert refused.value.status == status
    assert [(found.field, found.code) for found in refused.value.faults] == [fault]


SANDBOX = hong_linh("hong-linh-thu", sandbox=True)
PLAYER = posting(agency="operator", scope="437", programme=SANDBOX)
ENDS = {"pledge.v1": [7, 0, 2], "programme.v1": [1]}


@pytest.mark.parametrize(
    ("now", "day"),
    [
        ("2024-03-20T00:30:00+07:00", date(2024, 3, 20)),
        ("2023-01-01T00:00:00Z", date(2023, 12, 15)),
        ("2025-08-01T00:00:00Z", date(2024, 12, 14)),
    ],
)
def test_a_sandbox_clock_is_accepted_at_the_instant_it_sets(now: str, day: date) -> None:
    event = accept_clock(msgspec.convert({"now": now}, SetClock), PLAYER, ENDS)
    assert isinstance(event.data, ProgrammeClock)
    assert event.accepted_at == event.data.now == datetime.fromisoformat(now)
    assert (event.data.occurred_on, event.data.ends) == (day, ENDS)


def test_only_a_sandbox_has_a_clock_to_set() -> None:
    live = posting(agency="operator", scope="437")
    with pytest.raises(Refused) as refused:
        accept_clock(SetClock(now=NOW), live, ENDS)
    assert refused.value.faults[0].code == "not_a_sandbox"


def test_a_ward_does_not_set_the_clock_of_the_town() -> None:
    with pytest.raises(Refused) as refused:
        accept_clock(SetClock(now=NOW), posting(programme=SANDBOX), ENDS)
    assert (refused.value.status, refused.value.faults[0].code) == (403, "forbidden")


@pytest.mark.parametrize("year", [1, 2021, 2026, 9999])
def test_a_clock_stays_within_a_year_of_its_programme(year: int) -> None:
    with pytest.raises(Refused) as refused:
        accept_clock(SetClock(now=datetime(year, 6, 1, tzinfo=UTC)), PLAYER, ENDS)
    assert refused.value.faults[0].code == "out_of_range"


DIVIDED = {"programme": "two-maps", "form": "BC-THANG", "period": "2025-M07", "nil": True}


@pytest.mark.parametrize(
    ("agency", "unit", "meant", "day"),
    [
        ("ca-18115", "18115", "18115@2018-01-01", date(2025, 6, 30)),
        ("ca-18115-moi", "18115", "18115@2025-07-01", date(2025, 7, 14)),
        ("ca-18121", "18121", "18121@2018-01-01", date(2025, 6, 30)),
        ("ca-18115", "18115@2018-01-01", "18115@2018-01-01", date(2025, 6, 30)),
    ],
)
def test_in_the_month_of_a_merger_each_agency_reports_for_its_own_ward_whenever_it_posts(
    agency: str, unit: str, meant: str, day: date
) -> None:
    at = posting(agency=agency, scope=unit, at=datetime(2025, 8, 3, tzinfo=UTC), programme=two_maps())
    _, data = submitted(msgspec.convert(DIVIDED | {"unit": unit}, PostReport), at)
    assert (data.unit, data.occurred_on) == (meant, day)
    owed = two_maps().obligations_of["BC-THANG", meant, "2025-M07"]
    assert data.report_id == owed.report_id


@pytest.mark.parametrize(
    ("agency", "unit", "period", "fault"),
    [
        ("ca-18121", "18121", "2025-M08", ("unit", "unknown_unit")),
        ("ca-18115", "18115", "2025-M08", ("unit", "forbidden")),
        ("ca-18115-moi", "18115", "2025-M06", ("unit", "forbidden")),
        ("ca-18115-moi", "18115@2025-07-01", "2025-M06", ("unit", "unknown_unit")),
    ],
)
def test_nobody_reports_for_a_month_in_which_the_ward_did_not_stand(
    agency: str, unit: str, period: str, fault: tuple[str, str]
) -> None:
    at = posting(agency=agency, scope=unit, at=datetime(2025, 9, 3, tzinfo=UTC), programme=two_maps())
    body = msgspec.convert(DIVIDED | {"unit": unit, "period": period}, PostReport)
    assert refusal(body, at)[1] == [fault]


def test_a_new_wards_report_is_not_taken_before_its_first_day() -> None:
    body = msgspec.convert(DIVIDED | {"unit": "18115@2025-07-01"}, PostReport)
    early = posting(agency="ca-18115-moi", scope="18115", at=datetime(2025, 6, 20, tzinfo=UTC), programme=two_maps())
    assert refusal(body, early)[1] == [("period", "period_not_open")]
