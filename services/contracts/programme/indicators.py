"""Indicators: what is measured, against which target, set by which decision."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Final, Literal

from services.contracts.errors import Text
from services.contracts.programme.forms import Frequency

IndicatorKind = Literal[
    "flag",
    "coverage",
    "signers",
    "flow",
    "stock",
    "ratio",
    "tips_received",
    "tips_in_time",
    "tips_resolved",
    "reports_on_time",
]
Trajectory = Literal["step", "linear"]
TargetOp = Literal["at_least", "at_most", "none"]
REPORT_FED: Final[frozenset[IndicatorKind]] = frozenset({"flag", "flow", "stock", "ratio"})
SIGNER_FED: Final[frozenset[IndicatorKind]] = frozenset({"coverage", "signers"})
TIP_FED: Final[frozenset[IndicatorKind]] = frozenset({"tips_received", "tips_in_time", "tips_resolved"})
UNTARGETED: Final[frozenset[IndicatorKind]] = frozenset({"signers", "tips_received"})
"""They are counted and shown, and never judged: their target is `none`."""
ADDED_UP: Final[frozenset[IndicatorKind]] = frozenset({"flow", "stock"})
"""They add measures up, and criteria of verdicts may add them up; without a target they are auxiliary."""


@dataclass(frozen=True, slots=True)
class Target:
    """The exact number num/den; `per` = "unit_month" means num for every leaf unit and month of the period.

    `op` = "none" (with 0/1): there is nothing to reach, and `source` says why.
    """

    op: TargetOp
    num: int
    den: int
    per: Literal["unit_month"] | None
    decision: str
    provisional: bool
    source: str

    @property
    def value(self) -> Fraction:
        return Fraction(self.num, self.den)

    def of_period(self, months: Fraction | int, leaves: int) -> Fraction:
        """The target of a period of so many months and a unit of so many leaves; of stubs months may be a fraction."""
        return self.value * months * leaves if self.per == "unit_month" else self.value

    def passes(self, value: Fraction | int, months: int = 1, leaves: int = 1) -> bool:
        target = self.of_period(months, leaves)
        return value >= target if self.op == "at_least" else value <= target


@dataclass(frozen=True, slots=True)
class Indicator:
    """`measure` feeds flag, flow and stock, or `sum_of` a flow or stock of several measures added up; `numerator` and
    `denominator` feed a ratio; `signer_kind` a coverage or a count of signers.

    `definition_hash` changes whenever anything that decides a status of this indicator changes, and then `version`
    must. From `effective_from` on (None: from the programme's first day) periods that begin are judged by it.
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
    sum_of: tuple[str, ...] = ()
    version: int = 1
    effective_from: date | None = None

    @property
    def measures(self) -> tuple[str, ...]:
        """The measures of its form that it reads."""
        one_each = (self.measure, self.numerator, self.denominator)
        return self.sum_of or tuple(code for code in one_each if code is not None)

    @property
    def auxiliary(self) -> bool:
        """Not one of the programme's indicators: a flow or stock without a target, which verdicts rest on."""
        return self.target.op == "none" and self.kind in ADDED_UP
