"""Forms: which measures an agency of a kind owes for every unit and period, and until when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from typing import Literal

from services.contracts.errors import Text
from services.contracts.programme.calendars import PeriodKind

MeasureType = Literal["flow", "stock", "flag"]
Frequency = Literal["month", "quarter"]


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
    """Within one report the measure `left` must be at most the measure `right`; silent while either is missing."""

    left: str
    right: str


@dataclass(frozen=True, slots=True)
class RowField:
    """A number from 0 to `max`, or, where `choices` are given, one of their codes."""

    code: str
    name: Text
    choices: Mapping[str, Text]
    max: int | None


@dataclass(frozen=True, slots=True)
class RowKind:
    """Repeatable rows of a form, such as propaganda sessions: every row has every field."""

    code: str
    name: Text
    fields: Mapping[str, RowField]
    max_rows: int


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

    def accepts(self, kind: PeriodKind) -> bool:
        """True when a report on this form is owed for periods of that kind."""
        return kind == self.frequency
