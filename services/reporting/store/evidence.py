"""Which events stand behind the inputs of an explanation: the counting copy of each, and where it is in the log.

Tips are not asked for: neither a tip's event nor its place in the log stands in a public answer.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import Connection, Row, text

from services.contracts.explanations import ExplainedEvent, ExplainedInput
from services.reporting.domain.explain import Events, Place
from services.reporting.domain.stated import place
from services.reporting.store.decisions import LATEST_DECISION

ON_A_PAGE: Final = 1_000
"""So many events are listed at most, shared by the inputs of a page; an input lists `AT_LEAST` in any case."""
AT_LEAST: Final = 5

_COUNTING_COPY: Final = """
    cross join lateral (
        select c.source, c.topic, c.partition, c.log_offset, c.accepted_at, c.recorded_at, c.body_hash
        from copies c where c.event_id = said.event_id
        order by c.accepted_at, c.body_hash, c.topic, c.partition, c.log_offset limit 1
    ) w
"""
_COLUMNS: Final = (
    "said.role, said.event_id, said.revision, w.source, w.topic, w.partition, w.log_offset, w.accepted_at, "
    "w.recorded_at, w.body_hash"
)
_REPORTS: Final = f"""
    select said.report_id as belongs_to, {_COLUMNS}
    from (
        select r.report_id, 'report' as role, r.event_id, r.revision from latest_report r
        where r.report_id = any(cast(:latest as uuid[]))
        union all
        select r.report_id, d.kind, d.event_id, r.revision from latest_report r
        cross join lateral ({LATEST_DECISION}) d where r.report_id = any(cast(:latest as uuid[]))
        union all
        select * from (
            select distinct on (report_id) report_id, 'first_report', event_id, revision from counting_report
            where report_id = any(cast(:first as uuid[])) order by report_id, accepted_at, event_id
        ) earliest
    ) said {_COUNTING_COPY}
    order by w.accepted_at, said.event_id
"""  # noqa: S608 - statements from above and from decisions.py
_SIGNERS: Final = f"""
    select said.unit as belongs_to, {_COLUMNS}
    from (
        select s.unit, 'sheet' as role, s.event_id, cast(null as integer) as revision from counting_sheet s
        where s.programme = :programme and s.kind = :kind and s.unit = any(cast(:units as text[])) and exists (
            select from generate_series(0, length(s.days) / 3 - 1) as i
            where date '2018-01-01' + (get_byte(s.days, 3 * i) * 256 + get_byte(s.days, 3 * i + 1)) * 256
                + get_byte(s.days, 3 * i + 2) <= :until
        )
        union all
        select distinct g.unit, 'withdrawal', x.event_id, cast(null as integer) from counting_withdrawal x
        cross join lateral (
            select unit, event_id, body_hash, signed_on from signer s
            where (s.programme, s.kind, s.token) = (x.programme, x.kind, x.token)
            union all
            select unit, event_id, body_hash, signed_on from signature s
            where (s.programme, s.kind, s.token) = (x.programme, x.kind, x.token)
        ) g
        where x.programme = :programme and x.kind = :kind and x.on_day <= :until
            and g.unit = any(cast(:units as text[])) and g.signed_on <= x.on_day and exists (
                select from counting_sheet k where k.event_id = g.event_id and k.body_hash = g.body_hash
            )
    ) said {_COUNTING_COPY}
    order by w.accepted_at, said.event_id
"""  # noqa: S608 - statements from above


def read_events(connection: Connection, programme: str, shown: Sequence[ExplainedInput]) -> dict[Place, Events]:
    """What stands behind the inputs of one page of one cell, by input."""
    if not shown:
        return {}
    reports = {stated.report.report_id: place(stated) for stated in shown if stated.report}
    units = {stated.unit: place(stated) for stated in shown if stated.signers}
    found: dict[Place, list[Row[Any]]] = defaultdict(list)
    for row in _of_reports(connection, shown) if reports else ():
        found[reports[row.belongs_to]].append(row)
    for row in _of_signers(connection, programme, shown) if units else ():
        found[units[row.belongs_to]].append(row)
    return _told(found, at_most=max(AT_LEAST, ON_A_PAGE // len(shown)))


def _of_reports(connection: Connection, shown: Iterable[ExplainedInput]) -> Iterable[Row[Any]]:
    """Of a report that must be in time the first revision counts, of another the latest and the decision on it."""
    stated = [one.report for one in shown if one.report]
    timely = [one.report.report_id for one in shown if one.report and one.state in ("in_time", "late")]
    asked = {"latest": [one.report_id for one in stated if one.accepted_at is not None], "first": timely}
    return connection.execute(text(_REPORTS), asked)


def _of_signers(connection: Connection, programme: str, shown: Iterable[ExplainedInput]) -> Iterable[Row[Any]]:
    """Sheets and withdrawals that say something of a day up to the last one that counts, or to the period's end."""
    stated = [(one.unit, one.signers) for one in shown if one.signers]
    kind, until = stated[0][1].kind, max(_last_day(one) for one in shown if one.signers)
    asked = {"programme": programme, "kind": kind, "until": until, "units": [unit for unit, _ in stated]}
    return connection.execute(text(_SIGNERS), asked)


def _last_day(stated: ExplainedInput) -> date:
    assert stated.signers is not None
    return max([stated.signers.until, *(entry.day for entry in stated.signers.ahead)])


def _told(found: Mapping[Place, Sequence[Row[Any]]], at_most: int) -> dict[Place, Events]:
    told = {}
    for belongs_to, rows in found.items():
        events = [_event(row) for row in rows]
        told[belongs_to] = Events(events[:at_most], len(events), _digest(events))
    return told


def _event(row: Row[Any]) -> ExplainedEvent:
    return ExplainedEvent(
        role=row.role,
        event_id=row.event_id,
        source=row.source,
        topic=row.topic,
        partition=row.partition,
        offset=row.log_offset,
        accepted_at=row.accepted_at,
        recorded_at=row.recorded_at,
        body_hash=row.body_hash.hex(),
        revision=row.revision,
        receipt=f"/v1/receipts/{row.event_id}",
    )


def _digest(events: Iterable[ExplainedEvent]) -> str:
    """SHA-256 over a line for each event, in their order: role, id, body hash, topic, partition, offset."""
    lines = (f"{one.role} {one.event_id} {one.body_hash} {one.topic} {one.partition} {one.offset}\n" for one in events)
    return sha256("".join(lines).encode()).hexdigest()
