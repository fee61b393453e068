"""What became of an event: for the agency that posted it, and nobody else."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from services.contracts.readings import CopyOutcome, EventOutcome, Outcome
from services.contracts.records import Position
from services.kit.receipts import Receipt
from services.reporting.serve.view import View
from services.reporting.store import read
from services.reporting.store.read import CopyRow, PartitionPosition

REFUSED: Mapping[str, Outcome] = {"corrupt": "corrupt"}


def event_outcome(view: View, event_id: UUID, agency: str, receipt: Receipt | None) -> EventOutcome | None:
    """None: unknown to us, or not this agency's. A receipt must be the agency's own, for this event."""
    known = [_copy(row) for row in read.copies(view.snapshot.connection, event_id) if row.source == agency]
    shown = known if receipt is None else [*known, *_of_receipt(view, known, receipt)]
    if not shown:
        return None
    place = None if receipt is None else Position(receipt.topic, receipt.partition, receipt.offset)
    return EventOutcome(event_id=event_id, outcome=_overall(shown, place), copies=shown, as_of=view.as_of())


def _overall(copies: Sequence[CopyOutcome], place: Position | None) -> Outcome:
    """Of the presented record; of the copy that counts when none was, or when the presented one was redriven."""
    own = [copy.outcome for copy in copies if place == (copy.topic, copy.partition, copy.offset)]
    if own and own[0] not in {"rejected", "corrupt"}:
        return own[0]
    return copies[0].outcome


def _of_receipt(view: View, known: Sequence[CopyOutcome], receipt: Receipt) -> list[CopyOutcome]:
    """The record that a receipt names, when it is not among the fit ones: refused, or still to be read."""
    place = Position(receipt.topic, receipt.partition, receipt.offset)
    if any(place == (copy.topic, copy.partition, copy.offset) for copy in known):
        return []
    refused = read.reject_at(view.snapshot.connection, place)
    if refused is not None:
        outcome = REFUSED.get(refused.reason, "rejected")
        return [_record(place, outcome, receipt, refused)]
    return [_record(place, "pending", receipt)] if _unread(read.positions(view.snapshot.connection), place) else []


def _unread(positions: Sequence[PartitionPosition], place: Position) -> bool:
    ends = {(row.topic, row.partition): row.next_offset for row in positions}
    return place.offset >= ends.get((place.topic, place.partition), 0)


def _copy(row: CopyRow) -> CopyOutcome:
    return CopyOutcome(
        topic=row.topic,
        partition=row.partition,
        offset=row.log_offset,
        outcome=row.outcome,  # type: ignore[arg-type]  # the query gives nothing else
        accepted_at=row.accepted_at,
        recorded_at=row.recorded_at,
        body_hash=row.body_hash.hex(),
    )


def _record(place: Position, outcome: Outcome, receipt: Receipt, refused: read.RejectRow | None = None) -> CopyOutcome:
    return CopyOutcome(
        topic=place.topic,
        partition=place.partition,
        offset=place.offset,
        outcome=outcome,
        accepted_at=receipt.accepted_at,
        recorded_at=refused.recorded_at if refused else None,
        body_hash=receipt.body_hash,
        reason=refused.reason if refused else None,
    )
