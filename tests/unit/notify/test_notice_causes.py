"""What gives cause for a notice: of figures, obligations, tips and dead letters."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from services.contracts.events import (
    ObligationOpened,
    ObligationOverdue,
    ObligationPostponed,
    ObligationReturned,
    Ratio,
)
from services.contracts.programme import local_date
from services.contracts.records import StoredRecord
from services.notify.dispatch import deciding, hearing
from tests.support.notice_causes import WARD, figure, owed, tip_row
from tests.support.notices import MINUTE, START, Office

DAY = timedelta(days=1)


def told(office: Office) -> list[tuple[str, str]]:
    return [(one.cause.kind, one.cause.state) for one in office.book.kept.values()]


def test_a_zero_that_is_broken_is_a_breach_once_and_a_relapse_after_it_was_kept_again() -> None:
    office = Office()
    office.hear(figure("at_risk", START, value=1))
    office.hear(figure("on_track", START + MINUTE, sequence=2, value=0))
    office.hear(figure("at_risk", START + 2 * MINUTE, period="2024-M03", value=2))
    assert told(office) == [("zero_breached", "2024-M02:breached"), ("status_relapsed", "2024-M03:relapsed")]
    assert office.states("zero_breached") == ["over"]


def test_the_same_breach_in_the_next_period_is_no_news() -> None:
    office = Office()
    office.hear(figure("not_met", START, value=1))
    office.hear(figure("not_met", START, period="2024-M03", value=1))
    assert [kind for kind, _ in told(office)] == ["zero_breached"]


def test_of_one_change_the_shortest_period_tells_and_the_ledger_says_so_of_the_others() -> None:
    office = Office()
    office.hear(
        figure("on_track", START, indicator="CT11"), figure("on_track", START, indicator="CT11", period="2024-Q1")
    )
    office.hear(
        figure("at_risk", START, indicator="CT11", sequence=2),
        figure("at_risk", START, indicator="CT11", sequence=2, period="2024-Q1"),
    )
    assert [(one.cause.facts["period"], one.state) for one in office.book.kept.values()] == [
        ("2024-M02", "open"),
        ("2024-Q1", "inhibited"),
    ]
    assert ("", "", "inhibited", "longer_period") in office.verdicts()


def test_missing_numbers_are_the_reports_business() -> None:
    office = Office()
    office.hear(figure("on_track", START, indicator="CT11"))
    office.hear(figure("overdue", START, indicator="CT11", sequence=2))
    assert told(office) == []


@pytest.mark.parametrize("sequence", [1, 2])
def test_a_sequence_that_is_not_higher_says_nothing_new(sequence: int) -> None:
    office = Office()
    office.hear(figure("on_track", START, indicator="CT11", sequence=2))
    office.hear(figure("lost", START, indicator="CT11", sequence=sequence))
    assert told(office) == []


def coverage(num: int, sequence: int) -> Any:
    value = Ratio(num=num, den=100)
    return figure("at_risk", START, indicator="CT05", period="2024-Y", sequence=sequence, value=value)


def test_steps_of_coverage_are_told_when_they_are_reached_and_when_they_are_lost() -> None:
    office = Office()
    for sequence, num in enumerate((40, 55, 60, 81, 49), start=1):
        office.hear(coverage(num, sequence))
    assert told(office) == [
        ("coverage_reached", "2024-Y:reached:50"),
        ("coverage_reached", "2024-Y:reached:80"),
        ("coverage_lost", "2024-Y:lost:50"),
    ]


def test_a_postponed_report_is_reminded_of_by_its_new_day() -> None:
    office = Office()
    office.hear(owed(ObligationOpened, START, due_at=datetime(2024, 3, 6, 10, 0, tzinfo=UTC)))
    later = datetime(2024, 3, 13, 10, 0, tzinfo=UTC)
    office.hear(owed(ObligationPostponed, START, sequence=2, state="due", due_at=later))
    office.run_until(START + 11 * DAY)
    assert [at.date() for at, _ in office.sent] == [date(2024, 3, 12)]


def test_a_reminder_that_was_missed_is_not_made_up_for_when_the_next_is_due() -> None:
    office = Office()
    due_at = datetime(2024, 3, 6, 10, 0, tzinfo=UTC)
    office.hear(owed(ObligationOpened, START, due_at=due_at))
    office.move_to(datetime(2024, 3, 6, 2, 0, tzinfo=UTC))
    office.settle_now()
    assert [kind for kind, _ in told(office)] == ["report_due"]


def test_overdue_ends_the_reminders_of_the_same_report() -> None:
    office = Office()
    office.hear(owed(ObligationOpened, START, due_at=datetime(2024, 3, 6, 10, 0, tzinfo=UTC)))
    office.move_to(datetime(2024, 3, 5, 0, 30, tzinfo=UTC))
    deciding.tick(office.book, office.clock.now(), office.terms, 10)
    office.hear(owed(ObligationOverdue, office.clock.now(), sequence=2))
    assert office.states("report_due_soon") == ["over"]


def test_a_returned_report_is_told_to_its_owner() -> None:
    office = Office()
    office.hear(owed(ObligationReturned, START, revision=2))
    assert told(office) == [("report_returned", "returned@2")]
    assert "trả lại" in office.sent[0][1].written.subject


def test_a_tip_is_told_at_once_until_it_moves_and_again_before_its_legal_date() -> None:
    office = Office()
    day, due_on = local_date(START), date(2024, 3, 21)
    office.take_over(tip_row("tip_received", day, due_on=due_on))
    assert office.states("tip_unacknowledged") == ["open"]
    office.take_over(tip_row("tip_moved", day, due_on=due_on))
    assert office.states("tip_unacknowledged") == ["over"]
    office.run_until(START + 30 * DAY)
    assert [at.date() for at, _ in office.sent][:2] == [date(2024, 3, 1), date(2024, 3, 18)]
    assert [kind for kind, _ in told(office)] == ["tip_unacknowledged", "tip_due_soon"]


def test_a_tip_that_has_moved_on_before_it_is_heard_of_waits_for_nobody() -> None:
    office = Office()
    day, due_on = local_date(START), date(2024, 3, 21)
    office.take_over(tip_row("tip_moved", day, due_on=due_on), tip_row("tip_received", day, due_on=due_on))
    assert office.sent == []


def test_a_closed_tip_has_no_date_to_be_reminded_of() -> None:
    office = Office()
    day, due_on = local_date(START), date(2024, 3, 21)
    office.take_over(tip_row("tip_received", day, due_on=due_on), tip_row("tip_closed", day, due_on=due_on))
    office.run_until(START + 30 * DAY)
    assert [kind for kind, _ in told(office)] == ["tip_unacknowledged"]


def test_when_a_tip_is_settled_no_minute_of_it_stays() -> None:
    office = Office()
    day = local_date(START)
    office.take_over(tip_row("tip_received", day, due_on=date(2024, 3, 21)))
    office.take_over(tip_row("tip_closed", day, due_on=date(2024, 3, 21)))
    (matter,) = office.book.kept.values()
    (message,) = office.book.posted.values()
    instants = [matter.raised_at, *(one.ended_at for one in matter.notices), message.created_at, message.sent_at]
    assert {at.astimezone(UTC).strftime("%H:%M:%S.%f") for at in instants if at} == {"17:00:00.000000"}


def test_a_dead_letter_is_told_to_the_operators_once() -> None:
    office = Office()
    headers = (("dl-topic", b"report.v1"), ("dl-partition", b"0"), ("dl-offset", b"7"), ("dl-reason", b"malformed"))
    record = StoredRecord("report.v1.dead", 0, 0, int(START.timestamp() * 1000), b"x", b"", headers)
    for _ in range(2):
        found = hearing.listen(office.book, [record], office.terms.programme, [office.programme.id])
        deciding.take(office.book, found.heard, office.clock.now(), office.terms)
        office.settle_now()
    assert [envelope.address for _, envelope in office.sent] == ["desk-1@operator.437.example"]
    assert told(office) == [("dead_letter", "waiting")]


def test_a_record_that_nobody_understands_is_skipped_with_its_reason() -> None:
    office = Office()
    record = StoredRecord("status.v1", 0, 3, 0, b"x", b"{}", ())
    found = hearing.listen(office.book, [record], office.terms.programme, [])
    assert (found.heard, [reason for _, reason in found.skipped]) == ([], ["malformed"])


def test_a_unit_that_no_map_has_addresses_nobody_and_breaks_nothing() -> None:
    office = Office()
    office.hear(figure("on_track", START, indicator="CT11", unit="99999@2018-01-01"))
    office.hear(figure("lost", START, indicator="CT11", unit="99999@2018-01-01", sequence=2))
    assert office.states("status_worsened") == ["unanswered"]
    assert WARD not in {unit for unit, _, _, _ in office.verdicts()}
