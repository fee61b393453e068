"""From events to receipts: one append inside the request's one deadline. What is not confirmed in time is unknown."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from services.contracts.codec import encode
from services.contracts.door_answers import Accepted, PositionOut
from services.contracts.errors import Fault, Reason, Rejected, fault
from services.contracts.events import Data, Event
from services.contracts.programme import Programme
from services.contracts.records import Position, Record
from services.contracts.topics import CARDS, TOPIC_OF_TYPE
from services.intake.posting import Posting, accepted_at, opened
from services.intake.refusal import Refused, refuse
from services.kit.auth import Caller
from services.kit.clock import Clock
from services.kit.eventlog.port import Appender
from services.kit.metrics import Counter
from services.kit.receipts import Receipt, Signer

MAX_RECORD_BYTES: Final = 900_000
"""Below the input topics' max.message.bytes, with room for headers and the batch around the record."""
_KEYS: Final[Mapping[str, Callable[[Any], str]]] = {
    "unit": lambda data: data.unit,
    "tip id": lambda data: str(data.tip_id),
    "programme": lambda data: data.programme,
}
"""How a topic card's word for its key is read from an event's data."""


@dataclass(frozen=True)
class Door:
    """`accepted` counts acknowledged events by type; a type without a counter (tips) is not counted."""

    log: Appender
    programme: Callable[[str], Programme | None]
    receipts: Signer
    clock: Clock
    accepted: Mapping[type[Data], Counter] = field(default_factory=dict)

    def posting(self, caller: Caller, programme_id: str, key: str, clock_header: str | None) -> Posting:
        """The frame of a request's events; Refused when caller, programme or Clock header do not go together."""
        programme = opened(self.programme(programme_id), caller)
        at = accepted_at(programme, clock_header, self.clock.now())
        return Posting(programme, caller.agency, caller.actor, caller.unit, key, at)

    def append(self, events: Sequence[Event], left_s: float) -> list[Accepted]:
        """Receipts once the log has all the events, in their order, within what is left of the request's deadline.

        Raises Refused (too large) and Unavailable (outcome unknown, of each of them).
        """
        records = [record_of(event) for event in events]
        if faults := _too_large(records):
            raise Refused(faults)
        try:
            positions = self.log.append(records, left_s)
        except Rejected as rejected:
            refuse(rejected.field, rejected.reason.value)
        for event in events:
            if (counter := self.accepted.get(type(event.data))) is not None:
                counter.inc()
        return [self._accepted(event, position) for event, position in zip(events, positions, strict=True)]

    def _accepted(self, event: Event, position: Position) -> Accepted:
        receipt = receipt_of(event, position)
        return Accepted(
            event_id=event.id,
            body_hash=receipt.body_hash,
            accepted_at=event.accepted_at,
            position=PositionOut(topic=position.topic, partition=position.partition, offset=position.offset),
            receipt=self.receipts.sign(receipt),
            report_id=getattr(event.data, "report_id", None),
        )


def _too_large(records: Sequence[Record]) -> list[Fault]:
    return [fault("", Reason.TOO_LARGE.value) for record in records if len(record.value) > MAX_RECORD_BYTES]


def record_of(event: Event) -> Record:
    """The event as its topic takes it, under the key that the topic's card names."""
    topic = TOPIC_OF_TYPE[event.type]
    return encode(event, key=_KEYS[CARDS[topic].key](event.data))


def receipt_of(event: Event, position: Position) -> Receipt:
    return Receipt(
        event_id=event.id,
        body_hash=event.body_hash.hex(),
        agency=event.source,
        accepted_at=event.accepted_at,
        programme=event.data.programme,
        topic=position.topic,
        partition=position.partition,
        offset=position.offset,
    )
