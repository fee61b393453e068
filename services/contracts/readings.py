"""What reporting serve answers. Every answer says what it stands on (`as_of`)."""

from typing import Annotated, Literal

from msgspec import Meta

from services.contracts.events import Ratio, Value
from services.contracts.fields import (
    AgencyId,
    Day,
    EntityId,
    FlagName,
    FormCode,
    HexHash,
    IndicatorCode,
    Instant,
    MeasureCode,
    Offset,
    PartitionNumber,
    PeriodCode,
    ProgrammeId,
    Sentence,
    StatusName,
    TopicName,
    UnitId,
    Word,
)

Cursor = Annotated[str, Meta(pattern="^[A-Za-z0-9_-]{1,200}(?![\\s\\S])", max_length=200, extra={"class": "word"})]
Limit = Annotated[int, Meta(ge=1, le=500)]
Whole = Annotated[int, Meta(ge=0, le=2**62)]
ObligationState = Literal["not_due", "due", "received", "late", "overdue", "returned", "approved"]


class Name(Value, frozen=True, kw_only=True):
    vi: Sentence
    en: Sentence


class ReadUpTo(Value, frozen=True, kw_only=True, omit_defaults=False):
    """The next offset to be read of a partition, and until when the log was known to be read to its end."""

    topic: TopicName
    partition: PartitionNumber
    next_offset: Offset
    caught_up_at: Instant | None = None


class AsOf(Value, frozen=True, kw_only=True, omit_defaults=False):
    """What an answer stands on: one snapshot of one generation.

    In what anyone may read, `positions` leave out the topic of tips: they would tell the second of every tip.
    `now` is the instant up to which statuses are evaluated, `age_s` its age by the wall clock; in a sandbox the
    caller's clock rules and nothing has an age.
    """

    generation: Whole
    positions: list[ReadUpTo]
    now: Instant | None = None
    age_s: Whole | None = None


class Page(Value, frozen=True, kw_only=True, omit_defaults=False):
    """`next` is the `cursor` of the following page; null on the last."""

    as_of: AsOf
    next: Cursor | None = None


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


class UnitSummary(Value, frozen=True, kw_only=True, omit_defaults=False):
    """`valid_to` is the last day; null while the unit still stands."""

    id: UnitId
    code: Word
    kind: Word
    name: Sentence
    valid_from: Day
    valid_to: Day | None
    parent: UnitId | None


class Units(Page, frozen=True, kw_only=True, omit_defaults=False):
    items: list[UnitSummary]


class TargetSummary(Value, frozen=True, kw_only=True, omit_defaults=False):
    """The exact number num/den; `per` = unit_month: for every reporting unit and month."""

    op: Literal["at_least", "at_most"]
    num: Whole
    den: Whole
    per: Literal["unit_month"] | None
    decision: Sentence
    provisional: bool
    source: Sentence


class IndicatorSummary(Value, frozen=True, kw_only=True, omit_defaults=False):
    code: IndicatorCode
    name: Name
    definition: Name
    kind: Word
    form: FormCode | None
    measures: list[MeasureCode]
    signer_kind: Word | None
    target: TargetSummary
    trajectory: Word
    frequency: Word
    owner_kind: Word
    definition_hash: HexHash


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


class CellStatus(Value, frozen=True, kw_only=True, omit_defaults=False):
    """The status of a unit against an indicator in a period.

    While an input is missing the value lies between `worst` and `best`; one of them null beside the other: no limit
    on that side. `stale`: `as_of` has read facts, or a programme, for which it is still to be evaluated anew.
    """

    indicator: IndicatorCode
    status: StatusName
    value: Ratio | None
    worst: Ratio | None
    best: Ratio | None
    flags: list[FlagName]
    definition_hash: HexHash
    changed_at: Instant
    valid_until: Instant | None
    stale: bool


class UnitRow(Value, frozen=True, kw_only=True, omit_defaults=False):
    """The cells of one unit; an indicator without a cell has not been evaluated."""

    unit: UnitSummary
    cells: list[CellStatus]


class StatusMatrix(Page, frozen=True, kw_only=True, omit_defaults=False):
    """Units (the chosen one first, then those below it) by indicators."""

    programme: ProgrammeId
    version: Whole
    period: PeriodSummary
    indicators: list[IndicatorCode]
    units: list[UnitRow]


class ObligationStatus(Value, frozen=True, kw_only=True, omit_defaults=False):
    """A report that is owed. `late`: there is none, or the first came at or after `due_at`, and that has passed.

    `void_decisions` name this revision with another body, or are by the person who reported; they change nothing.
    """

    report_id: EntityId
    form: FormCode
    unit: UnitId
    period: PeriodCode
    owner: AgencyId
    due_at: Instant
    state: ObligationState
    late: bool
    revision: Whole | None
    accepted_at: Instant | None
    void_decisions: Whole


class WaitingDeadLetter(Value, frozen=True, kw_only=True, omit_defaults=False):
    """A refused event that is neither redriven nor discarded."""

    unit: UnitId
    topic: TopicName
    partition: PartitionNumber
    offset: Offset
    reason: Word
    field: Sentence
    recorded_at: Instant


class UnitStatus(Page, frozen=True, kw_only=True, omit_defaults=False):
    """Everything about one unit in one period; `next` pages through the obligations of what lies below it."""

    programme: ProgrammeId
    version: Whole
    period: PeriodSummary
    unit: UnitSummary
    indicators: list[CellStatus]
    obligations: list[ObligationStatus]
    dead_letters: list[WaitingDeadLetter]


READINGS: tuple[type[Value], ...] = (
    Programmes,
    Units,
    Indicators,
    Periods,
    StatusMatrix,
    UnitStatus,
)
