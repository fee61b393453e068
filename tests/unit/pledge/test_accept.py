"""A posted sheet becomes one event, the same one each time, or a list of all its faults."""

from datetime import UTC, date, datetime
from typing import Any

import msgspec
import pytest

from services.contracts.codec import decode
from services.contracts.events import Event, PledgeSigned, PledgeWithdrawn
from services.contracts.records import StoredRecord
from services.contracts.requests import BatchSheet, PostPledge, PostPledgeBatch, WithdrawPledge
from services.intake.door import record_of
from services.intake.posting import Posting
from services.intake.refusal import Refused
from services.pledge.accept import accept_batch, accept_sheet, accept_withdrawal
from services.pledge.identity import SignerKey
from tests.support.postings import NOW, WARD, hong_linh, posting

KEY = SignerKey("hong-linh-2024-1", b"k" * 32)
SHEET: dict[str, Any] = {
    "programme": "hong-linh-2024",
    "unit": "18115",
    "kind": "household",
    "group": "18115-tdp-01",
    "method": "paper",
    "text_version": "2024.1",
    "occurred_on": "2024-03-02",
    "declared_count": 2,
    "signers": [{"identity": {"register_number": "HK-1"}}, {"identity": {"address": "Số 1, ngõ 2"}}],
}


def sheet(**changes: Any) -> PostPledge:
    return msgspec.convert(SHEET | changes, PostPledge)


def accepted(body: PostPledge, at: Posting | None = None) -> tuple[Event, PledgeSigned]:
    event = accept_sheet(body, at or posting(), KEY)
    assert isinstance(event.data, PledgeSigned)
    return event, event.data


def refusal(body: PostPledge, at: Posting | None = None) -> list[tuple[str, str]]:
    with pytest.raises(Refused) as refused:
        accept_sheet(body, at or posting(), KEY)
    return [(found.field, found.code) for found in refused.value.faults]


def test_a_sheet_becomes_an_event_of_the_unit_that_the_code_meant_on_that_day() -> None:
    event, data = accepted(sheet())
    assert (event.source, event.actor, event.programme_version) == ("ubnd-18115", "officer-1", 3)
    assert (event.accepted_at, data.unit, data.key_id) == (NOW, WARD, KEY.id)
    assert [signer.basis for signer in data.signers] == ["register_number", "address"]
    assert {signer.signed_on for signer in data.signers} == {date(2024, 3, 2)}


def test_a_body_of_the_register_names_with_whom_and_before_whom_it_signs() -> None:
    signing = {"kind": "organisation", "group": None, "declared_count": 1}
    register = {"signers": [{"identity": {"register_id": "18115-thcs"}}]}
    named = {"parties": ["18115-ubnd", "18115-cong-an"], "witness": "18115-mttq"}
    event, data = accepted(sheet(**signing, **register, **named))
    assert (data.parties, data.witness) == (named["parties"], named["witness"])
    assert dict(record_of(event).headers)["ce_dataschema"].endswith(b":2")
    plain, _ = accepted(sheet(**signing, **register))
    assert dict(record_of(plain).headers)["ce_dataschema"].endswith(b":1"), "the release before reads it"
    assert refusal(sheet(**signing, **register, parties=["18118-ubnd"])) == [("parties[0]", "invalid_field")]


def test_the_event_reads_back_as_it_was_written() -> None:
    event, _ = accepted(sheet())
    record = record_of(event)
    assert decode(StoredRecord(record.topic, 0, 0, 0, record.key, record.value, record.headers)) == event
    assert record.key == WARD.encode()


def test_a_repeated_request_makes_the_same_body_and_id_whenever_it_comes() -> None:
    first, _ = accepted(sheet())
    later, _ = accepted(sheet(), posting(at=datetime(2024, 6, 1, tzinfo=UTC)))
    assert (later.id, later.body_hash) == (first.id, first.body_hash)


def test_another_key_agency_or_programme_makes_another_event() -> None:
    others = [
        posting(key="key-0002"),
        posting(agency="ca-18115"),
        posting(programme=hong_linh("hong-linh-2025")),
    ]
    ids = {accepted(sheet())[0].id, *(accepted(sheet(), other)[0].id for other in others)}
    assert len(ids) == 4


def test_nothing_that_identifies_a_signer_is_in_the_event() -> None:
    event, _ = accepted(sheet(signers=[{"identity": {"register_number": "CANARY-77"}}]))
    record = record_of(event)
    everything = b"".join([record.key or b"", record.value, *(value for _, value in record.headers)])
    assert b"canary" not in everything.lower()


def test_two_rows_of_one_signer_are_named_by_both_their_numbers() -> None:
    signers = [
        {"identity": {"address": "Số 1 đường Hoà Bình"}},
        {"identity": {"register_number": "HK-1"}},
        {"identity": {"address": "số 1, đường Hòa Bình"}},
    ]
    with pytest.raises(Refused) as refused:
        accept_sheet(sheet(signers=signers, declared_count=3), posting(), KEY)
    (found,) = refused.value.faults
    assert (found.field, found.code) == ("signers[2].identity", "same_signer")
    assert "1, 3" in found.vi
    assert "Bình" not in str(refused.value.faults)


def test_every_fault_of_a_sheet_is_told_at_once() -> None:
    body = sheet(
        declared_count=1,
        occurred_on="2024-03-21",
        signers=[{"identity": {"register_id": "18115-mttq"}}, {"identity": {"register_number": "--- "}}],
    )
    assert refusal(body) == [
        ("signers[0].identity", "wrong_basis"),
        ("signers[1].identity.register_number", "invalid_field"),
        ("occurred_on", "in_the_future"),
        ("declared_count", "too_few_declared"),
    ]


def test_a_day_is_in_the_future_by_the_local_date_of_acceptance() -> None:
    before_midnight = posting(at=datetime(2024, 3, 1, 16, 59, tzinfo=UTC))
    assert refusal(sheet(), before_midnight) == [("occurred_on", "in_the_future")]
    accepted(sheet(), posting(at=datetime(2024, 3, 1, 17, 0, tzinfo=UTC)))


def test_a_signature_keeps_the_day_of_its_own_row() -> None:
    first, second = ({"identity": {"register_number": f"HK-{number}"}} for number in range(2))
    signers = accepted(sheet(signers=[first | {"signed_on": "2024-02-28"}, second]))[1].signers
    assert [signer.signed_on for signer in signers] == [date(2024, 2, 28), date(2024, 3, 2)]


def test_a_signature_dated_after_acceptance_is_refused_by_its_row() -> None:
    signers = [{"identity": {"register_number": "HK-1"}, "signed_on": "2024-03-21"}]
    assert refusal(sheet(signers=signers)) == [("signers[0].signed_on", "in_the_future")]


@pytest.mark.parametrize("day", ["2025-08-01", "2099-01-01"])
def test_a_day_that_has_not_come_is_refused_as_such_whatever_the_unit_will_be_by_then(day: str) -> None:
    assert refusal(sheet(occurred_on=day)) == [("occurred_on", "in_the_future")]
    with pytest.raises(Refused) as refused:
        accept_withdrawal(withdrawal(withdrawn_on=day), posting(), KEY)
    assert [(found.field, found.code) for found in refused.value.faults] == [("withdrawn_on", "in_the_future")]


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"unit": "99999"}, ("unit", "unknown_unit")),
        ({"unit": "18118"}, ("unit", "forbidden")),
        ({"unit": "437"}, ("unit", "forbidden")),
        ({"group": "18118-tdp-01"}, ("group", "invalid_field")),
        ({"text_version": "1999.1"}, ("text_version", "invalid_field")),
        ({"group": None}, ("group", "group_needed")),
    ],
)
def test_what_the_programme_does_not_have_is_refused(changes: dict[str, Any], fault: tuple[str, str]) -> None:
    assert refusal(sheet(**changes)) == [fault]


def test_a_pupil_names_a_school_that_is_listed_in_the_sheets_ward() -> None:
    def pupils(school: str) -> dict[str, Any]:
        return {"kind": "pupil", "signers": [{"identity": {"roll_number": "7A-12", "school": school}}]}

    accept_sheet(sheet(declared_count=1, **pupils("18115-thcs")), posting(), KEY)
    for school in ("18118-thcs", "no-school"):
        assert refusal(sheet(declared_count=1, **pupils(school))) == [("signers[0].identity.school", "not_listed")]


def test_a_unit_is_refused_by_the_day_on_which_it_did_not_exist() -> None:
    late = posting(at=datetime(2026, 1, 1, tzinfo=UTC))
    assert refusal(sheet(unit=WARD, occurred_on="2025-07-02"), late) == [("unit", "unknown_unit")]


@pytest.mark.parametrize(("scope", "agency"), [("18118", "ubnd-18115"), ("437", "ubnd-18118"), ("00000", "ubnd-18115")])
def test_the_unit_must_be_in_the_tokens_subtree_and_in_the_agencys(scope: str, agency: str) -> None:
    assert refusal(sheet(), posting(scope=scope, agency=agency)) == [("unit", "forbidden")]


def test_an_agency_of_the_town_posts_for_its_wards() -> None:
    assert accepted(sheet(), posting(agency="mttq-437", scope="437"))[1].unit == WARD


@pytest.mark.parametrize("register_id", ["18115-mttq", "18118-mttq", "nobody"])
def test_an_organisation_signs_where_it_is_listed(register_id: str) -> None:
    body = sheet(kind="organisation", signers=[{"identity": {"register_id": register_id}}], declared_count=1)
    if register_id == "18115-mttq":
        assert accepted(body)[1].signers[0].basis == "register_id"
    else:
        assert refusal(body) == [("signers[0].identity.register_id", "not_listed")]


def batch(*sheets: dict[str, Any]) -> PostPledgeBatch:
    base = {name: value for name, value in SHEET.items() if name != "programme"}
    return PostPledgeBatch(
        programme="hong-linh-2024", sheets=[msgspec.convert(base | changes, BatchSheet) for changes in sheets]
    )


def test_a_batch_keeps_the_order_and_gives_each_sheet_the_id_of_its_own_key() -> None:
    events = accept_batch(batch({"sheet": "b"}, {"sheet": "a"}), posting(), KEY)
    alone = [accept_sheet(sheet(), posting(key=f"key-0001/{name}"), KEY) for name in "ba"]
    assert [event.id for event in events] == [event.id for event in alone]


def test_a_batch_with_one_bad_sheet_gives_no_event_and_names_every_fault_by_index() -> None:
    with pytest.raises(Refused) as refused:
        accept_batch(batch({"sheet": "a"}, {"sheet": "b", "declared_count": 1}, {"sheet": "a"}), posting(), KEY)
    assert refused.value.status == 422
    assert [(found.field, found.code) for found in refused.value.faults] == [
        ("sheets[2].sheet", "same_sheet"),
        ("sheets[1].declared_count", "too_few_declared"),
    ]


def test_a_batch_that_reaches_into_another_unit_is_forbidden() -> None:
    with pytest.raises(Refused) as refused:
        accept_batch(batch({"sheet": "a", "declared_count": 0}, {"sheet": "b", "unit": "18118"}), posting(), KEY)
    assert refused.value.status == 403


def withdrawal(**changes: Any) -> WithdrawPledge:
    body = {
        "programme": "hong-linh-2024",
        "unit": "18115",
        "kind": "household",
        "identity": {"register_number": "hk 1"},
        "withdrawn_on": "2024-03-10",
        "reason": "moved_away",
    }
    return msgspec.convert(body | changes, WithdrawPledge)


def test_a_withdrawal_names_the_token_that_signed() -> None:
    event = accept_withdrawal(withdrawal(), posting(), KEY)
    assert isinstance(event.data, PledgeWithdrawn)
    assert event.data.token == accepted(sheet())[1].signers[0].token
    assert event.data.occurred_on == date(2024, 3, 10)


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"withdrawn_on": "2024-03-21"}, ("withdrawn_on", "in_the_future")),
        ({"identity": {"address": "Số 1"}}, ("group", "group_needed")),
        ({"unit": "18118"}, ("unit", "forbidden")),
    ],
)
def test_a_withdrawal_is_refused_by_field(changes: dict[str, Any], fault: tuple[str, str]) -> None:
    with pytest.raises(Refused) as refused:
        accept_withdrawal(withdrawal(**changes), posting(), KEY)
    assert [(found.field, found.code) for found in refused.value.faults] == [fault]


def test_an_organisation_that_left_the_register_can_still_withdraw() -> None:
    body = withdrawal(kind="organisation", identity={"register_id": "gone"})
    assert isinstance(accept_withdrawal(body, posting(), KEY).data, PledgeWithdrawn)
