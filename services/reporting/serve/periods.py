"""The approval of a period: what can be published of it, and every decision on it with what it is worth."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec

from services.contracts.events import PublishedValue
from services.contracts.programme import Programme
from services.contracts.published import digest_of
from services.contracts.readings.publications import Draft, PeriodDecided, PeriodDecisions
from services.contracts.readings.statuses import CellStatus
from services.contracts.requests import PublishedUnit
from services.kit.web.paging import page
from services.reporting.domain.needs import reports_below
from services.reporting.domain.publishing import Judged, PeriodDecision, standing
from services.reporting.domain.summaries import period_summary
from services.reporting.serve.lists import Asked, cells_of, units_below
from services.reporting.serve.summaries import unit_summary
from services.reporting.serve.view import View, period_of, unit_of
from services.reporting.store import publications

Parts = Mapping[tuple[UUID, str], Sequence[Mapping[str, Any]]]


def draft(view: View, asked: Asked) -> Draft:
    """The values of a unit and of those below it, at most 500 of them, as they stand now."""
    programme = view.programme(asked["programme"])
    period = period_of(programme, asked["period"])
    top = unit_of(programme, asked.get("unit", programme.root), period)
    units = [unit.id for unit in units_below(programme, period, top.id)][:500]
    cells = cells_of(view, programme, period, units)
    now = view.now_of(programme)
    values = {unit: [_value(cell) for cell in cells[unit]] for unit in units if cells.get(unit)}
    as_of = view.as_of(programme)
    positions: dict[str, list[int]] = {}
    for row in as_of.positions:
        positions.setdefault(row.topic, []).append(row.next_offset)
    return Draft(
        as_of=as_of,
        programme=programme.id,
        unit=top.id,
        period=period.code,
        final=now is not None and now >= period.closes_at and _is_settled(units, cells),
        units=[PublishedUnit(unit=unit, values=said) for unit, said in values.items()],
        digest=digest_of(values),
        positions=positions,
    )


def _is_settled(units: Collection[str], cells: Mapping[str, Sequence[CellStatus]]) -> bool:
    return all(cells.get(unit) and not any(cell.stale for cell in cells[unit]) for unit in units)


def _value(cell: CellStatus) -> PublishedValue:
    return PublishedValue(indicator=cell.indicator, status=cell.status, value=cell.value, flags=cell.flags)


def decisions(view: View, asked: Asked) -> PeriodDecisions:
    programme = view.programme(asked["programme"])
    period = period_of(programme, asked["period"])
    top = unit_of(programme, asked.get("unit", programme.root), period)
    connection = view.snapshot.connection
    known = publications.read_decisions(connection, programme.id, [period.code])
    of_top = [one for one in known if one.unit == top.id]
    below = reports_below(programme, top.id, period.code)
    hands = publications.read_hands(connection, of_top, below)
    stands = standing(of_top, lambda one: publications.had_a_hand(one, below, hands))
    chosen, following = page(
        stands.judged, lambda one: str(one.decision.event_id), asked.get("cursor"), asked.get("limit")
    )
    parts = _parts(view, programme, top.id, [one.decision for one in chosen])
    return PeriodDecisions(
        as_of=view.as_of(programme),
        next=following,
        programme=programme.id,
        unit=unit_summary(programme, top),
        period=period_summary(period),
        state=stands.state,
        items=[_decided(one, parts) for one in chosen],
    )


def _parts(view: View, programme: Programme, top: str, listed: Sequence[PeriodDecision]) -> Parts:
    units = programme.units.subtree(top)
    return publications.read_parts(view.snapshot.connection, programme.id, listed, units)


def _decided(judged: Judged, parts: Parts) -> PeriodDecided:
    decision = judged.decision
    return PeriodDecided(
        event_id=decision.event_id,
        kind=decision.kind,
        unit=decision.unit,
        source=decision.source,
        accepted_at=decision.accepted_at,
        reason=decision.reason,
        digest=decision.digest,
        complete=None if decision.digest is None else _digest(decision, parts) == decision.digest,
        void=judged.void,
    )


def _digest(decision: PeriodDecision, parts: Parts) -> str:
    own = {unit: said for (event_id, unit), said in parts.items() if event_id == decision.event_id}
    return digest_of({unit: [msgspec.convert(one, PublishedValue) for one in said] for unit, said in own.items()})
