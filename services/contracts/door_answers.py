"""What the doors answer: a receipt, or why not."""

from typing import Annotated, Literal

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

PersonalText = Annotated[str, Meta(max_length=16_000, extra={"class": "personal"})]
SenderKey = Annotated[bytes, Meta(min_length=32, max_length=32, extra={"class": "identifier"})]


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


class TipMessage(Value, frozen=True, kw_only=True):
    """`text`: what the police wrote. What a sender wrote is sealed to them, and not even he reads it again."""

    author: Literal["police", "sender"]
    written_on: Day
    text: PersonalText | None = None


class TipState(Value, frozen=True, kw_only=True):
    """What the sender of a tip is told: how far it has come, and what the police have written."""

    received_on: Day
    due_on: Day
    state: Literal["received", "handed_over", "verifying", "closed"]
    since: Day
    messages: Annotated[list[TipMessage], Meta(max_length=1_000)] = []


class TipCorrespondent(Value, frozen=True, kw_only=True):
    """To whom an answer is sealed: an X25519 public key."""

    sender_key: SenderKey


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


ANSWERS: tuple[type[Value], ...] = (
    Accepted,
    AcceptedBatch,
    TipTaken,
    TipMoveTaken,
    TipState,
    TipCorrespondent,
    TipsSwept,
    Problem,
)
