"""What becomes of an event, told to the agency that posted it; the books, which account for all; the dead letters."""

from typing import Annotated, Literal

from msgspec import Meta

from services.contracts.fields import (
    EntityId,
    HexHash,
    Instant,
    Offset,
    PartitionNumber,
    ProgrammeId,
    ReasonCode,
    Sentence,
    TopicName,
    UnitId,
    Word,
)
from services.contracts.readings.pages import AsOf, LogDay, Name, Page, Whole
from services.contracts.values import Value

Outcome = Literal["applied", "duplicate", "superseded", "conflict", "rejected", "corrupt", "pending"]


class CopyOutcome(Value, frozen=True, kw_only=True, omit_defaults=False):
    """What became of one record of the event. `void`: it is a decision that binds to no report, and changes nothing."""

    topic: TopicName
    partition: PartitionNumber
    offset: Offset
    outcome: Outcome
    accepted_at: Instant | None = None
    recorded_at: Instant | None = None
    body_hash: HexHash | None = None
    reason: Word | None = None
    void: bool = False


class EventOutcome(Value, frozen=True, kw_only=True, omit_defaults=False):
    """`outcome` and `void` are of the presented receipt's record; without a receipt, of the copy that counts."""

    event_id: EntityId
    outcome: Outcome
    void: bool
    copies: list[CopyOutcome]
    as_of: AsOf


class UnknownEvent(Value, frozen=True, kw_only=True, omit_defaults=False):
    """404: no record of this event has been read, up to these positions."""

    code: Literal["unknown"]
    event_id: EntityId
    as_of: AsOf


class BookLine(Value, frozen=True, kw_only=True, omit_defaults=False):
    """One source and local day of the log's timestamp. `in_log` is what the independent reader counted.

    Records that could not even be read have no day: they stand under 1970-01-01 in every answer. What has become of the
    dead letters: rejected + corrupt = waiting + redriven + discarded.
    """

    topic: TopicName
    source: Word
    day: LogDay
    in_log: Whole
    applied: Whole
    duplicate: Whole
    superseded: Whole
    conflict: Whole
    rejected: Whole
    corrupt: Whole
    waiting: Whole
    redriven: Whole
    discarded: Whole
    residual: Annotated[int, Meta(ge=-(2**62), le=2**62)]


class CountedUpTo(Value, frozen=True, kw_only=True, omit_defaults=False):
    """How far the independent reader is, and how many records of those ingest has still to read."""

    topic: TopicName
    partition: PartitionNumber
    next_offset: Offset
    counted_at: Instant
    unread: Whole


class Books(Page, frozen=True, kw_only=True, omit_defaults=False):
    """Events in the log = applied + duplicate + superseded + conflict + rejected + corrupt, line by line.

    `residual` is the sum of the lines' differences, none cancelling another; while records are `unread` it counts
    them too.
    """

    counted: list[CountedUpTo]
    unread: Whole
    residual: Whole
    lines: list[BookLine]


class DeadLetterStatus(Value, frozen=True, kw_only=True, omit_defaults=False):
    """A refused record: where it stands, why, and what has closed it. Nothing of its content but the field's name.

    `first`: where it stood before it was sent again. Names that it does not carry are null. `discarded_for`: the reason
    code that was given.
    """

    topic: TopicName
    partition: PartitionNumber
    offset: Offset
    first: Word
    state: Literal["waiting", "redriven", "discarded"]
    reason: Word
    text: Name
    field: Sentence
    source: Word
    programme: ProgrammeId | None
    unit: UnitId | None
    event_id: EntityId | None
    recorded_at: Instant
    discarded_for: ReasonCode | None


class DeadLetters(Page, frozen=True, kw_only=True, omit_defaults=False):
    """Every refused record, in the order of topic, partition and offset."""

    items: list[DeadLetterStatus]


ACCOUNTS: tuple[type[Value], ...] = (EventOutcome, UnknownEvent, Books, DeadLetters)
