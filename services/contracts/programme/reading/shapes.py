"""What the files of a programme folder may say. Explained for people in docs/programme.md."""

from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Annotated, Literal

from msgspec import Meta

from services.contracts.fields import (
    AgencyId,
    FormCode,
    GroupId,
    IndicatorCode,
    MeasureCode,
    OrganisationId,
    ProgrammeId,
    RowCode,
    SignerKind,
    TextVersion,
    UnitId,
    exactly,
)
from services.contracts.programme.calendars import CalendarName
from services.contracts.programme.forms import Frequency, MeasureType, RuleOp, Severity
from services.contracts.programme.reading.build import OPTIONAL_COLUMN, Shape
from services.contracts.programme.units import UnitKind

Phrase = Annotated[str, Meta(min_length=1, max_length=300)]
Passage = Annotated[str, Meta(min_length=1, max_length=4_000)]
Whole = Annotated[int, Meta(ge=0, le=1_000_000_000)]
Year = Annotated[int, Meta(ge=2018, le=2100)]
UnitCode = Annotated[str, Meta(pattern=exactly("[0-9]{2,5}"), max_length=5, extra_json_schema={"examples": ["18115"]})]
ClockTime = Annotated[
    str,
    Meta(pattern=exactly("(?:[01][0-9]|2[0-3]):[0-5][0-9]"), max_length=5, extra_json_schema={"examples": ["17:00"]}),
]
AgencyKind = Literal["people_committee", "police", "front", "department", "school", "steering_committee", "operator"]


@dataclass(frozen=True, kw_only=True)
class TextShape(Shape):
    vi: Passage
    en: Passage


@dataclass(frozen=True, kw_only=True)
class DecisionShape(Shape):
    number: Phrase = ""
    name: TextShape
    provisional: bool


@dataclass(frozen=True, kw_only=True)
class PledgeTextShape(Shape):
    version: TextVersion
    text: TextShape


@dataclass(frozen=True, kw_only=True)
class TipsShape(Shape):
    handover_days: Annotated[int, Meta(ge=0, le=60)]
    provisional: bool
    source: Phrase


@dataclass(frozen=True, kw_only=True)
class SmallNumbersShape(Shape):
    fewest: Annotated[int, Meta(ge=2, le=1_000)]
    indicators: list[IndicatorCode]
    provisional: bool
    source: Phrase


@dataclass(frozen=True, kw_only=True)
class HeadShape(Shape):
    agency_kind: AgencyKind
    title: TextShape


@dataclass(frozen=True, kw_only=True)
class ProgrammeShape(Shape):
    id: ProgrammeId
    name: TextShape
    calendar: CalendarName
    first_year: Year
    last_year: Year
    root: UnitId
    decisions: list[DecisionShape]
    pledge_texts: list[PledgeTextShape]
    tips: TipsShape
    heads: list[HeadShape] = field(default_factory=list)
    small_numbers: SmallNumbersShape | None = None


@dataclass(frozen=True, kw_only=True)
class UnitRow(Shape):
    code: UnitCode
    valid_from: date
    valid_to: date | None
    kind: UnitKind
    name: Phrase
    parent_code: UnitCode | None
    note: Phrase = ""

    @property
    def id(self) -> str:
        return f"{self.code}@{self.valid_from.isoformat()}"

    @property
    def last_day(self) -> date:
        return self.valid_to or date.max


@dataclass(frozen=True, kw_only=True)
class SuccessionRow(Shape):
    old_unit: UnitId
    new_unit: UnitId
    on: date
    extent: Literal["whole", "part"]
    decision: Phrase
    weight_num: Whole | None = field(default=None, metadata=OPTIONAL_COLUMN)
    weight_den: Whole | None = field(default=None, metadata=OPTIONAL_COLUMN)
    weight_provisional: bool | None = field(default=None, metadata=OPTIONAL_COLUMN)
    weight_source: Phrase = field(default="", metadata=OPTIONAL_COLUMN)

    @property
    def weight(self) -> Fraction | None:
        """Of a part with both numbers; its denominator is never 0 in a table without faults."""
        return Fraction(self.weight_num, self.weight_den) if self.weight_num and self.weight_den else None


@dataclass(frozen=True, kw_only=True)
class GroupRow(Shape):
    unit: UnitId
    group: GroupId
    name: Phrase
    provisional: bool
    source: Phrase


@dataclass(frozen=True, kw_only=True)
class DenominatorRow(Shape):
    unit: UnitId
    kind: SignerKind
    as_of: date
    value: Whole
    provisional: bool
    source: Phrase


@dataclass(frozen=True, kw_only=True)
class BaselineRow(Shape):
    unit: UnitId
    indicator: IndicatorCode
    year: Year
    num: Whole
    den: Annotated[int, Meta(ge=1, le=1_000_000_000)] = 1
    provisional: bool
    source: Phrase


@dataclass(frozen=True, kw_only=True)
class OrganisationRow(Shape):
    unit: UnitId
    id: OrganisationId
    name: Phrase
    kind: Literal["organisation", "business"]


@dataclass(frozen=True, kw_only=True)
class AgencyRow(Shape):
    id: AgencyId
    name_vi: Phrase
    name_en: Phrase
    kind: AgencyKind
    unit: UnitId


@dataclass(frozen=True, kw_only=True)
class TipRecipientRow(Shape):
    unit: UnitId
    agency: AgencyId
    valid_from: date
    valid_to: date | None
    provisional: bool
    source: Phrase


@dataclass(frozen=True, kw_only=True)
class HolidayRow(Shape):
    day: date
    kind: Literal["holiday", "working"]
    name: Phrase
    decision: Phrase


@dataclass(frozen=True, kw_only=True)
class DueShape(Shape):
    working_days: Annotated[int, Meta(ge=-365, le=365)]
    at: ClockTime
    provisional: bool
    source: Phrase


@dataclass(frozen=True, kw_only=True)
class MeasureShape(Shape):
    code: MeasureCode
    name: TextShape
    type: MeasureType
    unit: TextShape
    max: Whole | None = None


@dataclass(frozen=True, kw_only=True)
class RuleShape(Shape):
    left: MeasureCode
    op: RuleOp
    right: MeasureCode | None = None
    parts: list[MeasureCode] = field(default_factory=list)
    severity: Severity = "error"
    message: TextShape | None = None

    @property
    def rights(self) -> tuple[str, ...]:
        """What the left side is compared with, however it was written."""
        return tuple(self.parts) if self.right is None else (self.right, *self.parts)


@dataclass(frozen=True, kw_only=True)
class ChoiceShape(Shape):
    code: RowCode
    name: TextShape


@dataclass(frozen=True, kw_only=True)
class RowFieldShape(Shape):
    code: RowCode
    name: TextShape
    choices: list[ChoiceShape] = field(default_factory=list)
    max: Whole | None = None
    optional: bool = False


@dataclass(frozen=True, kw_only=True)
class RowKindShape(Shape):
    code: RowCode
    name: TextShape
    fields: list[RowFieldShape]
    max_rows: Annotated[int, Meta(ge=1, le=200)]


@dataclass(frozen=True, kw_only=True)
class FormShape(Shape):
    code: FormCode
    name: TextShape
    owner_kind: AgencyKind
    frequency: Frequency
    due: DueShape
    measures: list[MeasureShape]
    rules: list[RuleShape] = field(default_factory=list)
    rows: list[RowKindShape] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class FormsShape(Shape):
    forms: list[FormShape]
