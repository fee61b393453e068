"""Marks: what evaluate must look at. Inserted only, never updated, so that none can be lost under a reader."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import Connection, text

from services.reporting.store.batch import Mark
from services.reporting.store.bulk import insert_rows
from services.reporting.store.schema import mark

Times = tuple[datetime | None, datetime | None]


def insert_marks(connection: Connection, marks: Iterable[Mark], times: Times = (None, None)) -> None:
    """`times`: when the oldest event behind them was accepted and recorded, from which freshness is measured."""
    insert_rows(connection, mark, (*Mark._fields, "accepted_at", "recorded_at"), [(*one, *times) for one in marks])


def mark_moved(connection: Connection, event_ids: Sequence[UUID]) -> None:
    """What all bodies of these events speak of, since another one counts now. Pledges are marked by their counts."""
    if event_ids:
        connection.execute(text(_MOVED), {"ids": list(event_ids)})


def mark_tips(connection: Connection, tip_ids: Sequence[UUID]) -> None:
    """The units that received these tips: whoever moves a tip on may be another one. Due is any later day."""
    if tip_ids:
        connection.execute(text(_TIPS), {"ids": list(tip_ids)})


_TIPS: Final = """
    insert into mark (programme, unit, source, since, until)
    select distinct programme, unit, 'tip', received_on, cast(null as date) from tip
        where tip_id = any(cast(:ids as uuid[]))
"""
_MOVED: Final = """
    insert into mark (programme, unit, source, since, until)
    select programme, unit, 'form:' || form, cast(null as date), cast(null as date) from report
        where event_id = any(cast(:ids as uuid[]))
    union select programme, unit, 'form:' || form, null, null from decision
        where event_id = any(cast(:ids as uuid[])) and form is not null
    union select programme, unit, 'form:' || form, null, null from extension
        where event_id = any(cast(:ids as uuid[])) and form is not null
    union select programme, unit, 'tip', received_on, null from tip where event_id = any(cast(:ids as uuid[]))
    union select t.programme, t.unit, 'tip', t.received_on, null
        from tip t join tip_move m on m.tip_id = t.tip_id where m.event_id = any(cast(:ids as uuid[]))
    union select programme, unit, 'deadletter', null, null from discard where event_id = any(cast(:ids as uuid[]))
    union select programme, unit, 'programme', null, null from remark where event_id = any(cast(:ids as uuid[]))
        and type in ('vn.binhyen.period.published', 'vn.binhyen.period.reopened')
"""
