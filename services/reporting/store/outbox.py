"""Events that were decided in a transaction and still have to reach the log. Deleted only once acknowledged."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec
from sqlalchemy import Connection, text

from services.contracts.records import Record
from services.reporting.store.bulk import arrays


@dataclass(frozen=True, slots=True)
class Waiting:
    """A record and its number in the outbox."""

    id: int
    record: Record


def add(connection: Connection, records: Sequence[Record]) -> None:
    """Appends records in their order."""
    if not records:
        return
    statement = """
        insert into reporting.outbox (topic, key, headers, value)
        select topic, key, headers, value
        from unnest(cast(:topic as text[]), cast(:key as bytea[]), cast(:headers as jsonb[]), cast(:value as bytea[]))
            with ordinality as given (topic, key, headers, value, number)
        order by number
    """
    columns = ("topic", "key", "headers", "value")
    connection.execute(text(statement), arrays(columns, [_row(record) for record in records]))


def oldest(connection: Connection, limit: int) -> list[Waiting]:
    """The records that have waited longest, in the order in which they were added."""
    statement = "select id, topic, key, headers, value from reporting.outbox order by id limit :limit"
    rows = connection.execute(text(statement), {"limit": limit})
    return [Waiting(row.id, Record(row.topic, row.key, row.value, _headers(row.headers))) for row in rows]


def delete(connection: Connection, ids: Collection[int]) -> None:
    statement = "delete from reporting.outbox where id = any(cast(:ids as int8[]))"
    connection.execute(text(statement), {"ids": list(ids)})


def waiting_since(connection: Connection) -> datetime | None:
    """When the oldest record was added; None when nothing waits."""
    since: datetime | None = connection.scalar(text("select min(created_at) from reporting.outbox"))
    return since


def _row(record: Record) -> tuple[str, bytes, str, bytes]:
    headers = [(name, value.decode()) for name, value in record.headers]
    return record.topic, record.key or b"", msgspec.json.encode(headers).decode(), record.value


def _headers(pairs: list[list[str]]) -> tuple[tuple[str, bytes], ...]:
    return tuple((name, value.encode()) for name, value in pairs)
