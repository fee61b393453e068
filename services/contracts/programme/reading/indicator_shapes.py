"""What indicators.yaml may say. Explained for people in docs/programme.md."""

from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Literal

from msgspec import Meta

from services.contracts.fields import FormCode, IndicatorCode, MeasureCode, SignerKind
from services.contracts.programme.forms import Frequency
from services.contracts.programme.indicators import IndicatorKind, TargetOp, Trajectory
from services.contracts.programme.reading.build import Shape
from services.contracts.programme.reading.shapes import AgencyKind, Phrase, TextShape, Whole


@dataclass(frozen=True, kw_only=True)
class TargetShape(Shape):
    op: TargetOp
    num: Whole
    den: Whole
    per: Literal["unit_month"] | None = None
    decision: Phrase = ""
    provisional: bool
    source: Phrase


@dataclass(frozen=True, kw_only=True)
class IndicatorShape(Shape):
    code: IndicatorCode
    name: TextShape
    definition: TextShape
    kind: IndicatorKind
    form: FormCode | None = None
    measure: MeasureCode | None = None
    measures: list[MeasureCode] = field(default_factory=list)
    numerator: MeasureCode | None = None
    denominator: MeasureCode | None = None
    signer_kind: SignerKind | None = None
    target: TargetShape
    trajectory: Trajectory = "step"
    frequency: Frequency
    owner_kind: AgencyKind
    version: Annotated[int, Meta(ge=1, le=10_000)] = 1
    effective_from: date | None = None


@dataclass(frozen=True, kw_only=True)
class IndicatorsShape(Shape):
    indicators: list[IndicatorShape]
