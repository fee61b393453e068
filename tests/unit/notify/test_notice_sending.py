"""Sending: what failed is tried again, elsewhere, or is visibly given up; nothing is sent by halves."""

import smtplib
from datetime import UTC, datetime, timedelta

import pytest

from services.contracts.events import ObligationOverdue
from services.notify.dispatch.channels import Envelope
from services.notify.dispatch.channels.http import of_status
from services.notify.dispatch.channels.mail import classified
from services.notify.domain.retrying import FAILURES, Breaker, Outcome, wait_s
from tests.support.notice_causes import WARD, owed
from tests.support.notices import EVERYBODY, MINUTE, START, TOWN, MemoryBook, Office, person

HOUR = timedelta(hours=1)
NOW = datetime(2024, 3, 1, tzinfo=UTC)


def away(_envelope: Envelope, _at: datetime) -> Outcome:
    return Outcome("transient", "ConnectionRefusedError")


def test_a_mail_server_that_is_down_for_hours_loses_nothing() -> None:
    office = Office(book=MemoryBook([one for one in EVERYBODY if one.contact.channel == "email"]))
    office.deliver = lambda _envelope, at: away(_envelope, at) if at < START + 5 * HOUR else Outcome("accepted")
    office.hear(owed(ObligationOverdue, START))
    office.run_until(START + 8 * HOUR)
    (sent,) = office.sent
    assert START + 5 * HOUR <= sent[0] <= START + 5 * HOUR + 16 * MINUTE
    assert [line for line in office.verdicts() if line[2] == "failed"] == []


def test_who_is_not_reached_by_one_channel_is_tried_by_the_next() -> None:
    office = Office()
    office.deliver = lambda envelope, at: (
        away(envelope, at) if channel_of(office, envelope) == "email" else Outcome("accepted")
    )
    office.hear(owed(ObligationOverdue, START))
    office.run_until(START + 10 * MINUTE)
    assert [channel_of(office, envelope) for _, envelope in office.sent] == ["sms"]
    assert office.states("report_overdue") == ["open"]


def channel_of(office: Office, envelope: Envelope) -> str:
    return next(one.contact.channel for one in office.book.addresses if one.contact.id == envelope.contact)


def test_what_nobody_takes_within_the_time_is_visibly_failed_and_climbs() -> None:
    office = Office()
    office.deliver = lambda envelope, at: away(envelope, at) if ".18115." in envelope.address else Outcome("accepted")
    office.hear(owed(ObligationOverdue, START))
    office.run_until(START + 25 * HOUR)
    assert (WARD, "people_committee", "failed", "budget") in office.verdicts()
    office.run_until(START + 80 * HOUR)
    assert any(TOWN.partition("@")[0] in envelope.address for _, envelope in office.sent)
    assert [one for one in office.book.posted.values() if one.state == "waiting"] == []


def test_a_crash_between_send_and_mark_sends_the_same_id_again_and_never_another() -> None:
    office = Office()

    class Crash(Exception):
        pass

    def crash(here: str) -> None:
        if here == "sent":
            raise Crash

    office.sender.step = crash
    with pytest.raises(Crash):
        office.hear(owed(ObligationOverdue, START))
    restarted = office.restarted()
    restarted.run_until(START + 5 * MINUTE)
    first, second = (envelope.id for _, envelope in office.sent)
    assert first == second
    assert restarted.verdicts() == [(WARD, "people_committee", "sent", "accepted")]


def test_what_was_answered_while_it_waited_to_be_tried_again_is_not_sent() -> None:
    book = MemoryBook([person(WARD, "people_committee", "chair"), person(WARD, "people_committee", "clerk")])
    office = Office(book=book)
    office.deliver = lambda envelope, at: away(envelope, at) if "clerk" in envelope.address else Outcome("accepted")
    office.hear(owed(ObligationOverdue, START))
    office.answer(office.sent[0][1])
    office.deliver = lambda _envelope, _at: Outcome("accepted")
    office.run_until(START + HOUR)
    assert [envelope.address.partition("-")[0] for _, envelope in office.sent] == ["chair"]


def test_waits_double_are_spread_and_obey_who_asks_for_patience() -> None:
    outcome = Outcome("transient")
    assert [wait_s(n, outcome, lambda: 0.0) for n in range(4)] == [20, 40, 80, 160]
    assert wait_s(0, outcome, lambda: 1.0) == 10
    assert wait_s(40, outcome, lambda: 0.0) == 900
    assert wait_s(0, Outcome("throttled", after_s=300), lambda: 0.5) == 300


def test_a_breaker_opens_after_failures_in_a_row_and_lets_one_attempt_through_after_a_while() -> None:
    breaker = Breaker()
    for _ in range(FAILURES - 1):
        breaker = breaker.after(Outcome("transient"), NOW)
        assert breaker.closed(NOW)
    breaker = breaker.after(Outcome("transient"), NOW)
    assert not breaker.closed(NOW + timedelta(seconds=59))
    assert breaker.closed(NOW + timedelta(seconds=60))
    assert breaker.after(Outcome("accepted"), NOW) == Breaker()


def test_that_an_address_is_refused_shows_that_its_server_is_there() -> None:
    assert Breaker(failures=4).after(Outcome("permanent"), NOW) == Breaker()


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (smtplib.SMTPRecipientsRefused({"x@y": (550, b"5.1.1 no such user")}), "permanent"),
        (smtplib.SMTPRecipientsRefused({"x@y": (450, b"4.2.0 greylisted")}), "transient"),
        (smtplib.SMTPRecipientsRefused({"x@y": (421, b"4.7.0 try later")}), "throttled"),
        (smtplib.SMTPAuthenticationError(535, b"5.7.8 no"), "misconfigured"),
        (smtplib.SMTPDataError(554, b"5.7.1 blocked"), "misconfigured"),
        (smtplib.SMTPDataError(552, b"5.2.2 mailbox full"), "permanent"),
        (smtplib.SMTPServerDisconnected("gone"), "transient"),
        (ConnectionRefusedError(), "transient"),
    ],
)
def test_errors_of_mail_are_the_addresss_the_servers_or_ours(error: Exception, kind: str) -> None:
    def fail() -> None:
        raise error

    assert classified(fail).kind == kind


@pytest.mark.parametrize(
    ("status", "headers", "theirs", "kind"),
    [
        (204, {}, True, "accepted"),
        (301, {}, True, "permanent"),
        (404, {}, True, "permanent"),
        (404, {}, False, "misconfigured"),
        (401, {}, False, "misconfigured"),
        (422, {}, False, "permanent"),
        (429, {}, True, "throttled"),
        (503, {"retry-after": "30"}, True, "throttled"),
        (503, {}, True, "transient"),
        (500, {}, False, "transient"),
    ],
)
def test_answers_over_http_are_told_apart(status: int, headers: dict[str, str], theirs: bool, kind: str) -> None:
    assert of_status(status, headers, theirs=theirs).kind == kind
