"""Indicators: what is measured, against which target, set by which decision."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Final, Literal

from services.contracts.errors import Text
from services.contracts.programme.forms import Frequency

IndicatorKind = Literal["flag", "coverage", "flow", "stock", "ratio", "tips_in_time", "reports_on_time"]
Trajectory = Literal["step", "linear"]
REPORT_FED: Final[frozenset[IndicatorKind]] = frozenset({"flag", "flow", "stock", "ratio"})


@dataclass(frozen=True, slots=True)
class Target:
    """The exact number num/den; `per` = "unit_month" means num for every leaf unit and month of the period."""

    op: Literal["at_least", "at_most"]
    num: int
    den: int
    per: Literal["unit_month"] | None
    decision: str
    provisional: bool
    source: str

    @property
    def value(self) -> Fraction:
        return Fraction(self.num, self.den)

    def of_period(self, months: int, leaves: int) -> Fraction:
        """The target of a period of so many months and a unit of so many leaves."""
        return self.value * months * leaves if self.per == "unit_month" else self.value

    def passes(self, value: Fraction | int, months: int = 1, leaves: int = 1) -> bool:
        target = self.of_period(months, leaves)
        return value >= target if self.op == "at_least" else value <= target


@dataclass(frozen=True, slots=True)
class Indicator:
    """`measure` feeds flag, flow and stock; `numerator` and `denominator` feed a ratio; `signer_kind` a coverage.

    `definition_hash` changes whenever anything that decides a status of this indicator changes.
    """

    code: str
    name: Text
    definition: Text
    kind: IndicatorKind
    form: str | None
    measure: str | None
    numerator: str | None
    denominator: str | None
    signer_kind: str | None
    target: Target
    trajectory: Trajectory
    frequency: Frequency
    owner_kind: str
    definition_hash: str

    @property
    def measures(self) -> tuple[str, ...]:
        """The measures of its form that it reads."""
        return tuple(code for code in (self.measure, self.numerator, self.denominator) if code is not None)
