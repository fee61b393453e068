"""Many rows at once: few by arrays unnested on the server, many by a binary COPY into a temporary table.

Both keep an order, so that locks are taken in it.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any, Final, TypeVar

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
from sqlalchemy.exc import DBAPIError

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
Beside = tuple[tuple[str, str], ...]
T = TypeVar("T")


def insert_rows(
    connection: Connection, table: Table, columns: Sequence[str], rows: Sequence[Row], returning: str = ""
) -> CursorResult[Any] | None:
    """Inserts rows (values in the order of `columns`) and skips those that are there; None when there are no rows.

    The connection speaks of a generation (`generations.bind`); names are found by its search path.
    """
    if not rows:
        return None
    return connection.execute(_statement(table, tuple(columns), returning), arrays(columns, rows))


def copy_rows(
    connection: Connection, table: Table, columns: Sequence[str], rows: Sequence[Row], beside: Beside = ()
) -> int:
    """As `insert_rows`, for the tables of the hot path: about four times less work for both sides. How many were new.

    Rows are inserted in the order of the first column. Until the transaction ends, all of them stand in the temporary
    table staged_<table>, with the columns `beside` (name and type, values after those of `columns`).
    """
    if not rows:
        return 0
    make, copy, insert, types = _staged(table, tuple(columns), beside)
    connection.execute(make)
    driver = connection.dialect.loaded_dbapi
    try:
        with connection.connection.cursor() as cursor, cursor.copy(copy) as staging:  # type: ignore[attr-defined]
            staging.set_types(types)
            for row in rows:
                staging.write_row(row)
    except driver.Error as error:  # past SQLAlchemy, so it is for us to make it what the caller knows
        raise DBAPIError.instance(copy, None, error, driver.Error, dialect=connection.dialect) from error
    return connection.execute(insert).rowcount


def arrays(columns: Sequence[str], rows: Iterable[Row]) -> dict[str, list[Any]]:
    """The rows turned into one list per column, as parameters."""
    return dict(zip(columns, map(list, zip(*rows, strict=True)), strict=True))


def cut(rows: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """The rows in turns of at most so many, so that no statement carries a nation."""
    return (rows[start : start + size] for start in range(0, len(rows), size))


@lru_cache(maxsize=256)
def _statement(table: Table, columns: tuple[str, ...], returning: str) -> TextClause:
    names = ", ".join(f'"{name}"' for name in columns)
    lists = ", ".join(f"cast(:{name} as {array_of(table, name)})" for name in columns)
    end = f" returning {returning}" if returning else ""
    return text(f"insert into {table.name} ({names}) select * from unnest({lists}) on conflict do nothing{end}")  # noqa: S608 - names from schema.py


@lru_cache(maxsize=64)
def _staged(table: Table, columns: tuple[str, ...], beside: Beside) -> tuple[TextClause, str, TextClause, list[str]]:
    names = ", ".join(f'"{name}"' for name in columns)
    staged = f"staged_{table.name}"
    select = f"select {names} from {staged} order by {columns[0]}"  # noqa: S608 - names from schema.py
    like = ", ".join([f"like {table.name}", *(f"{name} {kind}" for name, kind in beside)])
    filled = ", ".join([names, *(name for name, _ in beside)])
    return (
        text(f"create temporary table if not exists {staged} ({like}) on commit delete rows"),
        f"copy {staged} ({filled}) from stdin (format binary)",
        text(f"insert into {table.name} ({names}) {select} on conflict do nothing"),
        [array_of(table, name).removesuffix("[]") for name in columns] + [kind for _, kind in beside],
    )


def array_of(table: Table, column: str) -> str:
    kind = table.c[column].type
    return next(name for of, name in _ARRAYS if isinstance(kind, of))
