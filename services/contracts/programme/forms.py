"""Forms: which measures an agency of a kind owes for every unit and period, and until when."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import time
from typing import Literal

from services.contracts.details import more_than, not_the_sum_of
from services.contracts.errors import NOTHING, Text
from services.contracts.programme.calendars import PeriodKind

MeasureType = Literal["flow", "stock", "flag"]
Frequency = Literal["month", "quarter"]
Severity = Literal["error", "warning"]
RuleOp = Literal["at_most", "sum_of"]


@dataclass(frozen=True, slots=True)
class Due:
    """Owed by the local time `at` of the n-th working day after the cut-off."""

    working_days: int
    at: time
    provisional: bool
    source: str


@dataclass(frozen=True, slots=True)
class Measure:
    """A number asked for: >= 0 and, where given, <= max. A flag is 0 or 1. `unit` is what it counts."""

    code: str
    name: Text
    type: MeasureType
    unit: Text
    max: int | None


@dataclass(frozen=True, slots=True)
class Rule:
    """Within one report the measure `left` is at most, or exactly, the sum of `rights`; silent while one is missing.

    An error refuses the report; a warning is shown with it. `message` may be empty: then the rule speaks for itself.
    """

    left: str
    op: RuleOp
    rights: tuple[str, ...]
    severity: Severity = "error"
    message: Text = NOTHING

    @property
    def text(self) -> Text:
        if self.message.vi:
            return self.message
        told = more_than if self.op == "at_most" else not_the_sum_of
        return told(" + ".join(self.rights))

    def broken_by(self, values: Mapping[str, int | None]) -> bool:
        left, rights = values.get(self.left), [values.get(code) for code in self.rights]
        known = [value for value in rights if value is not None]
        if left is None or len(known) < len(rights):
            return False
        return left > sum(known) if self.op == "at_most" else left != sum(known)


@dataclass(frozen=True, slots=True)
class RowField:
    """A number from 0 to `max`, or, where `choices` are given, one of their codes."""

    code: str
    name: Text
    choices: Mapping[str, Text]
    max: int | None
    optional: bool = False


@dataclass(frozen=True, slots=True)
class RowKind:
    """Repeatable rows of a form, such as propaganda sessions: every row has every field but the optional ones."""

    code: str
    name: Text
    fields: Mapping[str, RowField]
    max_rows: int

    def fits(self, names: AbstractSet[str]) -> bool:
        """Whether a row with fields of these names is whole and has no other."""
        needed = {code for code, field in self.fields.items() if not field.optional}
        return needed <= names <= self.fields.keys()


@dataclass(frozen=True, slots=True)
class Form:
    code: str
    name: Text
    owner_kind: str
    frequency: Frequency
    due: Due
    measures: Mapping[str, Measure]
    rules: tuple[Rule, ...]
    rows: Mapping[str, RowKind]

    def broken(self, values: Mapping[str, int | None], severity: Severity) -> list[Rule]:
        """The rules of a severity that the values of a report break."""
        return [rule for rule in self.rules if rule.severity == severity and rule.broken_by(values)]

    def accepts(self, kind: PeriodKind) -> bool:
        """True when a report on this form is owed for periods of that kind."""
        return kind == self.frequency
