"""Programme versions as facts: the parts that were read, and the registry they fold into."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final, NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import Connection, text

from services.contracts.events import Data, Event, ProgrammeActivated, ProgrammeClosed
from services.contracts.programme.registry import Registry
from services.reporting.store.batch import Edition
from services.reporting.store.bulk import insert_rows
from services.reporting.store.schema import programme_version

_NOBODY: Final = UUID(int=0)


class Known(NamedTuple):
    """The programmes read so far; `next_offset` of programme.v1 is where to look for more parts."""

    registry: Registry
    next_offset: int


NOTHING: Final = Known(Registry(), 0)


def insert_editions(connection: Connection, editions: Sequence[Edition]) -> None:
    insert_rows(connection, programme_version, Edition._fields, editions)


def read_programmes(connection: Connection, known: Known = NOTHING) -> Known:
    """What is known and every part and closing read since, folded in the order of the log."""
    registry, next_offset = known
    for row in connection.execute(text(_PARTS), {"since": next_offset}):
        part = ProgrammeActivated(
            programme=row.programme,
            unit=row.unit,
            occurred_on=row.effective_on,
            version=row.version,
            hash=row.hash,
            sandbox=row.sandbox,
            part=row.part,
            parts=row.parts,
            content=row.content,
        )
        registry = registry.with_event(_event(part))
        next_offset = row.log_offset + 1
    for data in connection.scalars(text(_CLOSINGS)):
        closing = msgspec.convert(data, ProgrammeClosed)
        if closing.programme not in registry.closed:
            registry = registry.with_event(_event(closing))
    if registry.editions is not known.registry.editions:
        registry = registry.recorded_at(_recorded(connection))
    return Known(registry, next_offset)


def _recorded(connection: Connection) -> dict[tuple[str, int], datetime]:
    rows = connection.execute(text("select programme, version, recorded_at from programme_version"))
    return {(row.programme, row.version): row.recorded_at for row in rows}


_PARTS: Final = """
    select programme, unit, version, hash, sandbox, effective_on, part, parts, content, log_offset
    from programme_part where log_offset >= :since order by log_offset
"""
_CLOSINGS: Final = "select data from counting_remark where type = 'vn.binhyen.programme.closed'"


def _event(data: Data) -> Event:
    """Only the data of these events says anything to the registry."""
    return Event(
        id=_NOBODY,
        source="reporting",
        accepted_at=datetime(2018, 1, 1, tzinfo=UTC),
        programme_version=1,
        body_hash=b"",
        data=data,
    )
