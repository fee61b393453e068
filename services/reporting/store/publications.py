"""Publications of periods: the decisions on them, the values they froze, and who had a hand in what they rest on."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, text

from services.contracts.programme.ids import published_part_id
from services.reporting.domain.inputs import Cell, Published, Value
from services.reporting.domain.publishing import PeriodDecision, standing
from services.reporting.store.known import NOW, PUBLICATIONS, REPORTS, Then

Hands = Mapping[str, Mapping[UUID, datetime]]
"""By officer: the reports that they submitted or decided on, and when they first did."""

DECISIONS: Final = """
    select accepted_at, event_id, source, data, type from counting_remark
    where programme = :programme and data ->> 'period' = any(cast(:periods as text[])) and (
        type = 'vn.binhyen.period.reopened'
        or (type = 'vn.binhyen.period.published' and data ->> 'digest' is not null)
    )
    order by accepted_at, event_id
"""
_PUBLISHED_PERIODS: Final = """
    select distinct data ->> 'period' from counting_remark
    where programme = :programme and type = 'vn.binhyen.period.published' and data ->> 'digest' is not null
"""
_PARTS: Final = """
    select event_id, data from counting_remark
    where programme = :programme and event_id = any(cast(:ids as uuid[])) and type = 'vn.binhyen.period.published'
"""
_HANDS: Final = """
    select actor, report_id, min(accepted_at) as at from (
        select actor, report_id, accepted_at from counting_report
        union all select actor, report_id, accepted_at from counting_decision
    ) said
    where report_id = any(cast(:ids as uuid[])) and actor = any(cast(:actors as text[]))
    group by actor, report_id
"""


def read_decisions(
    connection: Connection, programme: str, periods: Collection[str], at: Then = NOW
) -> list[PeriodDecision]:
    """Every publication (its closing event) and reopening of some periods, void ones too, by acceptance."""
    given = {"programme": programme, "periods": sorted(periods), **at.given}
    return [_decision(row) for row in connection.execute(at.ask(DECISIONS, PUBLICATIONS), given)]


def _decision(row: Any) -> PeriodDecision:
    said = row.data
    return PeriodDecision(
        accepted_at=row.accepted_at,
        event_id=row.event_id,
        kind="reopened" if row.type.endswith("reopened") else "published",
        period=said["period"],
        unit=said["unit"],
        source=row.source,
        actor=said.get("actor"),
        digest=said.get("digest"),
        reason=said.get("reason"),
    )


def read_hands(
    connection: Connection, decisions: Sequence[PeriodDecision], reports: Collection[UUID], at: Then = NOW
) -> Hands:
    """What the officers who decided had to do with some reports."""
    actors = sorted({one.actor for one in decisions if one.actor is not None})
    found: dict[str, dict[UUID, datetime]] = defaultdict(dict)
    if actors and reports:
        given = {"actors": actors, "ids": list(reports), **at.given}
        for row in connection.execute(at.ask(_HANDS, REPORTS), given):
            found[row.actor][row.report_id] = row.at
    return found


def had_a_hand(decision: PeriodDecision, reports: Collection[UUID], hands: Hands) -> bool:
    """Whether the deciding officer had submitted or decided on one of the reports before."""
    mine = hands.get(decision.actor or "", {})
    return any(mine[one] < decision.accepted_at for one in mine.keys() & set(reports))


def read_parts(
    connection: Connection,
    programme: str,
    publications: Collection[PeriodDecision],
    units: Collection[str],
    at: Then = NOW,
) -> dict[tuple[UUID, str], list[dict[str, Any]]]:
    """The values as published, by (closing event, unit)."""
    ids = {
        published_part_id(one.event_id, one.digest, unit): (one.event_id, unit)
        for one in publications
        if one.digest is not None
        for unit in units
    }
    if not ids:
        return {}
    given = {"programme": programme, "ids": list(ids), **at.given}
    rows = connection.execute(at.ask(_PARTS, PUBLICATIONS), given)
    return {ids[row.event_id]: row.data.get("values", []) for row in rows}


def published_periods(connection: Connection, programme: str) -> frozenset[str]:
    """Periods that were published, whether or not that counts."""
    return frozenset(connection.scalars(text(_PUBLISHED_PERIODS), {"programme": programme}))


def read_published(
    connection: Connection,
    programme: str,
    places: Collection[tuple[str, str]],
    reports_below: Callable[[str, str], frozenset[UUID]],
    at: Then = NOW,
) -> dict[Cell, Published]:
    """What stands published of the cells of some (unit, period): the last publication of each that counts.

    `reports_below`: see `Needs`.
    """
    periods = {period for _, period in places}
    decisions = read_decisions(connection, programme, periods, at) if periods else []
    if not decisions:
        return {}
    below = {place: reports_below(*place) for place in places}
    hands = read_hands(connection, decisions, frozenset().union(*below.values()), at)
    publications = [one for one in decisions if one.kind == "published"]
    parts = read_parts(connection, programme, publications, {unit for unit, _ in places}, at)
    found: dict[Cell, Published] = {}
    for unit, period in places:
        last = _last(unit, period, decisions, parts, lambda one, own=below[unit, period]: had_a_hand(one, own, hands))
        if last is not None:
            found |= _published(unit, last, parts[last.event_id, unit])
    return found


def _last(
    unit: str,
    period: str,
    decisions: Sequence[PeriodDecision],
    parts: Mapping[tuple[UUID, str], Any],
    is_own: Any,
) -> PeriodDecision | None:
    """The last publication that counts and holds values of the unit, of whichever unit above it was published."""
    of_period = [one for one in decisions if one.period == period]
    stands = [
        standing((one for one in of_period if one.unit == top), is_own) for top in {one.unit for one in of_period}
    ]
    counting = [
        judged.decision
        for one in stands
        for judged in one.judged
        if judged.void is None and judged.decision.kind == "published"
    ]
    return max((one for one in counting if (one.event_id, unit) in parts), default=None)


def _published(unit: str, last: PeriodDecision, values: Sequence[Mapping[str, Any]]) -> dict[Cell, Published]:
    return {
        Cell(unit, said["indicator"], last.period): Published(
            said["status"], _value(said.get("value")), tuple(said.get("flags", ())), last.event_id, last.accepted_at
        )
        for said in values
    }


def _value(said: Mapping[str, int] | None) -> Value | None:
    return None if said is None else Value(said["num"], said.get("den", 1))
