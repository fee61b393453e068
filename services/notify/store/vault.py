"""The sealed rows: kept in one transaction with their public facts and with what dispatch has to tell."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection, insert, select
from sqlalchemy.dialects.postgresql import insert as upsert

from services.contracts.records import Record
from services.notify.domain.sealing import RecipientKey, Sealed
from services.notify.domain.tips import OutboxKind
from services.notify.store.vault_tables import (
    tip,
    tip_image,
    tip_recipient,
    tip_step,
    unswept,
    vault_outbox,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A row of the vault without what is sealed. `source`: in whose name its facts are told."""

    tip_id: UUID
    event_id: UUID
    request_hash: bytes
    fingerprint: bytes
    programme: str
    unit: str
    source: str
    category: str
    channel: str
    received_on: date
    due_on: date
    lookup_hash: bytes
    sender_key: bytes


_KEPT = [tip.c[name] for name in Kept.__slots__]


def of_request(connection: Connection, request_hash: bytes) -> Kept | None:
    return _one(connection, tip.c.request_hash == request_hash)


def of_id(connection: Connection, tip_id: UUID, programme: str) -> Kept | None:
    return _one(connection, (tip.c.tip_id == tip_id) & (tip.c.programme == programme))


def of_lookup(connection: Connection, lookup_hash: bytes) -> Kept | None:
    return _one(connection, tip.c.lookup_hash == lookup_hash)


def there(connection: Connection, tips: Collection[UUID]) -> set[UUID]:
    """Those of the ids that name a row."""
    return set(connection.scalars(select(tip.c.tip_id).where(tip.c.tip_id.in_(tips))))


def keep(connection: Connection, kept: Kept, sealed: Sealed, to: Collection[RecipientKey], fact: Record) -> bool:
    """Everything of a new tip; False, and nothing, when its request was kept before."""
    row = {name: getattr(kept, name) for name in Kept.__slots__}
    statement = upsert(tip).values(content=sealed.content, **row)
    once = statement.on_conflict_do_nothing(index_elements=[tip.c.request_hash]).returning(tip.c.tip_id)
    if connection.scalar(once) is None:
        return False
    images = [{"tip_id": kept.tip_id, "number": n, "image": image} for n, image in enumerate(sealed.images)]
    if images:
        connection.execute(insert(tip_image), images)
    connection.execute(
        insert(tip_recipient),
        [
            {"tip_id": kept.tip_id, "key_id": one.key_id, "agency": one.agency, "wrapped": sealed.keys[one.key_id]}
            for one in to
        ],
    )
    tell(connection, kept, "tip_received", kept.received_on, {one.agency for one in to})
    add_fact(connection, kept, kept.event_id, fact)
    return True


def move(connection: Connection, kept: Kept, event_id: UUID, step: str, moved_on: date, fact: Record) -> None:
    """A step of a tip; nothing when it was kept before."""
    statement = upsert(tip_step).values(event_id=event_id, tip_id=kept.tip_id, step=step, moved_on=moved_on)
    if connection.scalar(statement.on_conflict_do_nothing().returning(tip_step.c.event_id)) is None:
        return
    tell(
        connection,
        kept,
        "tip_closed" if step == "closed" else "tip_moved",
        moved_on,
        recipients_of(connection, kept.tip_id),
    )
    add_fact(connection, kept, event_id, fact)


def recipients_of(connection: Connection, tip_id: UUID) -> set[str]:
    """The agencies that may open a tip."""
    return set(connection.scalars(select(tip_recipient.c.agency).where(tip_recipient.c.tip_id == tip_id)))


def steps_of(connection: Connection, tip_id: UUID) -> list[tuple[str, date]]:
    """In the order of their days."""
    rows = connection.execute(
        select(tip_step.c.step, tip_step.c.moved_on).where(tip_step.c.tip_id == tip_id).order_by(tip_step.c.moved_on)
    )
    return [(row.step, row.moved_on) for row in rows]


def add_fact(connection: Connection, kept: Kept, event_id: UUID, fact: Record) -> None:
    """For the sweeper."""
    headers = [[name, value.decode()] for name, value in fact.headers]
    row = {"event_id": event_id, "tip_id": kept.tip_id, "programme": kept.programme, "key": fact.key}
    connection.execute(insert(unswept).values(**row, headers=headers, value=fact.value))


def tell(connection: Connection, kept: Kept, kind: OutboxKind, day: date, agencies: Collection[str]) -> None:
    connection.execute(insert(vault_outbox), list(_told(kept, kind, day, agencies)))


def _told(kept: Kept, kind: OutboxKind, day: date, agencies: Collection[str]) -> Iterator[Mapping[str, Any]]:
    for agency in sorted(agencies):
        yield {
            "id": uuid4(),
            "kind": kind,
            "programme": kept.programme,
            "tip_id": kept.tip_id,
            "unit": kept.unit,
            "agency": agency,
            "category": kept.category,
            "happened_on": day,
            "due_on": kept.due_on,
        }


def _one(connection: Connection, which: Any) -> Kept | None:
    row = connection.execute(select(*_KEPT).where(which)).mappings().one_or_none()
    return None if row is None else Kept(**row)
