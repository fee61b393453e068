"""What a rule is asked and what it finds."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from fractions import Fraction
from typing import NamedTuple

from services.contracts.programme import Indicator
from tests.support.slow_status.owed import Owed

Bound = Fraction | int | None
"""None: without limit, or absent."""


class Asked(NamedTuple):
    """A cell at an instant. `days` are those of the period on which the unit stood, `today` the last that is here."""

    indicator: Indicator
    now: datetime
    days: Sequence[date]
    today: date
    closed: bool

    @property
    def untargeted(self) -> bool:
        return self.indicator.target.op == "none"

    @property
    def at_least(self) -> bool:
        return self.indicator.target.op == "at_least"

    def passes(self, value: Fraction | int, target: Fraction) -> bool:
        return value >= target if self.at_least else value <= target

    @property
    def target(self) -> Fraction:
        return Fraction(self.indicator.target.num, self.indicator.target.den)


class Found(NamedTuple):
    """`guessed`: decided although a report is missing; `counted`: the reports in the value; `withheld`: not told."""

    status: str
    value: tuple[int, int] | None = None
    worst: Bound = None
    best: Bound = None
    guessed: bool = False
    counted: Sequence[Owed] = ()
    withheld: bool = False


NOT_DUE = Found("not_due")
WITHHELD = Found("not_due", withheld=True)


def silence(missing: Iterable[Owed], now: datetime) -> str:
    return "overdue" if any(now >= one.due for one in missing) else "no_data"


def judged(asked: Asked, passes: bool) -> str:
    if asked.closed:
        return "met" if passes else "not_met"
    return "on_track" if passes else "at_risk"
