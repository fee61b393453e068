"""What a programme consists of: units, indicators, periods."""

from typing import Literal

from services.contracts.events import Value
from services.contracts.fields import (
    AgencyId,
    Day,
    FormCode,
    HexHash,
    IndicatorCode,
    Instant,
    MeasureCode,
    PeriodCode,
    ProgrammeId,
    Sentence,
    UnitId,
    Word,
)
from services.contracts.programme.indicators import TargetOp
from services.contracts.readings.pages import Name, Page, Whole


class ProgrammeSummary(Value, frozen=True, kw_only=True, omit_defaults=False):
    id: ProgrammeId
    name: Name
    version: Whole
    hash: HexHash
    sandbox: bool
    calendar: Word
    starts_on: Day
    ends_on: Day
    root: UnitId


class Programmes(Page, frozen=True, kw_only=True, omit_defaults=False):
    items: list[ProgrammeSummary]


class Head(Value, frozen=True, kw_only=True, omit_defaults=False):
    """Who answers for what an agency of a kind owes in a unit: an office, never a person's name."""

    agency: AgencyId
    kind: Word
    office: Name


class UnitSummary(Value, frozen=True, kw_only=True):
    """`valid_to` is the last day; null while the unit still stands.

    The `owner_kind` of an indicator is the `kind` of one of its `heads`, which are absent where no office is named.
    """

    id: UnitId
    code: Word
    kind: Word
    name: Sentence
    valid_from: Day
    valid_to: Day | None
    parent: UnitId | None
    heads: list[Head] = []


class Units(Page, frozen=True, kw_only=True, omit_defaults=False):
    items: list[UnitSummary]


class TargetSummary(Value, frozen=True, kw_only=True, omit_defaults=False):
    """The exact number num/den; `per` = unit_month: for every reporting unit and month.

    `op` = none: there is nothing to reach, and the status is not_due, also beside a value, unless a report is missing.
    """

    op: TargetOp
    num: Whole
    den: Whole
    per: Literal["unit_month"] | None
    decision: Sentence
    provisional: bool
    source: Sentence


class FormerDefinition(Value, frozen=True, kw_only=True, omit_defaults=False):
    """What an indicator was before: periods that began from `effective_from` on, and before the next one, keep it."""

    version: Whole
    effective_from: Day
    name: Name
    definition: Name
    measures: list[MeasureCode]
    target: TargetSummary
    trajectory: Word
    definition_hash: HexHash


class IndicatorSummary(Value, frozen=True, kw_only=True, omit_defaults=False):
    """In its newest definition, which judges the periods that begin from `effective_from` on.

    `auxiliary`: not one of the programme's indicators, but a count without a target that verdicts rest on.
    """

    code: IndicatorCode
    name: Name
    definition: Name
    kind: Word
    auxiliary: bool
    form: FormCode | None
    measures: list[MeasureCode]
    signer_kind: Word | None
    target: TargetSummary
    trajectory: Word
    frequency: Word
    owner_kind: Word
    definition_hash: HexHash
    version: Whole
    effective_from: Day
    former: list[FormerDefinition]


class Indicators(Page, frozen=True, kw_only=True, omit_defaults=False):
    items: list[IndicatorSummary]


class PeriodSummary(Value, frozen=True, kw_only=True, omit_defaults=False):
    """`start` and `end` are its first and last local day; open in [opens_at, closes_at)."""

    code: PeriodCode
    kind: Word
    start: Day
    end: Day
    opens_at: Instant
    closes_at: Instant


class Periods(Page, frozen=True, kw_only=True, omit_defaults=False):
    items: list[PeriodSummary]
