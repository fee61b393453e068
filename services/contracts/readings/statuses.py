"""The statuses of a table and of one unit."""

from services.contracts.events import Ratio, Value
from services.contracts.fields import (
    Day,
    EntityId,
    FlagName,
    HexHash,
    IndicatorCode,
    Instant,
    Offset,
    PartitionNumber,
    ProgrammeId,
    Sentence,
    StatusName,
    TopicName,
    UnitId,
    Word,
)
from services.contracts.readings.lists import PeriodSummary, UnitSummary
from services.contracts.readings.obligations import ObligationStatus
from services.contracts.readings.pages import LogDay, Name, Page, Whole


class PublishedStatus(Value, frozen=True, kw_only=True, omit_defaults=False):
    """What was published of a cell, and by which event; it stays what it was whatever is known later."""

    status: StatusName
    value: Ratio | None
    flags: list[FlagName]
    at: Instant
    event_id: EntityId


class CellStatus(Value, frozen=True, kw_only=True, omit_defaults=False):
    """The status of a unit against an indicator in a period.

    While an input is missing the value lies between `worst` and `best`; one of them null beside the other: no limit
    on that side. `stale`: `as_of` has read facts, or a programme, for which it is still to be evaluated anew.
    `definition_version` numbers the definition that judged it; null when the programme no longer has that one.
    `changed_at` is null in what was known on an earlier day: ask the history. `published`: what was published of it
    last; where the status or value has left that, the flag `restated` says so.
    """

    indicator: IndicatorCode
    status: StatusName
    value: Ratio | None
    worst: Ratio | None
    best: Ratio | None
    flags: list[FlagName]
    definition_hash: HexHash
    definition_version: Whole | None
    changed_at: Instant | None
    valid_until: Instant | None
    stale: bool
    published: PublishedStatus | None = None


class WaitingReason(Value, frozen=True, kw_only=True, omit_defaults=False):
    reason: Word
    text: Name
    letters: Whole


class WaitingLetters(Value, frozen=True, kw_only=True, omit_defaults=False):
    """Dead letters of a unit and those below it that nobody has closed; `since`: local day on which the first came."""

    letters: Whole
    since: LogDay
    reasons: list[WaitingReason]


class UnitRow(Value, frozen=True, kw_only=True, omit_defaults=False):
    """The cells of one unit; an indicator without a cell has not been evaluated. `waiting` null: no dead letter."""

    unit: UnitSummary
    cells: list[CellStatus]
    waiting: WaitingLetters | None = None


class StatusMatrix(Page, frozen=True, kw_only=True, omit_defaults=False):
    """Units (the chosen one first, then those below it) by indicators. `known_at`: what was known at that day's end."""

    programme: ProgrammeId
    version: Whole
    known_at: Day | None = None
    period: PeriodSummary
    indicators: list[IndicatorCode]
    units: list[UnitRow]


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
    """Everything about one unit in one period; `next` pages through the obligations of what lies below it.

    `waiting` counts the dead letters of all topics; `dead_letters` lists the oldest, without those of tips.
    """

    programme: ProgrammeId
    version: Whole
    known_at: Day | None = None
    period: PeriodSummary
    unit: UnitSummary
    indicators: list[CellStatus]
    obligations: list[ObligationStatus]
    dead_letters: list[WaitingDeadLetter]
    waiting: WaitingLetters | None = None
