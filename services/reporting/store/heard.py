"""When something was heard that a cell rests on: the days on which its status may have changed by more than time."""

from collections.abc import Collection, Iterator
from datetime import date, datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, text

from services.contracts.programme.calendars import local_date
from services.reporting.domain.needs import Needs


class Heard(NamedTuple):
    """One copy of an event about a report."""

    recorded_at: datetime
    type: str
    event_id: UUID


def of_reports(connection: Connection, needs: Needs) -> list[Heard]:
    """Every copy of a report, of a decision on it or of an extension, in the order in which they were recorded."""
    rows = connection.execute(text(_REPORTS), {"ids": list(needs.report_ids)}) if needs.report_ids else ()
    return [Heard(*row) for row in rows]


def of_signers(connection: Connection, programme: str, needs: Needs) -> dict[date, int]:
    """By how much the signers that count grew, by the day on which that was recorded."""
    if not needs.signer_units:
        return {}
    given = {
        "programme": programme,
        "kinds": sorted(needs.signer_kinds),
        "units": sorted(needs.signer_units),
        "end": max(needs.ends),
    }
    return {row.recorded_day: row.n for row in connection.execute(text(_SIGNERS), given)}


def of_tips(connection: Connection, programme: str, needs: Needs) -> set[date]:
    """The days only: who could ask for more could count single tips."""
    if not needs.tip_movers:
        return set()
    return _days(connection, _TIPS, programme, needs.tip_movers)


def of_dead_letters(connection: Connection, programme: str, units: Collection[str]) -> set[date]:
    """The days on which a dead letter of some units came, was redriven or was discarded."""
    return _days(connection, _DEAD_LETTERS, programme, units)


def of_publications(connection: Connection, programme: str, period: str) -> set[date]:
    """The days on which a period was published or reopened, for whichever unit."""
    rows = connection.scalars(text(_PUBLICATIONS), {"programme": programme, "period": period})
    return {local_date(instant) for instant in rows}


def _days(connection: Connection, statement: str, programme: str, units: Collection[str]) -> set[date]:
    instants: Iterator[Any] = iter(
        connection.scalars(text(statement), {"programme": programme, "units": sorted(units)})
    )
    return {local_date(instant) for instant in instants}


_REPORTS: Final = """
    select c.recorded_at, c.type, c.event_id from (
        select event_id, body_hash from report where report_id = any(cast(:ids as uuid[]))
        union all select event_id, body_hash from decision where report_id = any(cast(:ids as uuid[]))
        union all select event_id, body_hash from extension where report_id = any(cast(:ids as uuid[]))
    ) f join copies c using (event_id, body_hash)
    order by c.recorded_at, c.event_id
"""
_SIGNERS: Final = """
    select recorded_day, cast(sum(n) as bigint) as n from signer_count
    where programme = :programme and kind = any(cast(:kinds as text[])) and unit = any(cast(:units as text[]))
        and day <= :end
    group by recorded_day
"""
_TIPS: Final = """
    with asked as (
        select event_id, tip_id from tip where programme = :programme and unit = any(cast(:units as text[]))
    )
    select c.recorded_at from (
        select event_id from asked
        union all select m.event_id from tip_move m where m.tip_id in (select tip_id from asked)
    ) f join copies c using (event_id)
"""
_PUBLICATIONS: Final = """
    select c.recorded_at from remark f join copies c using (event_id, body_hash)
    where f.programme = :programme and f.data ->> 'period' = :period
        and f.type in ('vn.binhyen.period.published', 'vn.binhyen.period.reopened')
"""
_DEAD_LETTERS: Final = """
    with asked as (select * from reject where programme = :programme and unit = any(cast(:units as text[])))
    select recorded_at from asked
    union all select c.recorded_at from asked r join copies c on c.event_id = r.event_id
    union all select c.recorded_at from asked r join discard d
        on (d.topic, d.partition, d.log_offset)
            in ((r.first_topic, r.first_partition, r.first_offset), (r.topic, r.partition, r.log_offset))
        join copies c on c.event_id = d.event_id
"""
