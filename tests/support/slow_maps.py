"""The statuses of `two_maps` counted day by day from docs/status.md, without a line of the engine: slow and obvious."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, timezone
from fractions import Fraction
from typing import NamedTuple

from tests.support.two_maps import FIRST_NEW_DAY, HOLIDAYS, LAST_OLD_DAY, N1, N2, PROVINCE, TOWN, W1, W2, W3

VIETNAM = timezone(timedelta(hours=7))
ONE_DAY = timedelta(days=1)
BEGINNING, END = date(2018, 1, 1), date(2030, 1, 1)
STOOD = {
    PROVINCE: (BEGINNING, END),
    TOWN: (BEGINNING, LAST_OLD_DAY),
    **dict.fromkeys((W1, W2, W3), (BEGINNING, LAST_OLD_DAY)),
    **dict.fromkeys((N1, N2), (FIRST_NEW_DAY, END)),
}
BELOW = {PROVINCE: (W1, W2, W3, N1, N2), TOWN: (W1, W2, W3)}
HOUSEHOLDS = {W1: 10, W2: 10, W3: 10, N1: 30, N2: 10}
PERIODS = {
    **{f"2025-M{number:02}": (number,) for number in range(1, 13)},
    **{f"2025-Q{number}": tuple(range(3 * number - 2, 3 * number + 1)) for number in range(1, 5)},
    **{f"2025-H{number}": tuple(range(6 * number - 5, 6 * number + 1)) for number in range(1, 3)},
    "2025-Y": tuple(range(1, 13)),
}


class Said(NamedTuple):
    accepted_at: datetime
    values: Mapping[str, int]


class Answer(NamedTuple):
    status: str
    value: tuple[int, int] | None
    stub: bool


def midnight(day: date, at: time = time()) -> datetime:
    return datetime.combine(day, at, VIETNAM).astimezone(UTC)


def days_between(first: date, last: date) -> list[date]:
    return [first + ONE_DAY * number for number in range((last - first).days + 1)]


def days_of_month(number: int) -> list[date]:
    """Report month m of 2025: the 15th of the month before to the 14th."""
    first = date(2024, 12, 15) if number == 1 else date(2025, number - 1, 15)
    return days_between(first, date(2025, number, 14))


def stood(unit: str, days: list[date]) -> list[date]:
    first, last = STOOD[unit]
    return [day for day in days if first <= day <= last]


def due(last_day: date) -> datetime:
    """17:00 of the second working day after it."""
    day, left = last_day, 2
    while left:
        day += ONE_DAY
        left -= day.weekday() < 5 and day.isoformat() not in HOLIDAYS
    return midnight(day, time(17))


@dataclass
class SlowCount:
    """`reports` by (ward, month number); `signed` (ward, day) once for each household."""

    now: datetime
    reports: dict[tuple[str, int], Said] = field(default_factory=dict)
    signed: list[tuple[str, date]] = field(default_factory=list)

    def cells(self) -> Iterator[tuple[str, str, str]]:
        for indicator in ("CT11", "CT14", "CT13", "CT02", "CT05", "CT30"):
            for period, months in PERIODS.items():
                days = [day for number in months for day in days_of_month(number)]
                for unit in STOOD:
                    if stood(unit, days):
                        yield unit, indicator, period

    def answer(self, unit: str, indicator: str, period: str) -> Answer:
        months = PERIODS[period]
        all_days = [day for number in months for day in days_of_month(number)]
        days = stood(unit, all_days)
        wards = [ward for ward in BELOW.get(unit, (unit,)) if stood(ward, days)]
        stub = any(stood(ward, all_days) != all_days for ward in wards)
        if self.now < midnight(days[0]):
            return Answer("not_due", None, stub)
        closed = self.now >= midnight(days[-1] + ONE_DAY)
        today = min(self.now.astimezone(VIETNAM).date(), days[-1])
        now_there = [ward for ward in wards if stood(ward, [today])]
        match indicator:
            case "CT11" | "CT14":
                found = self.flow(indicator, wards, months, closed=closed)
            case "CT13" | "CT02":
                found = self.current(indicator, now_there, months, closed=closed)
            case "CT05":
                found = self.signers(now_there, today, closed=closed)
            case _:
                found = self.in_time(wards, months, closed=closed)
        return Answer(found[0], None if found[0] == "not_due" else found[1], stub)

    def inputs(self, ward: str, months: tuple[int, ...]) -> list[tuple[int, datetime, datetime]]:
        """(month, closes, due) of every month in which the ward stood on some day."""
        own = ((number, stood(ward, days_of_month(number))) for number in months)
        return [(number, midnight(days[-1] + ONE_DAY), due(days[-1])) for number, days in own if days]

    def silence(self, dues: list[datetime]) -> str:
        return "overdue" if any(self.now >= instant for instant in dues) else "no_data"

    def flow(self, code: str, wards: list[str], months: tuple[int, ...], *, closed: bool):  # type: ignore[no-untyped-def]
        inputs = [(ward, *one) for ward in wards for one in self.inputs(ward, months)]
        told = [
            self.reports[ward, number].values["sessions"]
            for ward, number, _, _ in inputs
            if (ward, number) in self.reports
        ]
        missing = [one for one in inputs if one[:2] not in self.reports]
        total, at_least = sum(told), code == "CT11"
        value = (total, 1) if told else None
        asked = Fraction(12)
        if at_least:
            lengths = ((ward, days_of_month(number)) for ward in wards for number in months)
            asked = sum((Fraction(len(stood(ward, days)), len(days)) for ward, days in lengths), Fraction(0))
        reached = total >= asked if at_least else total <= asked
        lost = not reached and not (at_least and missing)
        safe = reached and (at_least or not missing)
        if closed:
            return ("not_met" if lost else "met" if safe else self.silence([one[3] for one in missing])), value
        if lost:
            return "lost", value
        if at_least and reached:
            return "on_track", value
        expected = [one for one in inputs if one[:2] in self.reports or self.now >= one[2]]
        if not expected:
            return "not_due", None
        owing = [one[3] for one in expected if one[:2] not in self.reports]
        if owing:
            return self.silence(owing), value
        keeps_pace = not at_least or total >= asked * Fraction(len(expected), len(inputs))
        return ("on_track" if keeps_pace else "at_risk"), value

    def current(self, code: str, wards: list[str], months: tuple[int, ...], *, closed: bool):  # type: ignore[no-untyped-def]
        chosen = []
        for ward in wards:
            inputs = self.inputs(ward, months)
            known = [one for one in inputs if closed or (ward, one[0]) in self.reports or self.now >= one[1]]
            if known:
                chosen.append((ward, known[-1][0], known[-1][2]))
        if not chosen:
            return "not_due", None
        measure = "hotspots" if code == "CT13" else "plan"
        told = [
            self.reports[ward, number].values[measure] for ward, number, _ in chosen if (ward, number) in self.reports
        ]
        missing = [instant for ward, number, instant in chosen if (ward, number) not in self.reports]
        value = ((sum(told), 1) if code == "CT13" else (sum(told), len(chosen))) if told else None
        passes = sum(told) == 0 if code == "CT13" else sum(told) == len(chosen)
        if missing:
            if closed and code == "CT13" and not passes:
                return "not_met", value
            return self.silence(missing), value
        return (("met" if passes else "not_met") if closed else ("on_track" if passes else "at_risk")), value

    def signers(self, wards: list[str], today: date, *, closed: bool):  # type: ignore[no-untyped-def]
        count = sum(1 for ward, day in self.signed if ward in wards and day <= today)
        households = sum(HOUSEHOLDS[ward] for ward in wards)
        enough = 2 * count >= households
        return (("met" if enough else "not_met") if closed else ("on_track" if enough else "at_risk")), (
            count,
            households,
        )

    def in_time(self, wards: list[str], months: tuple[int, ...], *, closed: bool):  # type: ignore[no-untyped-def]
        owed = [(ward, number, instant) for ward in wards for number, _, instant in self.inputs(ward, months)]
        good = [one for one in owed if one[:2] in self.reports and self.reports[one[:2]].accepted_at < one[2]]
        open_still = [one for one in owed if one not in good and self.now < one[2]]
        decided = len(owed) - len(open_still)
        value = (len(good), decided) if decided else None
        if closed:
            if len(good) == len(owed):
                return "met", value
            return ("no_data" if len(good) + len(open_still) == len(owed) else "not_met"), value
        if len(good) + len(open_still) < len(owed):
            return "lost", value
        return ("on_track" if decided else "not_due"), value
