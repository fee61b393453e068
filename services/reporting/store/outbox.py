"""Events that were decided in a transaction and still have to reach the log. Deleted only once acknowledged.

There is a box for statuses and one for obligations: the release before knows the first alone.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

import msgspec
from sqlalchemy import ARRAY, BigInteger, Connection, Table, any_, bindparam, column, insert, select, text

from services.contracts.records import Record
from services.reporting.store.bulk import arrays
from services.reporting.store.lasting import obligation_outbox, outbox


@dataclass(frozen=True, slots=True)
class Waiting:
    """A record and its number in the outbox."""

    id: int
    record: Record


Box = Literal["outbox", "obligation_outbox"]
_COLUMNS: Final = ("topic", "key", "headers", "value")


def add(connection: Connection, records: Sequence[Record], box: Box = "outbox") -> None:
    """Appends records in their order."""
    if not records:
        return
    given = text("""
        select topic, key, headers, value
        from unnest(cast(:topic as text[]), cast(:key as bytea[]), cast(:headers as jsonb[]), cast(:value as bytea[]))
            with ordinality as given (topic, key, headers, value, number)
        order by number
    """)
    into = insert(_table(box)).from_select(_COLUMNS, given.columns(*map(column, _COLUMNS)))
    connection.execute(into, arrays(_COLUMNS, [_row(record) for record in records]))


def oldest(connection: Connection, limit: int, box: Box = "outbox") -> list[Waiting]:
    """The records that have waited longest, in the order in which they were added."""
    table = _table(box)
    rows = connection.execute(select(table).order_by(table.c.id).limit(limit))
    return [Waiting(row.id, Record(row.topic, row.key, row.value, _headers(row.headers))) for row in rows]


def delete(connection: Connection, ids: Collection[int], box: Box = "outbox") -> None:
    table = _table(box)
    gone = bindparam("gone", list(ids), ARRAY(BigInteger))
    connection.execute(table.delete().where(table.c.id == any_(gone)))


def waiting_since(connection: Connection) -> datetime | None:
    """When the oldest record of any box was added; None when nothing waits."""
    statement = """
        select least((select min(created_at) from reporting.outbox),
            (select min(created_at) from reporting.obligation_outbox))
    """
    since: datetime | None = connection.scalar(text(statement))
    return since


def _table(box: Box) -> Table:
    return outbox if box == "outbox" else obligation_outbox


def _row(record: Record) -> tuple[str, bytes, str, bytes]:
    headers = [(name, value.decode()) for name, value in record.headers]
    return record.topic, record.key or b"", msgspec.json.encode(headers).decode(), record.value


def _headers(pairs: list[list[str]]) -> tuple[tuple[str, bytes], ...]:
    return tuple((name, value.encode()) for name, value in pairs)
