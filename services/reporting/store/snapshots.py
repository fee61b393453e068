"""Reading one state of a generation, and the names of what a database hands out, for rooms that pass it on."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine

from services.kit.db import translated
from services.kit.errors import Unavailable
from services.reporting.store import generations

__all__ = ["Connection", "Engine", "snapshot_of"]


@contextmanager
def snapshot_of(engine: Engine, generation: int | None = None, *, scratch: bool = False) -> Iterator[Connection]:
    """REPEATABLE READ, READ ONLY, speaking of a generation (None: the one that is served). Raises Unavailable.

    `scratch`: what is written is allowed, and taken back at the end (`past.go_back`).
    """
    with translated(), engine.connect() as plain:
        connection = plain.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=not scratch)
        number = generation or generations.current(connection)
        if number is None:
            raise Unavailable("database", detail="no generation is served yet")
        yield generations.bind(connection, number)
        connection.rollback()
