"""What a programme refuses of an event that is well formed in itself."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import pytest

from services.contracts.codec import seal
from services.contracts.errors import Reason, Rejected
from services.contracts.events import (
    Data,
    ObligationExtended,
    PeriodPublished,
    PeriodReopened,
    PledgeSigned,
    PledgeWithdrawn,
    PublishedValue,
    ReportApproved,
    ReportSubmitted,
    Signer,
    TipMoved,
    TipReceived,
)
from services.contracts.programme import judge
from services.contracts.programme.ids import organisation_token, report_id
from tests.support.programme_folder import pilot

WARD, OTHER_WARD, TOWN = "18115@2018-01-01", "18118@2018-01-01", "437@2018-01-01"
DAY = date(2024, 3, 2)
BASE: dict[str, Any] = {"programme": "hong-linh-2024", "unit": WARD, "occurred_on": DAY}
TOKEN = b"0123456789abcdef"


def signer(**changes: Any) -> Signer:
    stated: dict[str, Any] = {"pledge_id": uuid4(), "token": TOKEN, "basis": "register_number", "signed_on": DAY}
    return Signer(**stated | changes)


def sheet(**changes: Any) -> PledgeSigned:
    stated: dict[str, Any] = BASE | {
        "sheet_id": uuid4(),
        "kind": "household",
        "group": "18115-tdp-01",
        "method": "paper",
        "text_version": "2024.1",
        "declared_count": 1,
        "key_id": "hong-linh-2024-1",
        "signers": [signer()],
    }
    return PledgeSigned(**stated | changes)


def report(**changes: Any) -> ReportSubmitted:
    stated: dict[str, Any] = BASE | {
        "form": "BC-THANG-UBND",
        "period": "2024-M02",
        "owner": "ubnd-18115",
        "revision": 1,
        "received_on": DAY,
        "received_via": "software",
        "values": {"model_deployed": 1, "plan_issued": None, "propaganda_sessions": 2},
    }
    stated |= changes
    answered = report_id("hong-linh-2024", stated["form"], stated["unit"], stated["period"], stated["owner"])
    return ReportSubmitted(**{"report_id": answered} | stated)


def quarterly(**values: int | None) -> ReportSubmitted:
    return report(form="BC-QUY-UBND", period="2024-Q1", values=values)


def hotspots(listed: int | None) -> ReportSubmitted:
    parts = {"hotspots_suspected": 2, "hotspots": 1, "hotspots_broken_up": 0, "hotspots_watched": 3}
    values = parts | {"hotspots_listed": listed}
    return report(form="BC-THANG-CA", owner="ca-18115", values=values)


def organisation_sheet(organisation: str, **changes: Any) -> PledgeSigned:
    listed = signer(token=organisation_token(organisation), basis="register_id")
    return sheet(**{"kind": "organisation", "group": None, "signers": [listed]} | changes)


def judged(data: Data, source: str = "ubnd-18115") -> None:
    accepted_at = datetime(2024, 3, 2, 3, tzinfo=UTC)
    event = seal(data, event_id=uuid4(), source=source, accepted_at=accepted_at, programme_version=1, actor=None)
    judge(event, pilot())


def rejection(data: Data, source: str = "ubnd-18115") -> tuple[Reason, str]:
    with pytest.raises(Rejected) as caught:
        judged(data, source)
    return caught.value.reason, caught.value.field


SESSION: dict[str, int | str] = {"kind": "meeting", "topic": "drug_law", "attendances": 40}
OWED = report_id("hong-linh-2024", "BC-THANG-UBND", WARD, "2024-M02", "ubnd-18115")
DECIDED: dict[str, Any] = BASE | {"report_id": OWED, "revision": 1, "body_hash": "0" * 64}
TIP: dict[str, Any] = BASE | {"tip_id": uuid4()}

ALLOWED = [
    sheet(),
    sheet(group=None),
    sheet(signers=[signer(basis="address")]),
    organisation_sheet("18115-ubnd"),
    organisation_sheet("18115-cskd-01", kind="business"),
    organisation_sheet("18115-thcs", parties=["18115-ubnd", "18115-cong-an"], witness="18115-mttq"),
    organisation_sheet("18115-cskd-01", kind="business", parties=["18115-ubnd"]),
    PledgeWithdrawn(**BASE, kind="household", token=TOKEN, key_id="hong-linh-2024-1", reason="moved_away"),
    report(),
    report(nil=True, values={}),
    report(rows={"sessions": [SESSION, SESSION | {"movement": "security"}]}),
    report(values={"propaganda_sessions": 500}, rows={"sessions": [SESSION | {"attendances": 100_000}] * 200}),
    hotspots(listed=6),
    hotspots(listed=None),
    quarterly(post_rehab_helped=9, post_rehab_listed=10),
    quarterly(post_rehab_helped=9, post_rehab_listed=None),
    ReportApproved(**DECIDED),
    ObligationExtended(**BASE, report_id=OWED, until=date(2024, 2, 16), reason="flood"),
    ObligationExtended(**BASE, report_id=OWED, until=date(2024, 2, 20), reason="flood"),
    PeriodPublished(**BASE, period="2024-M02", values=[PublishedValue(indicator="CT11", status="met")]),
    PeriodReopened(**BASE, period="2024-M02", reason="wrong_sum"),
    TipReceived(**TIP, category="use", channel="box", due_on=DAY),
    TipMoved(**TIP, step="handed_over"),
]


@pytest.mark.parametrize("data", ALLOWED, ids=lambda data: type(data).__name__)
def test_what_a_ward_may_post_is_accepted_from_the_ward_and_from_its_town(data: Data) -> None:
    judged(data)
    judged(data, source="ubnd-437")


@pytest.mark.parametrize("data", ALLOWED, ids=lambda data: type(data).__name__)
def test_nothing_is_accepted_from_a_stranger_or_from_another_ward(data: Data) -> None:
    assert rejection(data, source="nobody") == (Reason.INVALID_FIELD, "source")
    assert rejection(data, source="ubnd-18118") == (Reason.INVALID_FIELD, "source")


REFUSED = [
    (PeriodPublished(**BASE, period="2031-M01"), Reason.INVALID_FIELD, "period"),
    (PeriodPublished(**BASE, period="2024-M03"), Reason.INVALID_FIELD, "period"),
    (PeriodReopened(**BASE, period="2024-M03", reason="wrong_sum"), Reason.INVALID_FIELD, "period"),
    (
        PeriodPublished(**BASE, period="2024-M02", values=[PublishedValue(indicator="ZZ99", status="met")]),
        Reason.INVALID_FIELD,
        "values",
    ),
    (sheet(programme="another-2024"), Reason.UNKNOWN_PROGRAMME, "programme"),
    (sheet(unit="18116@2018-01-01"), Reason.UNKNOWN_UNIT, "unit"),
    (sheet(unit="18115@2025-07-01"), Reason.UNKNOWN_UNIT, "unit"),
    (sheet(occurred_on=date(2025, 7, 1)), Reason.UNKNOWN_UNIT, "unit"),
    (sheet(unit="18400@2018-01-01"), Reason.UNKNOWN_UNIT, "unit"),
    (sheet(unit="42@2018-01-01"), Reason.UNKNOWN_UNIT, "unit"),
    (sheet(group="18118-tdp-01"), Reason.INVALID_FIELD, "group"),
    (sheet(group="18115-tdp-99"), Reason.INVALID_FIELD, "group"),
    (sheet(text_version="1999.1"), Reason.INVALID_FIELD, "text_version"),
    (sheet(signers=[signer(), signer(basis="register_id")]), Reason.INVALID_FIELD, "signers[1].basis"),
    (sheet(signers=[signer(signed_on=date(2025, 7, 1))]), Reason.UNKNOWN_UNIT, "signers[0].signed_on"),
    (organisation_sheet("18118-ubnd"), Reason.INVALID_FIELD, "signers[0].token"),
    (organisation_sheet("18115-nowhere"), Reason.INVALID_FIELD, "signers[0].token"),
    (sheet(kind="organisation"), Reason.INVALID_FIELD, "signers[0].basis"),
    (sheet(parties=["18115-ubnd"]), Reason.INVALID_FIELD, "parties[0]"),
    (sheet(witness="18115-mttq"), Reason.INVALID_FIELD, "witness"),
    (organisation_sheet("18115-thcs", parties=["18115-ubnd", "18118-ubnd"]), Reason.INVALID_FIELD, "parties[1]"),
    (organisation_sheet("18115-thcs", parties=["18115-nowhere"]), Reason.INVALID_FIELD, "parties[0]"),
    (organisation_sheet("18115-thcs", parties=["18115-cskd-01"]), Reason.INVALID_FIELD, "parties[0]"),
    (organisation_sheet("18115-thcs", parties=["18115-thcs"]), Reason.INVALID_FIELD, "parties[0]"),
    (organisation_sheet("18115-thcs", parties=["18115-ubnd"] * 2), Reason.INVALID_FIELD, "parties[1]"),
    (
        organisation_sheet("18115-thcs", parties=["18115-ubnd"], witness="18115-ubnd"),
        Reason.INVALID_FIELD,
        "witness",
    ),
    (report(form="BC-NAM"), Reason.INVALID_FIELD, "form"),
    (report(period="2025-M02"), Reason.INVALID_FIELD, "period"),
    (report(period="2024-Q1"), Reason.INVALID_FIELD, "period"),
    (report(owner="ca-18115"), Reason.INVALID_FIELD, "owner"),
    (report(report_id=uuid4()), Reason.INVALID_FIELD, "report_id"),
    (report(values={"hotspots": 0}), Reason.INVALID_FIELD, "values.hotspots"),
    (report(values={"model_deployed": 2}), Reason.INVALID_FIELD, "values.model_deployed"),
    (report(values={"propaganda_sessions": 501}), Reason.INVALID_FIELD, "values.propaganda_sessions"),
    (report(nil=True), Reason.INVALID_FIELD, "nil"),
    (report(nil=True, values={}, rows={"sessions": [SESSION]}), Reason.INVALID_FIELD, "nil"),
    (report(rows={"sessions": [SESSION] * 201}), Reason.INVALID_FIELD, "rows.sessions"),
    (report(rows={"visits": []}), Reason.INVALID_FIELD, "rows.visits"),
    (report(rows={"sessions": [SESSION, {}]}), Reason.INVALID_FIELD, "rows.sessions[1]"),
    (report(rows={"sessions": [SESSION | {"weather": "fine"}]}), Reason.INVALID_FIELD, "rows.sessions[0]"),
    (
        report(rows={"sessions": [SESSION | {"movement": "none at all"}]}),
        Reason.INVALID_FIELD,
        "rows.sessions[0].movement",
    ),
    (hotspots(listed=5), Reason.INVALID_FIELD, "values.hotspots_listed"),
    (hotspots(listed=7), Reason.INVALID_FIELD, "values.hotspots_listed"),
    (report(rows={"sessions": [SESSION | {"topic": "football"}]}), Reason.INVALID_FIELD, "rows.sessions[0].topic"),
    (
        report(rows={"sessions": [SESSION | {"attendances": "many"}]}),
        Reason.INVALID_FIELD,
        "rows.sessions[0].attendances",
    ),
    (
        report(rows={"sessions": [SESSION | {"attendances": 100_001}]}),
        Reason.INVALID_FIELD,
        "rows.sessions[0].attendances",
    ),
    (quarterly(post_rehab_helped=11, post_rehab_listed=10), Reason.INVALID_FIELD, "values.post_rehab_helped"),
    (ReportApproved(**DECIDED | {"report_id": uuid4()}), Reason.INVALID_FIELD, "report_id"),
    (
        ObligationExtended(**BASE, report_id=OWED, until=date(2024, 2, 15), reason="flood"),
        Reason.INVALID_FIELD,
        "until",
    ),
    (TipReceived(**TIP, category="use", channel="box", due_on=date(2024, 3, 1)), Reason.INVALID_FIELD, "due_on"),
]


@pytest.mark.parametrize(
    ("data", "reason", "field"), REFUSED, ids=[f"{type(data).__name__}-{field}" for data, _, field in REFUSED]
)
def test_a_refusal_names_its_reason_and_its_field(data: Data, reason: Reason, field: str) -> None:
    assert rejection(data, source="ubnd-437") == (reason, field)


def test_a_pledge_is_counted_in_a_ward_and_therefore_refused_for_the_town() -> None:
    assert rejection(sheet(unit=TOWN, group=None), source="ubnd-437") == (Reason.INVALID_FIELD, "unit")


def test_the_town_owes_no_ward_report() -> None:
    assert rejection(report(unit=TOWN), source="ubnd-437") == (Reason.INVALID_FIELD, "unit")


def test_a_decision_must_stand_under_the_unit_of_its_report() -> None:
    elsewhere = ReportApproved(**DECIDED | {"unit": OTHER_WARD})
    assert rejection(elsewhere, source="ubnd-437") == (Reason.INVALID_FIELD, "unit")
