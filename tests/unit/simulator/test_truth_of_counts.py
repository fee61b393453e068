"""The oracle against the rules of a status: coverage, tips in time, reports on time."""

from services.simulator.truth import Expected
from tests.unit.simulator.stage import (
    MONTHLY,
    POLICE,
    TOWN,
    at,
    moved,
    report,
    sheet,
    tip,
    told,
    with_households,
    with_target,
    withdrawal,
)

CLOSED = at("2024-01-15", 0)
DUE = at("2024-01-16", 17)
BEGINS = "2023-12-15"


def organisations(count: int) -> list[str]:
    return [f"18115-{number}" for number in range(count)]


def test_coverage_is_not_due_before_its_period() -> None:
    assert told([], at("2023-12-14"), "CT08", "2024-M01") == Expected("not_due")


def test_coverage_on_the_first_day_needs_a_366th() -> None:
    signed = [sheet(organisations(1), BEGINS, kind="organisation")]
    assert told(signed, at(BEGINS), "CT08", "2024-M01") == Expected("on_track", (1, 12))
    assert told([], at(BEGINS), "CT08", "2024-M01") == Expected("at_risk", (0, 12))


def test_coverage_at_the_close_of_a_month_needs_31_days_of_366() -> None:
    two = [sheet(organisations(2), BEGINS, kind="organisation")]
    one = [sheet(organisations(1), BEGINS, kind="organisation")]
    assert told(two, CLOSED, "CT08", "2024-M01") == Expected("met", (2, 12))
    assert told(one, CLOSED, "CT08", "2024-M01") == Expected("not_met", (1, 12))


def test_coverage_of_a_closed_period_ignores_later_days_but_not_late_posts() -> None:
    late_post = sheet(organisations(2), "2024-01-14", at("2024-03-01"), kind="organisation")
    next_day = sheet(["18115-9"], "2024-01-15", at("2024-01-15"), kind="organisation")
    assert told([late_post, next_day], at("2024-03-01"), "CT08", "2024-M01").value == (2, 12)
    assert told([late_post, next_day], at("2024-03-01"), "CT08", "2024-M02").value == (3, 12)


def test_coverage_above_the_denominator_is_marked() -> None:
    three = sheet(["HK-1", "HK-2", "HK-3"], BEGINS)
    found = told([three], at(BEGINS), "CT05", "2024-M01", programme=with_households(2))
    assert found == Expected("on_track", (3, 2), quality=True)


def test_coverage_without_a_denominator_has_no_data_and_over_nobody_is_not_due() -> None:
    assert told([], at(BEGINS), "CT05", "2024-M01", programme=with_households(None)).status == "no_data"
    assert told([], at(BEGINS), "CT05", "2024-M01", programme=with_households(0)) == Expected("not_due")


def test_a_signer_on_two_wards_sheets_counts_once_where_it_signed_first() -> None:
    here = sheet(["HK-1"], "2023-12-20", at("2023-12-20"))
    there = sheet(["HK-1"], "2023-12-18", at("2024-01-05"), unit="18118")
    now = at("2024-01-05")
    assert told([here, there], now, "CT05", "2024-M01").value == (0, 2097)
    assert told([here, there], now, "CT05", "2024-M01", TOWN).value == (1, 10261)
    assert told([here, there], at("2024-01-04"), "CT05", "2024-M01").value == (1, 2097)


def test_two_signatures_of_one_day_are_told_apart_by_their_event_ids() -> None:
    here, there = sheet(["HK-1"], "2023-12-20"), sheet(["HK-1"], "2023-12-20", unit="18118")
    first = min((here, there), key=lambda action: next(action.events())[0])
    counted = told([here, there], at("2023-12-21"), "CT05", "2024-M01").value
    assert counted == (int(first is here), 2097)


def test_a_withdrawal_ends_a_signature_on_its_day_and_a_later_signature_counts_again() -> None:
    actions = [
        sheet(["HK-1"], "2023-12-20"),
        sheet(["HK-1"], "2023-12-30", unit="18118"),
        withdrawal("HK-1", "2024-01-05"),
        sheet(["HK-1"], "2024-01-20", key="signed-again"),
    ]
    now = at("2024-02-01")
    assert told(actions, at("2024-01-04"), "CT05", "2024-M01").value == (1, 2097)
    assert told(actions, now, "CT05", "2024-M01").value == (0, 2097)
    assert told(actions, now, "CT05", "2024-M01", TOWN).value == (0, 10261)
    assert told(actions, now, "CT05", "2024-M02").value == (1, 2097)


def test_on_the_day_of_its_withdrawal_a_signature_counts_no_more() -> None:
    actions = [sheet(["HK-1"], "2024-01-10"), withdrawal("HK-1", "2024-01-14")]
    assert told(actions, at("2024-01-13", 23, 59), "CT05", "2024-M01").value == (1, 2097)
    assert told(actions, CLOSED, "CT05", "2024-M01").value == (0, 2097)
    assert told([actions[0], withdrawal("HK-1", "2024-01-10")], CLOSED, "CT05", "2024-M01").value == (0, 2097)


def test_a_withdrawal_that_is_known_before_its_signature_ends_it_too() -> None:
    actions = [withdrawal("HK-1", "2023-12-25"), sheet(["HK-1"], "2023-12-20", at("2024-01-10"))]
    assert told(actions, at("2024-01-10"), "CT05", "2024-M01").value == (0, 2097)


def test_tips_wait_until_the_day_after_and_are_then_lost() -> None:
    received = tip("1", "2024-01-03")
    assert told([], at("2024-01-03"), "CT28", "2024-M01", TOWN) == Expected("not_due")
    assert told([received], at("2023-12-14"), "CT28", "2024-M01", TOWN) == Expected("not_due")
    assert told([received], at("2024-01-04", 23, 59), "CT28", "2024-M01", TOWN) == Expected("on_track", (0, 1))
    assert told([received], at("2024-01-05", 0), "CT28", "2024-M01", TOWN) == Expected("lost", (0, 1))


def test_a_tip_handed_over_in_time_saves_the_month_even_when_it_is_told_late() -> None:
    received = tip("1", "2024-01-03")
    actions = [received, moved(received, "2024-01-04", at("2024-01-08")), moved(received, "2024-01-03", step="closed")]
    assert told(actions, at("2024-01-07"), "CT28", "2024-M01", TOWN).status == "lost"
    assert told(actions, at("2024-01-08"), "CT28", "2024-M01", TOWN) == Expected("on_track", (1, 1))
    assert told(actions, CLOSED, "CT28", "2024-M01", TOWN) == Expected("met", (1, 1))


def test_a_closed_month_with_a_late_tip_is_not_met_and_with_an_open_one_has_no_data() -> None:
    late, fresh = tip("1", "2024-01-03"), tip("2", "2024-01-14")
    assert told([late], CLOSED, "CT28", "2024-M01", TOWN) == Expected("not_met", (0, 1))
    assert told([fresh], CLOSED, "CT28", "2024-M01", TOWN) == Expected("no_data", (0, 1))


def test_with_a_lower_target_a_late_tip_is_a_risk() -> None:
    late = tip("1", "2024-01-03")
    found = told([late], at("2024-01-06"), "CT28", "2024-M01", TOWN, programme=with_target("CT28", 1, 2))
    assert found == Expected("at_risk", (0, 1))


def test_a_tip_at_the_town_police_is_the_towns_and_no_wards() -> None:
    received = tip("1", "2024-01-03", unit="437")
    in_ward = tip("2", "2024-01-03")
    assert told([received, in_ward], at("2024-01-03"), "CT28", "2024-M01", TOWN) == Expected("on_track", (0, 2))
    assert told([received, in_ward], at("2024-01-03"), "CT28", "2024-M01") == Expected("not_due")


def test_tips_are_counted_for_the_town_and_not_for_a_ward() -> None:
    received = [tip("1", "2024-01-03", unit="437"), tip("2", "2024-01-03"), tip("3", "2024-01-15")]
    assert told(received, CLOSED, "CT27", "2024-M01", TOWN) == Expected("not_due", (2, 1))
    assert told(received, at("2024-01-16"), "CT27", "2024-Q1", TOWN) == Expected("not_due", (3, 1))
    assert told(received, CLOSED, "CT27", "2024-M01") == Expected("not_due")
    assert told(received, at("2023-12-14"), "CT27", "2024-M01", TOWN) == Expected("not_due")


def test_a_tip_must_be_closed_by_its_twentieth_day_and_belongs_to_the_period_of_that_day() -> None:
    received = tip("1", "2023-12-20")
    closed = [moved(received, day, step="closed") for day in ("2024-01-09", "2024-01-10")]
    assert told([received], at("2024-01-09", 23, 59), "CT29", "2024-M01", TOWN) == Expected("on_track", (0, 1))
    assert told([received], at("2024-01-10", 0), "CT29", "2024-M01", TOWN) == Expected("lost", (0, 1))
    assert told([received, closed[0]], CLOSED, "CT29", "2024-M01", TOWN) == Expected("met", (1, 1))
    assert told([received, closed[1]], CLOSED, "CT29", "2024-M01", TOWN) == Expected("not_met", (0, 1))
    assert told([tip("2", "2024-01-02")], CLOSED, "CT29", "2024-M01", TOWN) == Expected("not_due")


def test_a_tip_that_is_extended_or_suspended_falls_due_later_and_then_counts_there() -> None:
    received = tip("1", "2023-12-20")
    extended = moved(received, "2024-01-09", step="extended")
    assert told([received, extended], at("2024-01-10"), "CT29", "2024-M01", TOWN) == Expected("not_due")
    assert told([received, extended], at("2024-01-20"), "CT29", "2024-M03", TOWN) == Expected("not_due")
    assert told([received, extended], at("2024-02-20"), "CT29", "2024-M03", TOWN) == Expected("on_track", (0, 1))
    assert told([received, extended], at("2024-02-21", 0), "CT29", "2024-M03", TOWN) == Expected("lost", (0, 1))
    too_late = moved(received, "2024-01-10", step="extended")
    assert told([received, too_late], at("2024-01-10"), "CT29", "2024-M01", TOWN) == Expected("lost", (0, 1))
    suspended = moved(received, "2024-01-05", step="suspended")
    assert told([received, suspended], CLOSED, "CT29", "2024-M01", TOWN) == Expected("not_due")
    resumed = moved(received, "2024-01-30", step="resumed")
    closed = moved(received, "2024-02-29", step="closed")
    assert told([received, suspended, resumed, closed], at("2024-03-20"), "CT29", "2024-M03", TOWN) == Expected(
        "met", (1, 1)
    )


def test_signers_without_a_denominator_are_counted() -> None:
    pupils = sheet(["18115-mam-non", "18115-thcs"], "2024-01-03", kind="pupil")
    assert told([pupils], CLOSED, "CT07", "2024-M01") == Expected("not_due", (2, 1))
    assert told([pupils], CLOSED, "CT07", "2024-M01", TOWN) == Expected("not_due", (2, 1))
    assert told([], CLOSED, "CT07", "2024-M01") == Expected("not_due", (0, 1))
    assert told([pupils], at("2023-12-14"), "CT07", "2024-M01") == Expected("not_due")


def test_reports_on_time_by_status() -> None:
    early = [report(form, "2024-M01", at("2024-01-10"), None) for form in (MONTHLY, POLICE)]
    assert told([], at("2023-12-14"), "CT30", "2024-M01") == Expected("not_due")
    assert told([], at("2024-01-10"), "CT30", "2024-M01") == Expected("not_due")
    assert told(early[:1], at("2024-01-10"), "CT30", "2024-M01") == Expected("on_track", (1, 1))
    assert told(early[:1], CLOSED, "CT30", "2024-M01") == Expected("no_data", (1, 1))
    assert told(early, CLOSED, "CT30", "2024-M01") == Expected("met", (2, 2))
    assert told(early[:1], DUE, "CT30", "2024-M01") == Expected("not_met", (1, 2))
    assert told(early[:1], DUE, "CT30", "2024-Q1") == Expected("lost", (1, 2))


def test_with_a_lower_target_a_late_report_is_a_risk() -> None:
    found = told([], DUE, "CT30", "2024-Q1", programme=with_target("CT30", 1, 2))
    assert found == Expected("at_risk", (0, 2))


def test_a_report_at_the_instant_it_is_due_is_late() -> None:
    at_due = report(MONTHLY, "2024-M01", DUE, None)
    just_before = report(POLICE, "2024-M01", at("2024-01-16", 16, 59), None)
    assert told([at_due, just_before], DUE, "CT30", "2024-M01") == Expected("not_met", (1, 2))


def test_a_better_revision_does_not_make_a_late_report_punctual_nor_the_other_way_round() -> None:
    first = report(MONTHLY, "2024-M01", at("2024-01-16"), None, revision=1)
    second = report(MONTHLY, "2024-M01", at("2024-02-20"), None, revision=2)
    police = report(POLICE, "2024-M01", at("2024-01-16"), None)
    assert told([first, second, police], at("2024-02-20"), "CT30", "2024-M01") == Expected("met", (2, 2))
