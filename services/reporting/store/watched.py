"""Obligations that are followed, whatever generation is served: how far, and what was last told of each (ADR 24)."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec
from sqlalchemy import Connection, Row, text

from services.reporting.domain.announced import Shown, Watched
from services.reporting.store.bulk import arrays, cut
from services.reporting.store.pending import NEVER

AT_ONCE: Final = 20_000
_COLUMNS: Final = ("report_id", "sequence", "told", "valid_until", "evaluated_at")
_GIVEN: Final = """
    unnest(cast(:report_id as uuid[]), cast(:sequence as int8[]), cast(:told as jsonb[]),
        cast(:valid_until as timestamptz[]), cast(:evaluated_at as timestamptz[]))
        as given (report_id, sequence, told, valid_until, evaluated_at)
"""


def watch(connection: Connection, programme: str, report_ids: Iterable[UUID]) -> None:
    """Asks for a look at each of these obligations as soon as possible: a nation's by many statements."""
    statement = """
        insert into reporting.watched (programme, report_id, sequence, valid_until, evaluated_at)
        select :programme, report_id, 0, '-infinity', :never from unnest(cast(:ids as uuid[])) as asked (report_id)
        order by report_id
        on conflict (programme, report_id) do update set valid_until = '-infinity'
    """
    for ids in cut(sorted(set(report_ids)), AT_ONCE):
        connection.execute(text(statement), {"programme": programme, "never": NEVER, "ids": ids})


def read_watched(connection: Connection, programme: str, until: datetime, limit: int) -> list[Watched]:
    """Those to look at by `until`: first what was asked for (`valid_until` None here), then by the instant."""
    statement = """
        select report_id, sequence, told, nullif(valid_until, '-infinity') as valid_until, evaluated_at
        from reporting.watched where programme = :programme and valid_until <= :until
        order by valid_until, report_id limit :limit
    """
    rows = connection.execute(text(statement), {"programme": programme, "until": until, "limit": limit})
    return [_watched(row) for row in rows]


def write_watched(connection: Connection, programme: str, rows: Sequence[Watched]) -> None:
    """Leaves them so."""
    statement = f"""
        insert into reporting.watched (programme, report_id, sequence, told, valid_until, evaluated_at)
        select :programme, report_id, sequence, told, valid_until, evaluated_at from {_GIVEN} order by report_id
        on conflict (programme, report_id) do update set sequence = excluded.sequence, told = excluded.told,
            valid_until = excluded.valid_until, evaluated_at = excluded.evaluated_at
    """  # noqa: S608 - words from above
    if rows:
        connection.execute(text(statement), {"programme": programme, **arrays(_COLUMNS, map(_row, rows))})


def remember_told(connection: Connection, programme: str, rows: Sequence[Watched]) -> None:
    """What was told under a higher number than is known here is what was told last (ADR 18)."""
    statement = f"""
        insert into reporting.watched as known (programme, report_id, sequence, told, valid_until, evaluated_at)
        select :programme, report_id, sequence, told, '-infinity', evaluated_at from {_GIVEN} order by report_id
        on conflict (programme, report_id) do update set sequence = excluded.sequence, told = excluded.told,
            valid_until = excluded.valid_until, evaluated_at = excluded.evaluated_at
        where known.sequence < excluded.sequence
    """  # noqa: S608 - words from above
    if rows:
        connection.execute(text(statement), {"programme": programme, **arrays(_COLUMNS, map(_row, rows))})


def _watched(row: Row[Any]) -> Watched:
    told = None if row.told is None else msgspec.convert(row.told, Shown)
    return Watched(row.report_id, row.evaluated_at, row.sequence, told, row.valid_until)


def _row(one: Watched) -> tuple[Any, ...]:
    told = None if one.told is None else msgspec.json.encode(one.told).decode()
    return one.report_id, one.sequence, told, one.valid_until, one.evaluated_at
