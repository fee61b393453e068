"""From a cause to an answer: told at one rung after another, and every step is explained by the ledger."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from services.contracts.events import ObligationOpened, ObligationOverdue, ObligationReceived
from services.contracts.programme import Programme, parse
from services.notify.domain.frame import Silence
from services.notify.domain.retrying import Outcome
from tests.support.notice_causes import PROGRAMME, WARD, owed, tip_row
from tests.support.notices import EVERYBODY, MINUTE, PROVINCE, START, TOWN, MemoryBook, Office, live, person
from tests.support.programme_folder import Files, edited

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
WARD_DESK, TOWN_DESK, PROVINCE_DESK = (
    f"desk-1@people_committee.{unit.partition('@')[0]}.example" for unit in (WARD, TOWN, PROVINCE)
)


def overdue_office(**given: object) -> Office:
    office = Office(**given)  # type: ignore[arg-type] # fields of an example
    office.hear(owed(ObligationOverdue, START))
    return office


def addresses(office: Office) -> list[str]:
    return [envelope.address for _, envelope in office.sent]


def test_what_is_overdue_reaches_its_owner_at_once_and_nobody_else() -> None:
    office = overdue_office()
    assert addresses(office) == [WARD_DESK]
    assert office.verdicts() == [(WARD, "people_committee", "sent", "accepted")]
    assert office.states("report_overdue") == ["open"]


def test_without_an_answer_it_climbs_from_ward_to_town_to_province_and_stays_unanswered() -> None:
    office = overdue_office()
    office.run_until(START + 7 * DAY)
    assert addresses(office) == [WARD_DESK, TOWN_DESK, PROVINCE_DESK]
    # 9.5 working hours each: told on Friday 09:00, so the town on Monday 09:00, the province on Tuesday 09:00.
    assert [at for at, _ in office.sent] == [START, START + 3 * DAY, START + 4 * DAY]
    assert office.states("report_overdue") == ["unanswered"]


def test_an_answer_ends_the_climbing() -> None:
    office = overdue_office()
    office.run_until(START + HOUR)
    office.answer(office.sent[0][1])
    office.run_until(START + 30 * DAY)
    assert addresses(office) == [WARD_DESK]
    assert office.states("report_overdue") == ["acknowledged"]


def test_a_report_that_comes_ends_the_climbing_by_itself() -> None:
    office = overdue_office()
    office.hear(owed(ObligationReceived, START + HOUR, sequence=2, state="late"))
    office.run_until(START + 30 * DAY)
    assert addresses(office) == [WARD_DESK]
    assert office.states("report_overdue") == ["over"]


def test_who_was_not_addressed_cannot_answer() -> None:
    office = overdue_office()
    message = office.book.posted[office.sent[0][1].id]
    office.book.posted[message.id] = type(message)(
        **{**{name: getattr(message, name) for name in message.__struct_fields__}, "holder": "somebody-else"}
    )
    office.answer(office.sent[0][1])
    assert office.states("report_overdue") == ["open"]


def test_a_rung_may_ask_for_several_answers() -> None:
    two = (person(WARD, "people_committee", "chair"), person(WARD, "people_committee", "clerk"))
    text = "      - {level: ward, role: owner, channels: [email, sms]}\n      - {level: town"
    files = edited("routes.yaml", text, text.replace("sms]}", "sms], required: 2}", 1))
    office = overdue_office(programme=of(files), book=MemoryBook((*two, *EVERYBODY[2:])))
    first, second = (envelope for _, envelope in office.sent)
    office.answer(first)
    office.answer(first)
    assert office.states("report_overdue") == ["open"]
    office.answer(second)
    assert office.states("report_overdue") == ["acknowledged"]


def of(files: Files) -> Programme:
    return live(parse(files))


def test_outside_working_hours_it_waits_for_the_next_working_day_and_the_ledger_says_so() -> None:
    friday_evening = datetime(2024, 3, 1, 11, 0, tzinfo=UTC)
    office = Office()
    office.move_to(friday_evening)
    office.hear(owed(ObligationOverdue, friday_evening))
    assert office.sent == []
    office.run_until(friday_evening + 4 * DAY)
    assert office.sent[0][0] == datetime(2024, 3, 4, 0, 30, tzinfo=UTC)  # Monday 07:30
    assert office.verdicts()[:2] == [
        (WARD, "people_committee", "quiet", "hours"),
        (WARD, "people_committee", "sent", "accepted"),
    ]


def test_through_tet_nobody_is_disturbed_and_nobody_is_blamed() -> None:
    eve = datetime(2024, 2, 8, 3, 0, tzinfo=UTC)  # the first day off
    office = Office()
    office.clock = type(office.clock)(eve)
    office.sender.clock = office.clock
    office.hear(owed(ObligationOverdue, eve, period="2024-M01"))
    office.run_until(datetime(2024, 2, 15, 0, 29, tzinfo=UTC))
    assert office.sent == []
    assert office.verdicts() == [(WARD, "people_committee", "quiet", "day_off")]
    office.run_until(datetime(2024, 2, 15, 0, 30, tzinfo=UTC))
    assert addresses(office) == [WARD_DESK]


def test_danger_to_life_knows_no_hour_no_holiday_and_no_silence() -> None:
    night = datetime(2024, 2, 10, 18, 0, tzinfo=UTC)  # 01:00 in the middle of Tết
    office = Office()
    office.clock = type(office.clock)(night)
    office.sender.clock = office.clock
    office.book.silent.append(silence(night))
    office.take_over(tip_row("tip_received", night.date(), due_on=(night + 20 * DAY).date()))
    assert [envelope.address for _, envelope in office.sent] == [f"desk-1@police.{WARD[:5]}.example"]
    office.run_until(night + 31 * MINUTE)
    assert [envelope.address for _, envelope in office.sent][1:] == ["desk-1@police.437.example"]


def silence(at: datetime, *, kind: str | None = None, unit: str | None = None, hours: int = 48) -> Silence:
    return Silence(UUID(int=hours), kind, unit, None, "officer-1", "storm", at, at + hours * HOUR)


def test_a_silence_holds_back_until_its_end_and_what_still_stands_then_goes_out() -> None:
    office = Office()
    office.book.silent.append(silence(START, kind="report_overdue", unit=TOWN))
    office.hear(owed(ObligationOverdue, START))
    assert office.verdicts() == [(WARD, "people_committee", "silenced", "silence")]
    office.run_until(START + 5 * DAY)
    assert addresses(office)[0] == WARD_DESK
    assert office.sent[0][0] == datetime(2024, 3, 4, 0, 30, tzinfo=UTC)  # it ends on a Sunday


def test_what_was_put_right_while_it_was_silent_is_never_sent() -> None:
    office = Office()
    office.book.silent.append(silence(START))
    office.hear(owed(ObligationOverdue, START))
    office.hear(owed(ObligationReceived, START, sequence=2, state="late"))
    office.run_until(START + 9 * DAY)
    assert office.sent == []
    assert office.verdicts()[-1] == (WARD, "people_committee", "inhibited", "over")


def test_a_role_without_an_address_is_a_failure_in_the_ledger_and_the_next_rung_is_told_at_once() -> None:
    office = overdue_office(book=MemoryBook([one for one in EVERYBODY if one.contact.recipient.unit != WARD]))
    assert addresses(office) == [TOWN_DESK]
    assert office.verdicts()[0] == (WARD, "people_committee", "failed", "no_address")


def test_when_nobody_is_registered_anywhere_it_stays_unanswered_and_every_rung_says_why() -> None:
    office = overdue_office(book=MemoryBook([]))
    assert office.states("report_overdue") == ["unanswered"]
    assert [(unit, rule) for unit, _, _, rule in office.verdicts()] == [
        (WARD, "no_address"),
        (TOWN, "no_address"),
        (PROVINCE, "no_address"),
    ]


def test_after_the_reform_the_level_that_is_gone_is_passed_over_and_the_new_ward_is_told() -> None:
    later = datetime(2025, 7, 2, 3, 0, tzinfo=UTC)
    new_ward = "18115@2025-07-01"
    office = Office(book=MemoryBook((person(new_ward, "people_committee", "desk"), *EVERYBODY)))
    office.clock = type(office.clock)(later)
    office.sender.clock = office.clock
    office.hear(owed(ObligationOverdue, later, period="2024-M12"))
    office.run_until(later + 3 * DAY)
    assert addresses(office) == [f"desk-1@people_committee.{new_ward[:5]}.example", PROVINCE_DESK]
    assert ("", "people_committee", "inhibited", "no_unit") in office.verdicts()


def test_the_same_state_is_told_once_and_the_ledger_says_that_it_was_a_repetition() -> None:
    office = overdue_office()
    office.hear(owed(ObligationReceived, START, sequence=2, state="late"))
    office.hear(owed(ObligationOverdue, START + MINUTE, sequence=3))
    assert addresses(office) == [WARD_DESK]
    assert office.verdicts()[-1] == ("", "", "duplicate", "same_state")


def test_a_record_heard_again_changes_nothing() -> None:
    office = overdue_office()
    before = list(office.book.lines)
    office.hear(owed(ObligationOverdue, START))
    assert office.book.lines == before


def test_a_sandbox_tells_nobody_and_says_so() -> None:
    office = Office(programme=live().activated(PROGRAMME, 1, sandbox=True))
    office.hear(owed(ObligationOverdue, START))
    assert office.sent == []
    assert office.verdicts() == [("", "", "inhibited", "sandbox")]


def test_what_happened_long_ago_is_no_news() -> None:
    office = Office()
    office.hear(owed(ObligationOverdue, START - 31 * DAY, period="2024-M01"))
    assert office.verdicts() == [("", "", "inhibited", "stale")]


def test_after_the_limit_of_a_day_what_is_not_urgent_waits_for_the_next() -> None:
    files = edited("routes.yaml", "daily_limit: 20", "daily_limit: 1")
    office = Office(programme=of(files))
    office.hear(owed(ObligationOverdue, START))
    office.hear(owed(ObligationOverdue, START, period="2024-M01"))
    assert len(office.sent) == 1
    assert office.verdicts()[-1] == (WARD, "people_committee", "throttled", "daily_limit")
    office.run_until(START + 3 * DAY)
    assert addresses(office)[:2] == [WARD_DESK, WARD_DESK]


def test_reminders_of_an_hour_travel_in_one_message() -> None:
    office = Office()
    opened = [
        owed(ObligationOpened, START, period=period, due_at=datetime(2024, 3, 6, 10, 0, tzinfo=UTC))
        for period in ("2024-M01", "2024-M02")
    ]
    office.hear(*opened)
    office.run_until(START + 6 * DAY)
    soon, due = (envelope.written for _, envelope in office.sent)
    assert [at for at, _ in office.sent] == [
        datetime(2024, 3, 5, 0, 30, tzinfo=UTC) + 30 * MINUTE,
        datetime(2024, 3, 6, 0, 30, tzinfo=UTC) + 30 * MINUTE,
    ]
    assert soon.subject.startswith("2 thông báo: Sắp đến hạn")
    assert due.subject.startswith("2 thông báo: Đến hạn hôm nay")
    assert [verdict for _, _, verdict, _ in office.verdicts()] == ["grouped", "grouped", "sent", "sent"] * 2


def test_when_every_address_refuses_the_failure_is_visible_and_the_next_rung_is_told() -> None:
    office = overdue_office(
        deliver=lambda envelope, _: Outcome("permanent", "550") if WARD[:5] in envelope.address else Outcome("accepted")
    )
    office.run_until(START + MINUTE)
    assert (WARD, "people_committee", "failed", "refused") in office.verdicts()
    assert addresses(office) == [TOWN_DESK]
    bounced = {one.contact.holder for one in office.book.addresses if one.contact.bounced}
    assert bounced == {"desk"}
