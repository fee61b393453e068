"""The public facts of tips between their row and the log: a slot closes over them, then they are appended and gone."""

from uuid import UUID

from sqlalchemy import Connection, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from services.contracts.records import Record
from services.contracts.topics import TIP
from services.notify.store.vault_tables import closed_slot, unswept


def close_slot(connection: Connection, slot: int) -> bool:
    """Closes a slot over every fact that has none yet; False when it, or a later one, is closed already."""
    statement = insert(closed_slot).values(only=True, slot=slot)
    later = statement.on_conflict_do_update(
        index_elements=[closed_slot.c.only], set_={"slot": slot}, where=closed_slot.c.slot < slot
    )
    if connection.scalar(later.returning(closed_slot.c.slot)) is None:
        return False
    connection.execute(update(unswept).where(unswept.c.slot.is_(None)).values(slot=slot))
    return True


def close_over(connection: Connection, programme: str, slot: int) -> None:
    """As `close_slot`, over the facts of one programme, now: for sandboxes, which own their clocks."""
    ours = (unswept.c.slot.is_(None)) & (unswept.c.programme == programme)
    connection.execute(update(unswept).where(ours).values(slot=slot))


def take(connection: Connection, at_most: int) -> dict[UUID, Record]:
    """Facts over which a slot has closed, locked until the transaction ends: nobody else appends them meanwhile."""
    rows = connection.execute(
        select(unswept).where(unswept.c.slot.is_not(None)).order_by(unswept.c.event_id).limit(at_most).with_for_update()
    )
    return {
        row.event_id: Record(
            TIP.name,
            bytes(row.key),
            bytes(row.value),
            tuple((name, value.encode()) for name, value in row.headers),
        )
        for row in rows
    }


def forget(connection: Connection, events: set[UUID]) -> None:
    """They are on the log."""
    connection.execute(delete(unswept).where(unswept.c.event_id.in_(events)))
