"""How a status came to be what it is: its value at the end of each local day, derived from the facts known by then.

Pure: the caller answers what a cell is by what was known at the end of a day, at an instant. Time alone changes an
answer only where it ends (`valid_until`), facts only on a day on which something was heard: no other day is asked for.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from services.contracts.programme.calendars import day_end, local_date
from services.reporting.domain.status import Status

Answer = Callable[[date, datetime], Status | None]
"""By what was known at the end of a day, at an instant; None: there was no such cell by then."""
_ONE_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Change:
    """A day at whose end the status is another than at the end of the day before (None: there was none).

    `passed_at`: the last instant of the day at which time alone changed it. `told`: what was heard on the day did.
    """

    day: date
    before: Status | None
    after: Status
    passed_at: datetime | None
    told: bool


@dataclass(frozen=True, slots=True)
class Walked:
    """Changes in the order of days; `left`: the day from which there is more to walk, None when there is not."""

    changes: tuple[Change, ...]
    left: date | None


@dataclass
class _Asking:
    """Counts what is asked, since an answer is what costs."""

    answer: Answer
    asked: int = 0

    def __call__(self, known: date, at: datetime) -> Status | None:
        self.asked += 1
        return self.answer(known, at)


def walk(
    answer: Answer, since: date, start: date, heard: Collection[date], now: datetime, room: tuple[int, int]
) -> Walked:
    """The changes from `start` (on or after `since`, the first day there is) to the day of `now`, as known at its end.

    Until something is heard the same day is named as known, and no instant before its end: the facts are the same.
    `room`: at most so many changes, and after so many answers no further day is begun; one day always is.
    """
    most, answers = room
    asking = _Asking(answer)
    today, yesterday = local_date(now), start - _ONE_DAY
    days = sorted({start, today, *(day for day in heard if start < day < today)})
    last = asking(yesterday, day_end(yesterday)) if start > since else None
    found: list[Change] = []
    known, day = yesterday, start
    while day <= today:
        if day > start and (len(found) == most or asking.asked > answers):
            return Walked(tuple(found), day)
        end = now if day == today else day_end(day)
        timed = asking(known, end) if last is not None else None
        after = asking(day, end) if day in days else timed
        if after is not None and not _same(last, after):
            told = timed is None or not timed.says_the_same_as(after)
            found.append(Change(day, last, after, _passed(asking, last, timed, known, end), told))
        known, last = (day if day in days else known), after
        day = _following(day, days, after)
    return Walked(tuple(found), None)


def _same(before: Status | None, after: Status) -> bool:
    return before is not None and before.says_the_same_as(after)


def _following(day: date, days: list[date], status: Status | None) -> date:
    """The next day on which something was heard, or on which the answer ends."""
    ends = [local_date(status.valid_until)] if status is not None and status.valid_until is not None else []
    return min([later for later in days if later > day] + ends, default=date.max)


def _passed(asking: _Asking, last: Status | None, timed: Status | None, known: date, end: datetime) -> datetime | None:
    """The last instant at which the old facts alone gave another answer."""
    if last is None or timed is None or last.says_the_same_as(timed):
        return None
    found, at = None, last.valid_until
    while at is not None and at <= end:
        status = asking(known, at)
        if status is None:
            break
        if not status.says_the_same_as(last):
            found, last = at, status
        at = status.valid_until
    return found
