"""What became of an event: for the agency that posted it, and nobody else."""

from collections.abc import Sequence
from uuid import UUID

from services.contracts.accounts import CopyOutcome, EventOutcome
from services.contracts.records import Position
from services.kit.receipts import Receipt
from services.reporting.serve.view import View
from services.reporting.store import read
from services.reporting.store.read import CopyRow, PartitionPosition, RejectRow

_REFUSED = frozenset({"rejected", "corrupt"})


def event_outcome(view: View, event_id: UUID, agency: str, receipt: Receipt | None) -> EventOutcome | None:
    """None: unknown to us, or not this agency's. A receipt must be the agency's own, for this event."""
    connection = view.snapshot.connection
    known = [_fit(row) for row in read.copies(connection, event_id) if row.source == agency]
    known += [_refused(row) for row in read.rejects_of(connection, event_id, agency)]
    place = None if receipt is None else Position(receipt.topic, receipt.partition, receipt.offset)
    if place is not None and place not in map(_place, known):
        known += _at(view, place)
    if not known:
        return None
    told = _told(known, place)
    return EventOutcome(event_id=event_id, outcome=told.outcome, void=told.void, copies=known, as_of=view.whole_as_of())


def _told(copies: Sequence[CopyOutcome], place: Position | None) -> CopyOutcome:
    """The presented record; the copy that counts when none was, or when the presented one was redriven."""
    own = [copy for copy in copies if _place(copy) == place]
    return own[0] if own and own[0].outcome not in _REFUSED else copies[0]


def _at(view: View, place: Position) -> list[CopyOutcome]:
    """A record that nothing else names: refused beyond reading, or still to be read."""
    refused = read.reject_at(view.snapshot.connection, place)
    if refused is not None:
        return [_refused(refused)]
    if _unread(view.snapshot.positions, place):
        return [CopyOutcome(topic=place.topic, partition=place.partition, offset=place.offset, outcome="pending")]
    return []


def _unread(positions: Sequence[PartitionPosition], place: Position) -> bool:
    ends = {(row.topic, row.partition): row.next_offset for row in positions}
    return place.offset >= ends.get((place.topic, place.partition), 0)


def _place(copy: CopyOutcome) -> Position:
    return Position(copy.topic, copy.partition, copy.offset)


def _fit(row: CopyRow) -> CopyOutcome:
    return CopyOutcome(
        topic=row.topic,
        partition=row.partition,
        offset=row.log_offset,
        outcome=row.outcome,  # type: ignore[arg-type]  # the query gives nothing else
        accepted_at=row.accepted_at,
        recorded_at=row.recorded_at,
        body_hash=row.body_hash.hex(),
        void=row.void,
    )


def _refused(row: RejectRow) -> CopyOutcome:
    return CopyOutcome(
        topic=row.topic,
        partition=row.partition,
        offset=row.log_offset,
        outcome="corrupt" if row.reason == "corrupt" else "rejected",
        recorded_at=row.recorded_at,
        reason=row.reason,
    )
