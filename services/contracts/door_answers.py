"""What the doors answer: a receipt, or why not."""

from typing import Annotated

from msgspec import Meta

from services.contracts.events import Value
from services.contracts.fields import (
    Count,
    Day,
    EntityId,
    HexHash,
    Instant,
    Jws,
    Offset,
    PartitionNumber,
    Sentence,
    TopicName,
    Word,
)
from services.contracts.requests import SheetRef


class PositionOut(Value, frozen=True, kw_only=True):
    topic: TopicName
    partition: PartitionNumber
    offset: Offset


class ProblemFault(Value, frozen=True, kw_only=True):
    field: Sentence
    code: Word
    vi: Sentence
    en: Sentence


class Accepted(Value, frozen=True, kw_only=True):
    """202: the log has it. `receipt` is a JWS over event id, body hash, agency, accepted_at and position.

    `warnings`: what the form warns of in a report; it counts all the same.
    """

    event_id: EntityId
    body_hash: HexHash
    accepted_at: Instant
    position: PositionOut
    receipt: Jws
    report_id: EntityId | None = None
    sheet: SheetRef | None = None
    warnings: list[ProblemFault] = []


class AcceptedBatch(Value, frozen=True, kw_only=True):
    items: list[Accepted]


class TipTaken(Value, frozen=True, kw_only=True):
    """202: the sealed row is committed; its public fact follows in its slot.

    `words` are the sender's way back, told once: not again when an officer's request is repeated. The ids are told to
    officers alone.
    """

    received_on: Day
    due_on: Day
    words: Annotated[list[Word], Meta(max_length=16)] = []
    tip_id: EntityId | None = None
    event_id: EntityId | None = None


class TipMoveTaken(Value, frozen=True, kw_only=True):
    """202: the step is committed; its public fact follows in its slot."""

    tip_id: EntityId
    event_id: EntityId


class TipsSwept(Value, frozen=True, kw_only=True):
    swept: Count


class Problem(Value, frozen=True, kw_only=True):
    """RFC 9457. `code` is stable, `title` is Vietnamese, `detail` English; `faults` names every field at fault."""

    type: Word
    title: Sentence
    status: int
    detail: Sentence
    code: Word
    faults: list[ProblemFault] = []


ANSWERS: tuple[type[Value], ...] = (Accepted, AcceptedBatch, TipTaken, TipMoveTaken, TipsSwept, Problem)
