"""How the columns of notify's tables are written. Text that is a key sorts by bytes (COLLATE "C")."""

from typing import Any, Final

from sqlalchemy import Column, DateTime, MetaData, Table, Text, Uuid

NOTIFY: Final = "notify"
metadata: Final = MetaData()
KEY: Final = Text(collation="C")
INSTANT: Final = DateTime(timezone=True)


def key(name: str, *, primary: bool = False) -> Column[Any]:
    return Column(name, KEY, primary_key=primary, nullable=False)


def tip_key(*, primary: bool = True) -> Column[Any]:
    return Column("tip_id", Uuid, primary_key=primary, nullable=False)


def table(name: str, *columns: Any) -> Table:
    return Table(name, metadata, *columns, schema=NOTIFY)
