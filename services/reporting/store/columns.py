"""How the columns of reporting's tables are written: shared words of `schema.py` and `lasting.py`.

Text that is a key sorts by bytes (COLLATE "C"), so that the order of locks is the order of Python's bytes.
"""

from typing import Any, Final

from sqlalchemy import BigInteger, Column, Date, DateTime, Integer, LargeBinary, MetaData, Table, Text, Uuid

SHARED: Final = "reporting"
GENERATION: Final = "generation"

metadata: Final = MetaData()
KEY: Final = Text(collation="C")
INSTANT: Final = DateTime(timezone=True)


def key(name: str, *, primary: bool = False) -> Column[Any]:
    return Column(name, KEY, primary_key=primary, nullable=False)


def log_position(*, primary: bool) -> list[Column[Any]]:
    return [
        key("topic", primary=primary),
        Column("partition", Integer, primary_key=primary, nullable=False, autoincrement=False),
        Column("log_offset", BigInteger, primary_key=primary, nullable=False, autoincrement=False),
    ]


def copy_columns() -> list[Column[Any]]:
    """What is kept of every copy of an event. `logged_on` is the local day of the log's own timestamp (the books)."""
    return [
        Column("body_hash", LargeBinary, nullable=False),
        Column("accepted_at", INSTANT, nullable=False),
        Column("recorded_at", INSTANT, nullable=False),
        Column("logged_on", Date, nullable=False),
        key("type"),
        key("source"),
        key("programme"),
        key("unit"),
    ]


def body_columns() -> list[Column[Any]]:
    """A fact is kept once for every body read under an event id; which body counts is asked of the copies."""
    return [
        Column("event_id", Uuid, primary_key=True),
        Column("body_hash", LargeBinary, primary_key=True),
        key("programme"),
        key("unit"),
    ]


def shared(name: str, *columns: Any) -> Table:
    return Table(name, metadata, *columns, schema=SHARED)


def generation(name: str, *columns: Any) -> Table:
    return Table(name, metadata, *columns, schema=GENERATION)


def signature_columns(*, optional: bool) -> list[Column[Any]]:
    return [
        Column("event_id", Uuid, nullable=optional, primary_key=not optional),
        Column("body_hash", LargeBinary, nullable=optional, primary_key=not optional),
        Column("unit", KEY, nullable=optional),
        Column("group_id", KEY, nullable=optional),
        Column("signed_on", Date, nullable=optional),
    ]


def token_key() -> list[Column[Any]]:
    return [
        key("programme", primary=True),
        key("kind", primary=True),
        Column("token", LargeBinary, primary_key=True),
    ]
