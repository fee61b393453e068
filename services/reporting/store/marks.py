"""Marks: what evaluate must look at. Inserted only, never updated, so that none can be lost under a reader."""

from collections.abc import Iterable

from sqlalchemy import Connection

from services.reporting.store.batch import Mark
from services.reporting.store.bulk import insert_rows
from services.reporting.store.schema import mark


def insert_marks(connection: Connection, marks: Iterable[Mark]) -> None:
    insert_rows(connection, mark, Mark._fields, list(marks))
