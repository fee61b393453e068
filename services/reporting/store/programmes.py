"""Programme versions as facts: the parts that were read, and the registry they fold into."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import Connection, Row, text

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


class Unread(NamedTuple):
    """Parts by their offset in programme.v1, closings, and when each version was recorded."""

    parts: Sequence[tuple[int, ProgrammeActivated]]
    closings: Sequence[ProgrammeClosed]
    recorded_at: Mapping[tuple[str, int], datetime]


def insert_editions(connection: Connection, editions: Sequence[Edition]) -> None:
    insert_rows(connection, programme_version, Edition._fields, editions)


def read_programmes(connection: Connection, known: Known = NOTHING) -> Known:
    """What is known and every part and closing read since, folded in the order of the log."""
    return folded(known, unread(connection, known))


def unread(connection: Connection, known: Known = NOTHING) -> Unread:
    """What the database has beyond what is known. To be `folded` when the transaction is over, where one that stands
    idle is ended: parsing a large programme takes seconds."""
    parts = [_part(row) for row in connection.execute(text(_PARTS), {"since": known.next_offset})]
    closings = [msgspec.convert(data, ProgrammeClosed) for data in connection.scalars(text(_CLOSINGS))]
    new = [closing for closing in closings if closing.programme not in known.registry.closed]
    return Unread(parts, new, _recorded(connection) if parts else {})


def folded(known: Known, found: Unread) -> Known:
    """In the order of the log."""
    registry, next_offset = known
    for log_offset, part in found.parts:
        registry = registry.with_event(_event(part))
        next_offset = log_offset + 1
    for closing in found.closings:
        if closing.programme not in registry.closed:
            registry = registry.with_event(_event(closing))
    if registry.editions is not known.registry.editions:
        registry = registry.recorded_at(found.recorded_at)
    return Known(registry, next_offset)


def _part(row: Row[Any]) -> tuple[int, ProgrammeActivated]:
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
    return row.log_offset, part


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
