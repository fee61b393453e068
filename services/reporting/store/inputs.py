"""The facts that a set of cells needs, read in one query for each kind of fact and never in one for each cell.

What counts is decided by the views `counting_*` and `latest_report`, by value. The snapshot is the caller's.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

import msgspec
from sqlalchemy import Connection, text

from services.reporting.domain.inputs import DayCount, Facts, Report, TipCount
from services.reporting.domain.needs import Needs
from services.reporting.domain.tip_limits import Acts, due_day
from services.reporting.store.decisions import LATEST_DECISION
from services.reporting.store.histories import read_extensions, read_submissions
from services.reporting.store.known import DEAD_LETTERS, REPORTS, TIPS, Then, then
from services.reporting.store.publications import read_published

_ONE_DAY: Final = timedelta(days=1)


def read_facts(
    connection: Connection, programme: str, needs: Needs, today: date, known_on: date | None = None
) -> Facts:
    """The facts for cells evaluated on `today` or on any later day; those known at the end of a day if one is given."""
    at = then(known_on)
    return Facts(
        reports=_reports(connection, needs.report_ids, at),
        first_accepted=_first_accepted(connection, needs.report_ids, at),
        papers=read_submissions(connection, needs.report_ids, on_paper=True, at=at),
        extensions=read_extensions(connection, needs.report_ids, at),
        signers=_signers(connection, programme, needs, today, known_on),
        tips=_tips(connection, programme, needs.tip_movers, at),
        blocked=_blocked(connection, programme, at),
        published=read_published(connection, programme, needs.places, needs.reports_below, at),
    )


_REPORTS: Final = f"""
    select r.report_id, r.accepted_at, r.nil, r."values", coalesce(d.kind = 'returned', false) as returned
    from latest_report r
    left join lateral ({LATEST_DECISION}) d on true
    where r.report_id = any(cast(:ids as uuid[]))
"""  # noqa: S608 - a statement from decisions.py


def _reports(connection: Connection, ids: Collection[UUID], at: Then) -> dict[UUID, Report]:
    """The counting revision of each report, and whether the decision that binds to it returned it."""
    if not ids:
        return {}
    rows = connection.execute(at.ask(_REPORTS, REPORTS), {"ids": list(ids), **at.given}).all()
    return {row.report_id: Report(row.accepted_at, row.values, row.nil, row.returned) for row in rows}


_FIRST: Final = """
    select report_id, min(accepted_at) as accepted_at from counting_report
    where report_id = any(cast(:ids as uuid[])) group by report_id
"""


def _first_accepted(connection: Connection, ids: Collection[UUID], at: Then) -> dict[UUID, datetime]:
    if not ids:
        return {}
    rows = connection.execute(at.ask(_FIRST, REPORTS), {"ids": list(ids), **at.given}).all()
    return {row.report_id: row.accepted_at for row in rows}


_SIGNERS: Final = """
    select kind, unit, day, cast(sum(n) as bigint) as n
    from (
        select kind, unit, n, case
            when day > :today then day
            else (cast(:lasts as date[]))[width_bucket(day, cast(:ends as date[])) + 1]
        end as day
        from signer_count
        where programme = :programme and kind = any(cast(:kinds as text[])) and unit = any(cast(:units as text[]))
            and recorded_day <= coalesce(cast(:known_on as date), 'infinity')
    ) folded
    group by kind, unit, day having sum(n) <> 0 order by kind, unit, day
"""


def _signers(
    connection: Connection, programme: str, needs: Needs, today: date, known_on: date | None
) -> dict[tuple[str, str], tuple[DayCount, ...]]:
    """Past days are folded into the last day of the period they fall in: a year of a ward is a handful of rows."""
    if not needs.signer_units:
        return {}
    lasts = sorted({end for end in needs.ends if end < today} | {today})
    given = {
        "programme": programme,
        "kinds": sorted(needs.signer_kinds),
        "units": sorted(needs.signer_units),
        "today": today,
        "known_on": known_on,
        "lasts": lasts,
        "ends": [last + _ONE_DAY for last in lasts],
    }
    found: dict[tuple[str, str], list[DayCount]] = defaultdict(list)
    for row in connection.execute(text(_SIGNERS), given).all():
        found[row.kind, row.unit].append(DayCount(row.day, row.n))
    return {key: tuple(counts) for key, counts in found.items()}


_TIPS: Final = """
    select t.unit, t.received_on, t.due_on, t.channel, m.handed_over_on, m.closed_on,
        m.extended_on, m.extended_again_on, m.suspended_on, m.resumed_on, count(*) as n
    from (
        select distinct on (tip_id) tip_id, unit, received_on, due_on, channel from counting_tip
        where tip_id in (select tip_id from tip where programme = :programme and unit = any(cast(:units as text[])))
        order by tip_id, accepted_at, event_id
    ) t
    left join lateral (
        select min(moved_on) filter (where m.step = 'handed_over') as handed_over_on,
            min(moved_on) filter (where m.step = 'closed') as closed_on,
            min(moved_on) filter (where m.step = 'extended') as extended_on,
            min(moved_on) filter (where m.step = 'extended_again') as extended_again_on,
            max(moved_on) filter (where m.step = 'suspended') as suspended_on,
            max(moved_on) filter (where m.step = 'resumed') as resumed_on
        from counting_tip_move m
        where m.tip_id = t.tip_id and m.moved_on >= t.received_on
            and jsonb_exists(cast(:movers as jsonb) -> t.unit, m.unit)
    ) m on true
    where t.unit = any(cast(:units as text[]))
    group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 order by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
"""


def _tips(
    connection: Connection, programme: str, movers: Mapping[str, Sequence[str]], at: Then
) -> dict[str, tuple[TipCount, ...]]:
    """A step that another unit than the movers tells, or on a day before the tip came, is void."""
    if not movers:
        return {}
    given = {"programme": programme, "units": list(movers), "movers": msgspec.json.encode(movers).decode()}
    rows = connection.execute(at.ask(_TIPS, TIPS), {**given, **at.given})
    found: dict[str, list[TipCount]] = defaultdict(list)
    for row in rows:
        acts = Acts(row.extended_on, row.extended_again_on, row.suspended_on, row.resumed_on)
        due_on = due_day(row.received_on, row.due_on, acts)
        found[row.unit].append(TipCount(row.received_on, row.handed_over_on, row.n, due_on, row.closed_on, row.channel))
    return {unit: tuple(counts) for unit, counts in found.items()}


def _blocked(connection: Connection, programme: str, at: Then) -> frozenset[str]:
    """Units for which a dead letter waits: neither redriven nor discarded."""
    statement = "select distinct unit from dead_letter where programme = :programme and state = 'waiting'"
    asked = at.ask(statement, DEAD_LETTERS)
    return frozenset(connection.scalars(asked, {"programme": programme, **at.given}))
