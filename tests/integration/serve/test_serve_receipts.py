"""What became of an event: told to the agency that posted it, by the record that its receipt names."""

from uuid import UUID

import pytest
from sqlalchemy import Engine

from services.contracts.events import Event
from services.contracts.programme import Registry
from services.kit.eventlog.port import Partition
from services.kit.receipts import Receipt
from services.reporting.ingest.judging import judged
from services.reporting.store.batch import Batch, Refused
from tests.support.facts_store import Stream
from tests.support.programme_folder import pilot
from tests.support.reading import Reader, execute
from tests.support.streams import DAY, NOON, PROGRAMME, approved, event, event_id, record_of, report, signed, stored

AGENCY = "ubnd-18115"


def receipt_of(said: Event, topic: str, offset: int) -> Receipt:
    return Receipt(
        event_id=said.id,
        body_hash=said.body_hash.hex(),
        agency=said.source,
        accepted_at=said.accepted_at,
        programme=PROGRAMME,
        topic=topic,
        partition=0,
        offset=offset,
    )


def outcome(ask: Reader, said: Event, receipt: Receipt | None = None, agency: str = AGENCY) -> tuple[int, str]:
    headers = ask.as_agency(agency) | (ask.receipt(receipt) if receipt else {})
    answer = ask.get(f"/v1/receipts/{said.id}", headers)
    return answer.status_code, answer.json.get("outcome") or answer.json["code"]


def test_an_event_that_counts_is_applied_and_its_position_told(ask: Reader, stream: Stream) -> None:
    said = event(signed([1]), key="sheet")
    stream.write([event(signed([9]), key="other"), said])
    answer = ask.get(f"/v1/receipts/{said.id}", ask.as_agency(AGENCY))
    (copy,) = answer.json["copies"]
    assert answer.json["outcome"] == copy["outcome"] == "applied"
    assert (copy["topic"], copy["partition"], copy["offset"]) == ("pledge.v1", 0, 1)
    assert copy["body_hash"] == said.body_hash.hex()


def test_of_two_copies_the_second_is_a_duplicate_and_a_receipt_says_which_is_mine(ask: Reader, stream: Stream) -> None:
    said = event(signed([1]), key="sheet")
    stream.write([said, said])
    assert outcome(ask, said) == (200, "applied")
    assert outcome(ask, said, receipt_of(said, "pledge.v1", 0)) == (200, "applied")
    assert outcome(ask, said, receipt_of(said, "pledge.v1", 1)) == (200, "duplicate")


def test_another_body_under_one_id_is_a_conflict_for_the_loser_only(ask: Reader, stream: Stream) -> None:
    one, other = event(signed([1]), key="sheet"), event(signed([1, 2]), key="sheet")
    loser, winner = sorted([one, other], key=lambda said: said.body_hash, reverse=True)
    stream.write([loser, winner])
    assert outcome(ask, loser, receipt_of(loser, "pledge.v1", 0)) == (200, "conflict")
    assert outcome(ask, winner, receipt_of(winner, "pledge.v1", 1)) == (200, "applied")


def test_an_older_revision_is_superseded_and_an_equal_one_in_conflict(ask: Reader, stream: Stream) -> None:
    old = event(report({"propaganda_sessions": 1}), key="old")
    new = event(report({"propaganda_sessions": 2}, revision=2), key="new")
    rival = event(report({"propaganda_sessions": 3}, revision=2), key="rival", at=NOON.replace(hour=6))
    stream.write([rival, new, old])
    assert [outcome(ask, said)[1] for said in (old, new, rival)] == ["superseded", "applied", "conflict"]


def test_a_decision_on_another_body_or_by_the_person_who_reported_is_void_and_says_so(
    ask: Reader, stream: Stream
) -> None:
    filed, other = report({"propaganda_sessions": 1}), report({"propaganda_sessions": 2})
    said = [
        event(approved(filed), key="first", source="ubnd-437"),
        event(approved(other), key="another body", source="ubnd-437"),
        event(approved(filed), key="the same person", source="ubnd-437", actor=f"{AGENCY}-officer"),
    ]

    def void() -> list[bool]:
        answers = [ask.get(f"/v1/receipts/{one.id}", ask.as_agency("ubnd-437")).json for one in said]
        assert {answer["outcome"] for answer in answers} == {"applied"}
        assert [answer["void"] for answer in answers] == [answer["copies"][0]["void"] for answer in answers]
        return [answer["void"] for answer in answers]

    stream.write(said)
    assert void() == [False, False, False], "its revision has not been read"
    stream.write([event(filed, key="report")])
    assert void() == [False, True, True]
    asked = {"programme": PROGRAMME, "period": "2024-M03"}
    owed = ask.get("/v1/units/18115/status", **asked).json["obligations"]
    (own,) = [one for one in owed if one["report_id"] == str(filed.report_id)]
    assert (own["state"], own["void_decisions"]) == ("approved", 2)


def test_a_receipt_of_a_record_not_yet_read_is_pending_and_afterwards_not(ask: Reader, stream: Stream) -> None:
    said = event(signed([1]), key="sheet")
    receipt = receipt_of(said, "pledge.v1", 0)
    assert outcome(ask, said, receipt) == (200, "pending")
    assert outcome(ask, said) == (404, "unknown")
    stream.write([said])
    assert outcome(ask, said, receipt) == (200, "applied")


@pytest.mark.parametrize(("reason", "told"), [("unknown_unit", "rejected"), ("corrupt", "corrupt")])
def test_a_refused_record_is_told_with_its_reason(
    ask: Reader, stream: Stream, engine: Engine, reason: str, told: str
) -> None:
    stream.write([event(signed([9]), key="other")])
    said = event(signed([1]), key="sheet")
    execute(engine, REJECT, reason=reason)
    execute(engine, "update position set next_offset = 2 where topic = 'pledge.v1'")
    answer = ask.get(
        f"/v1/receipts/{said.id}", ask.as_agency(AGENCY) | ask.receipt(receipt_of(said, "pledge.v1", 1))
    ).json
    assert (answer["outcome"], answer["copies"][0]["reason"]) == (told, reason)


def test_a_refused_record_is_told_by_its_id_alone_but_to_its_own_agency_only(ask: Reader, stream: Stream) -> None:
    said = event(signed([1], "99999@2018-01-01"), key="sheet", source=AGENCY)
    verdict = judged(stored(record_of(said), 0, 0), Registry({(PROGRAMME, 1): pilot()}), final=True).verdict
    assert isinstance(verdict, Refused)
    place = Partition("pledge.v1", 0)
    stream.apply(Batch({place: 0}, {place: 1}, refused=[verdict]))
    stream.ends[place] = 1
    assert outcome(ask, said) == (200, "rejected")
    assert outcome(ask, said, agency="ca-18115") == (404, "unknown")
    repaired = event(signed([1]), key="sheet")
    stream.write([repaired])
    answer = ask.get(f"/v1/receipts/{said.id}", ask.as_agency(AGENCY)).json
    assert answer["outcome"] == "applied"
    assert [copy["outcome"] for copy in answer["copies"]] == ["applied", "rejected"]


def test_a_refused_record_that_was_redriven_is_applied(ask: Reader, stream: Stream, engine: Engine) -> None:
    said = event(signed([1]), key="sheet")
    stream.write([event(signed([9]), key="other")])
    execute(engine, REJECT, reason="unknown_unit")
    stream.write([said])
    assert outcome(ask, said, receipt_of(said, "pledge.v1", 1)) == (200, "applied")


def test_a_record_that_was_passed_without_a_trace_is_unknown_with_the_positions(ask: Reader, stream: Stream) -> None:
    stream.write([event(signed([9]), key="other")])
    lost = event(signed([1]), key="lost")
    answer = ask.get(f"/v1/receipts/{lost.id}", ask.as_agency(AGENCY) | ask.receipt(receipt_of(lost, "pledge.v1", 0)))
    assert (answer.status_code, answer.json["code"]) == (404, "unknown")
    assert {"topic": "pledge.v1", "partition": 0, "next_offset": 1, "caught_up_at": None} in (
        answer.json["as_of"]["positions"]
    )


def test_nobody_else_learns_of_an_event(ask: Reader, stream: Stream) -> None:
    said = event(signed([1]), key="sheet")
    stream.write([said])
    assert outcome(ask, said, agency="ca-18115") == (404, "unknown")
    assert ask.get(f"/v1/receipts/{said.id}").status_code == 401


@pytest.mark.parametrize(
    "spoilt",
    [
        lambda ask, own: {"Receipt": ask.receipt(own)["Receipt"][:-4] + "AAAA"},
        lambda ask, own: ask.receipt(receipt_of(event(signed([2]), key="another"), "pledge.v1", 0)),
        lambda ask, own: ask.receipt(receipt_of(event(signed([1]), key="sheet", source="ca-18115"), "pledge.v1", 0)),
        lambda ask, own: {"Receipt": ask.as_agency(AGENCY)["Authorization"].removeprefix("Bearer ")},
    ],
    ids=["a broken signature", "of another event", "of another agency", "a token"],
)
def test_a_receipt_that_is_not_ones_own_of_this_event_is_refused(ask: Reader, spoilt) -> None:  # type: ignore[no-untyped-def]
    said = event(signed([1]), key="sheet")
    headers = ask.as_agency(AGENCY) | spoilt(ask, receipt_of(said, "pledge.v1", 0))
    answer = ask.get(f"/v1/receipts/{said.id}", headers)
    assert (answer.status_code, answer.json["faults"][0]["field"]) == (422, "Receipt")


def test_an_id_that_is_none_is_refused(ask: Reader) -> None:
    answer = ask.get("/v1/receipts/7", ask.as_agency(AGENCY))
    assert (answer.status_code, answer.json["faults"][0]["field"]) == (422, "event_id")
    unknown = ask.get(f"/v1/receipts/{event_id('never')}", ask.as_agency(AGENCY))
    assert (unknown.status_code, UUID(unknown.json["event_id"])) == (404, event_id("never"))


REJECT = f"""
    insert into reject values ('pledge.v1', 0, 1, 'pledge.v1', 0, 1, :reason, '', '{AGENCY}', '{PROGRAMME}', '',
        now(), '{DAY}')
"""
