"""What becomes of an event, told to the agency that posted it; and the books, which account for all of them."""

from datetime import date
from typing import Annotated, Literal

from msgspec import Meta

from services.contracts.fields import EntityId, HexHash, Instant, Offset, PartitionNumber, TopicName, Word
from services.contracts.readings import AsOf, Page, Whole
from services.contracts.values import Value

LogDay = Annotated[date, Meta(extra={"class": "day"})]
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

    Records that could not even be read have no day: they stand under 1970-01-01 in every answer.
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


ACCOUNTS: tuple[type[Value], ...] = (EventOutcome, UnknownEvent, Books)
