"""What the doors answer: a receipt, or why not."""

from services.contracts.events import Value
from services.contracts.fields import (
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
    tip_id: EntityId | None = None
    sheet: SheetRef | None = None
    warnings: list[ProblemFault] = []


class AcceptedBatch(Value, frozen=True, kw_only=True):
    items: list[Accepted]


class Problem(Value, frozen=True, kw_only=True):
    """RFC 9457. `code` is stable, `title` is Vietnamese, `detail` English; `faults` names every field at fault."""

    type: Word
    title: Sentence
    status: int
    detail: Sentence
    code: Word
    faults: list[ProblemFault] = []


ANSWERS: tuple[type[Value], ...] = (Accepted, AcceptedBatch, Problem)
