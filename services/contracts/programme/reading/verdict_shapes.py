"""What verdicts.yaml may say. Explained for people in docs/programme.md."""

from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Literal

from msgspec import Meta

from services.contracts.fields import CriterionCode, IndicatorCode, PackCode, VerdictCode
from services.contracts.programme.calendars import PeriodKind
from services.contracts.programme.reading.build import Shape
from services.contracts.programme.reading.shapes import Phrase, TextShape, Whole
from services.contracts.programme.units import UnitKind


@dataclass(frozen=True, kw_only=True)
class CitationShape(Shape):
    number: Phrase = ""
    text: TextShape
    provisional: bool
    source: Phrase


@dataclass(frozen=True, kw_only=True)
class ReadShape(Shape):
    indicator: IndicatorCode


@dataclass(frozen=True, kw_only=True)
class ThresholdShape(Shape):
    num: Whole
    den: Whole = 1
    provisional: bool = False


@dataclass(frozen=True, kw_only=True)
class CriterionShape(Shape):
    code: CriterionCode
    name: TextShape
    reads: list[ReadShape] = field(default_factory=list)
    per: list[ReadShape] = field(default_factory=list)
    each: Literal["unit_month"] | None = None
    at_least: ThresholdShape | None = None
    at_most: ThresholdShape | None = None
    below: ThresholdShape | None = None
    provisional: bool
    reason: TextShape | None = None
    source: Phrase


@dataclass(frozen=True, kw_only=True)
class QuotedShape(Shape):
    criterion: CriterionCode


@dataclass(frozen=True, kw_only=True)
class QuorumShape(Shape):
    need: Annotated[int, Meta(ge=1, le=1_000)]
    of: list[QuotedShape]


@dataclass(frozen=True, kw_only=True)
class GradeShape(Shape):
    code: VerdictCode
    name: TextShape
    quorums: list[QuorumShape]


@dataclass(frozen=True, kw_only=True)
class OtherwiseShape(Shape):
    code: VerdictCode
    name: TextShape


@dataclass(frozen=True, kw_only=True)
class JudgedShape(Shape):
    kind: UnitKind


@dataclass(frozen=True, kw_only=True)
class VerdictShape(Shape):
    code: VerdictCode
    name: TextShape
    judges: list[JudgedShape]
    frequency: PeriodKind
    grades: list[GradeShape]
    otherwise: OtherwiseShape


@dataclass(frozen=True, kw_only=True)
class RulePackShape(Shape):
    code: PackCode
    name: TextShape
    citation: CitationShape
    valid_from: date | None = None
    valid_to: date | None = None
    notes: TextShape
    criteria: list[CriterionShape]
    verdicts: list[VerdictShape]

    @property
    def first_day(self) -> date:
        return self.valid_from or date.min

    @property
    def last_day(self) -> date:
        return self.valid_to or date.max


@dataclass(frozen=True, kw_only=True)
class VerdictsShape(Shape):
    packs: list[RulePackShape]
