"""The registry of the police's public keys."""

from datetime import date

from sqlalchemy import Connection, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from services.notify.domain.sealing import RecipientKey, key_id_of
from services.notify.store.vault_tables import recipient_key


def valid_keys(connection: Connection, programme: str, day: date) -> list[RecipientKey]:
    """The keys to which a tip of the day may be sealed; an agency that changes keys has two for a while."""
    table = recipient_key.c
    rows = connection.execute(
        select(table.key_id, table.agency, table.public_key)
        .where(table.programme == programme, table.valid_from <= day)
        .where(or_(table.valid_to.is_(None), table.valid_to >= day))
        .order_by(table.key_id)
    )
    return [RecipientKey(row.key_id, row.agency, bytes(row.public_key)) for row in rows]


def register(connection: Connection, programme: str, agency: str, public_key: bytes, valid_from: date) -> str:
    """The key's id; the same key again changes nothing."""
    named = key_id_of(public_key)
    values = {"programme": programme, "key_id": named, "agency": agency, "public_key": public_key}
    statement = insert(recipient_key).values(**values, valid_from=valid_from).on_conflict_do_nothing()
    connection.execute(statement)
    return named


def retire(connection: Connection, programme: str, key_id: str, last_day: date) -> bool:
    """Whether there is such a key; an earlier end stays."""
    table = recipient_key.c
    ended = connection.execute(
        update(recipient_key)
        .where(table.programme == programme, table.key_id == key_id)
        .values(valid_to=func.least(func.coalesce(table.valid_to, last_day), last_day))
    )
    return ended.rowcount == 1
