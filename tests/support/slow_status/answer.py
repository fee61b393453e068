"""The answer of a cell: what its rule finds, and the flags on it."""

from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from services.contracts.events import Event
from services.contracts.programme import Programme
from tests.support.slow_status import counted, reported
from tests.support.slow_status.counting import Counting
from tests.support.slow_status.days import ONE_DAY, at_hour, codes_of, day_of
from tests.support.slow_status.found import NOT_DUE, WITHHELD, Asked, Bound, Found
from tests.support.slow_status.owed import Owing
from tests.support.slow_status.places import Places

TIPS = ("tips_received", "tips_in_time", "tips_resolved")
KINDS = ("month", "quarter", "half", "year")


class Answer(NamedTuple):
    status: str
    value: tuple[int, int] | None
    worst: Bound
    best: Bound
    flags: frozenset[str]


class SlowStatus:
    """`said` is everything that was accepted by `now`, in any order; `refused` the units of dead letters that wait."""

    def __init__(
        self, programme: Programme, said: Iterable[Event], now: datetime, refused: Collection[str] = ()
    ) -> None:
        self.programme, self.now, self.refused = programme, now, refused
        self.places = Places(programme)
        self.counting = Counting(said, self.places)
        self.owing = Owing(programme, self.places, self.counting)

    def cells(self) -> Iterator[tuple[str, str, str]]:
        """Each unit at or below the root that reports or holds a reporting unit, in each period not too short."""
        for indicator in self.programme.indicators.values():
            for kind in KINDS[KINDS.index(indicator.frequency) :]:
                for code in (code for year in self.programme.years for code in codes_of(year, kind)):
                    for unit in self.places.at_or_below(self.programme.root):
                        if self.places.wards_of(unit, code):
                            yield unit, indicator.code, code

    def is_open(self, unit: str, code: str) -> bool:
        days = self.places.own_days(unit, code)
        return bool(days) and at_hour(days[0]) <= self.now < at_hour(days[-1] + ONE_DAY)

    def answer(self, unit: str, indicator: str, code: str) -> Answer:
        days = self.places.own_days(unit, code)
        today = min(day_of(self.now), days[-1])
        closed = self.now >= at_hour(days[-1] + ONE_DAY)
        asked = Asked(self.programme.indicators[indicator], self.now, days, today, closed)
        found = NOT_DUE if self.now < at_hour(days[0]) else self._found(asked, unit, code)
        if found.status == "not_due" and not asked.untargeted:
            found = found._replace(value=None, worst=None, best=None, guessed=False)
        return Answer(*found[:4], frozenset(self._flags(asked, found, unit, code)))

    def _found(self, asked: Asked, unit: str, code: str) -> Found:
        """What is added up is asked of all wards of the period, what holds on a day of those that stand on it."""
        of_period, of_today = self.places.wards_of(unit, code), self.places.wards_on(unit, asked.today)
        tips = [one for one in self.counting.tips() if one.unit in self.places.at_or_below(unit)]
        form = asked.indicator.form or ""
        if asked.indicator.kind in TIPS and not self.places.told_of_tips(self.programme.root, unit, code):
            return WITHHELD
        rules: dict[str, Callable[[], Found]] = {
            "flow": lambda: reported.flow(asked, self.owing, form, code, of_period),
            "stock": lambda: reported.state(asked, self.owing, form, code, of_today),
            "flag": lambda: reported.state(asked, self.owing, form, code, of_today),
            "ratio": lambda: reported.state(asked, self.owing, form, code, of_today),
            "coverage": lambda: counted.coverage(asked, self.owing, of_today),
            "signers": lambda: counted.signers(asked, self.owing, of_today),
            "tips_received": lambda: counted.tips_received(asked, tips),
            "tips_in_time": lambda: counted.tips_in_time(asked, tips, self.programme.tips.handover_days),
            "tips_resolved": lambda: counted.tips_resolved(asked, tips),
            "reports_on_time": lambda: counted.reports_on_time(asked, self.owing, code, of_period),
        }
        return rules[asked.indicator.kind]()

    def _flags(self, asked: Asked, found: Found, unit: str, code: str) -> Iterator[str]:
        coverage = asked.indicator.kind == "coverage"
        yield from ["withheld"] * found.withheld
        if asked.indicator.target.provisional or found.guessed:
            yield "provisional"
        if coverage and found.value:
            numbers = counted.denominators(asked, self.programme, self.places.wards_on(unit, asked.today))
            if any(one.provisional for one in numbers):
                yield "provisional"
            if found.value[0] > found.value[1]:
                yield "quality"
        if asked.closed and any(one.accepted_late for one in found.counted):
            yield "restated"
        if self.places.divided(unit, code):
            yield "stub"
        if set(self.places.at_or_below(unit)) & set(self.refused):
            yield "blocked"
