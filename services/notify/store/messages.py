"""What sender and police have written to each other, sealed."""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Connection, func, select
from sqlalchemy.dialects.postgresql import insert as upsert

from services.notify.domain.dialogue import Author, SealedMessage
from services.notify.domain.sealing import RecipientKey
from services.notify.store.vault_tables import recipient_key, tip_message, tip_recipient


class Written(NamedTuple):
    author: Author
    written_on: date
    sealed: bytes


def write(
    connection: Connection, message: UUID, tip: UUID, author: Author, written_on: date, sealed: SealedMessage
) -> None:
    """Nothing when a message of this id is there."""
    keys: Mapping[str, str] = sealed.keys
    row = {"id": message, "tip_id": tip, "author": author, "written_on": written_on}
    statement = upsert(tip_message).values(**row, sealed=sealed.sealed, keys=dict(keys))
    connection.execute(statement.on_conflict_do_nothing())


def of_tip(connection: Connection, tip: UUID, at_most: int) -> list[Written]:
    """By their days; within a day in no order that anybody kept."""
    table = tip_message.c
    rows = connection.execute(
        select(table.author, table.written_on, table.sealed)
        .where(table.tip_id == tip)
        .order_by(table.written_on, table.id)
        .limit(at_most)
    )
    return [Written(row.author, row.written_on, bytes(row.sealed)) for row in rows]


def count(connection: Connection, tip: UUID) -> int:
    return connection.scalar(select(func.count()).where(tip_message.c.tip_id == tip)) or 0


def readers(connection: Connection, tip: UUID, programme: str) -> list[RecipientKey]:
    """The keys to which the tip was sealed: a later message goes to the same police."""
    joined = tip_recipient.join(recipient_key, tip_recipient.c.key_id == recipient_key.c.key_id)
    rows = connection.execute(
        select(recipient_key.c.key_id, recipient_key.c.agency, recipient_key.c.public_key)
        .select_from(joined)
        .where(tip_recipient.c.tip_id == tip, recipient_key.c.programme == programme)
    )
    return [RecipientKey(row.key_id, row.agency, bytes(row.public_key)) for row in rows]
