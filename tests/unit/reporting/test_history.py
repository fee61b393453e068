"""A history by days: what time changed, what was heard, and nothing twice."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

from services.contracts.programme.calendars import day_end, local_date, local_midnight
from services.reporting.domain.history import Answer, Change, Walked, walk
from services.reporting.domain.inputs import Value
from services.reporting.domain.status import Status

FIRST = date(2024, 3, 1)
DUE_AT = datetime(2024, 3, 5, 10, tzinfo=UTC)
NOW = datetime(2024, 3, 20, 5, tzinfo=UTC)
ROOM = (100, 1_000)


def day(number: int) -> date:
    return date(2024, 3, number)


def cell(values: Mapping[date, int]) -> Answer:
    """Nothing owed before DUE_AT, overdue from then on until a value is known; values by the day they became known."""

    def answer(known: date, at: datetime) -> Status | None:
        said = [value for since, value in sorted(values.items()) if since <= known]
        if said:
            return Status("met", Value(said[-1]))
        return Status("overdue") if at >= DUE_AT else Status("not_due", valid_until=DUE_AT)

    return answer


def days_of(walked: Walked) -> list[tuple[date, str, bool]]:
    return [(change.day, change.after.status, change.told) for change in walked.changes]


def test_a_history_begins_with_its_first_day_and_has_a_change_only_where_what_is_shown_changes() -> None:
    heard = {day(10): 3, day(12): 3, day(14): 4}
    walked = walk(cell(heard), FIRST, FIRST, heard, NOW, ROOM)
    assert days_of(walked) == [
        (FIRST, "not_due", True),
        (day(5), "overdue", False),
        (day(10), "met", True),
        (day(14), "met", True),
    ]
    assert walked.left is None
    assert [change.before for change in walked.changes] == [None, *(change.after for change in walked.changes[:-1])]


def test_what_time_alone_changed_carries_the_instant_and_what_was_heard_does_not() -> None:
    walked = walk(cell({day(10): 3}), FIRST, FIRST, {day(10)}, NOW, ROOM)
    assert [change.passed_at for change in walked.changes] == [None, DUE_AT, None]


def test_a_day_on_which_time_and_an_event_changed_it_tells_of_both() -> None:
    def answer(known: date, at: datetime) -> Status | None:
        late = at >= DUE_AT
        if known < day(5):
            return Status("overdue") if late else Status("no_data", valid_until=DUE_AT)
        return Status("met", Value(1))

    (_, change) = walk(answer, FIRST, FIRST, {day(5)}, NOW, ROOM).changes
    assert (change.day, change.passed_at, change.told) == (day(5), DUE_AT, True)


def test_the_instant_is_the_last_of_the_day_at_which_time_changed_it() -> None:
    opens, closes = local_midnight(day(5)), local_midnight(day(5)) + timedelta(hours=9)

    def answer(known: date, at: datetime) -> Status | None:
        if at < opens:
            return Status("not_due", valid_until=opens)
        return Status("overdue") if at >= closes else Status("no_data", valid_until=closes)

    walked = walk(answer, FIRST, FIRST, set(), NOW, ROOM)
    assert [(change.after.status, change.passed_at) for change in walked.changes[1:]] == [("overdue", closes)]


def test_the_present_day_is_answered_at_now_and_not_at_its_end() -> None:
    tonight = NOW + timedelta(hours=1)
    assert local_date(tonight) == local_date(NOW)

    def answer(known: date, at: datetime) -> Status | None:
        return Status("overdue") if at >= tonight else Status("no_data", valid_until=tonight)

    assert days_of(walk(answer, FIRST, FIRST, set(), NOW, ROOM)) == [(FIRST, "no_data", True)]


def test_a_cell_that_a_later_version_brought_begins_on_the_day_of_that_version() -> None:
    def answer(known: date, at: datetime) -> Status | None:
        return Status("on_track") if known >= day(7) else None

    assert days_of(walk(answer, FIRST, FIRST, {day(7)}, NOW, ROOM)) == [(day(7), "on_track", True)]


def test_pages_of_any_size_give_the_same_changes() -> None:
    heard = {day(number): number % 4 for number in range(2, 19)}
    whole = walk(cell(heard), FIRST, FIRST, heard, NOW, ROOM).changes
    assert len(whole) > 10
    for room in ((1, 1_000), (3, 1_000), (100, 0), (100, 3)):
        paged: list[Change] = []
        start: date | None = FIRST
        while start is not None:
            walked = walk(cell(heard), FIRST, start, heard, NOW, room)
            paged.extend(walked.changes)
            assert walked.left is None or walked.left > start
            start = walked.left
        assert tuple(paged) == whole


def test_no_day_is_asked_for_on_which_nothing_was_heard_and_no_answer_ends() -> None:
    asked: set[date] = set()

    def answer(known: date, at: datetime) -> Status | None:
        asked.add(local_date(at))
        return cell({day(10): 3})(known, at)

    walk(answer, FIRST, FIRST, {day(10)}, NOW, ROOM)
    assert asked == {FIRST, local_date(DUE_AT), day(10), local_date(NOW)}
    assert local_date(day_end(FIRST)) == FIRST
