"""Many rows in one statement: arrays unnested on the server, in the order given (so locks are taken in that order)."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Connection,
    CursorResult,
    Date,
    DateTime,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    TextClause,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

_ARRAYS: Final[tuple[tuple[type, str], ...]] = (
    (SmallInteger, "int2[]"),
    (BigInteger, "int8[]"),
    (Integer, "int4[]"),
    (Text, "text[]"),
    (Uuid, "uuid[]"),
    (LargeBinary, "bytea[]"),
    (DateTime, "timestamptz[]"),
    (Date, "date[]"),
    (Boolean, "bool[]"),
    (JSONB, "jsonb[]"),
)

Row = tuple[Any, ...]


def insert_rows(
    connection: Connection, table: Table, columns: Sequence[str], rows: Sequence[Row], returning: str = ""
) -> CursorResult[Any] | None:
    """Inserts rows (values in the order of `columns`) and skips those that are there; None when there are no rows.

    The connection speaks of a generation (`generations.bind`); names are found by its search path.
    """
    if not rows:
        return None
    return connection.execute(_statement(table, tuple(columns), returning), arrays(columns, rows))


def arrays(columns: Sequence[str], rows: Iterable[Row]) -> dict[str, list[Any]]:
    """The rows turned into one list per column, as parameters."""
    return dict(zip(columns, map(list, zip(*rows, strict=True)), strict=True))


@lru_cache(maxsize=256)
def _statement(table: Table, columns: tuple[str, ...], returning: str) -> TextClause:
    names = ", ".join(f'"{name}"' for name in columns)
    lists = ", ".join(f"cast(:{name} as {array_of(table, name)})" for name in columns)
    end = f" returning {returning}" if returning else ""
    return text(f"insert into {table.name} ({names}) select * from unnest({lists}) on conflict do nothing{end}")  # noqa: S608 - names from schema.py


def array_of(table: Table, column: str) -> str:
    kind = table.c[column].type
    return next(name for of, name in _ARRAYS if isinstance(kind, of))
