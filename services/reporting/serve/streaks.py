"""Streaks and relapses of units, from what is stored of the periods up to one."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from services.contracts.programme import Indicator, Period, Programme
from services.contracts.readings.streaks import IndicatorStreak, LastBreach, RelapseSeen, Streaks, UnitStreaks
from services.kit.web.paging import page
from services.reporting.domain.expand import waiting
from services.reporting.domain.inputs import Cell
from services.reporting.domain.streaks import Seen, breach, must_be_none, streak
from services.reporting.domain.summaries import period_summary
from services.reporting.serve.lists import Asked, units_below
from services.reporting.serve.summaries import unit_summary
from services.reporting.serve.view import View, period_of
from services.reporting.store.pending import distinct_marks
from services.reporting.store.series import SeriesRow, read_series

Kept = Mapping[tuple[str, str], IndicatorStreak]
"""By unit and indicator."""


def streaks(view: View, asked: Asked) -> Streaks:
    programme = view.programme(asked["programme"])
    period = period_of(programme, asked["period"])
    rows = units_below(programme, period, asked.get("unit", programme.root))
    chosen, following = page(rows, lambda unit: unit.id, asked.get("cursor"), asked.get("limit"))
    indicators = list(programme.indicators.values())
    found = kept(view, programme, period, [unit.id for unit in chosen], indicators)
    return Streaks(
        as_of=view.as_of(programme),
        next=following,
        programme=programme.id,
        version=programme.version,
        period=period_summary(period),
        units=[
            UnitStreaks(
                unit=unit_summary(programme, unit),
                streaks=[found[unit.id, one.code] for one in indicators if (unit.id, one.code) in found],
            )
            for unit in chosen
        ],
    )


def kept(
    view: View, programme: Programme, until: Period, unit_ids: Sequence[str], indicators: Sequence[Indicator]
) -> Kept:
    """Of those indicators that have a target, counted in their shortest periods that end with `until` or before it."""
    now, connection = view.now_of(programme), view.snapshot.connection
    targeted = {one.code: one for one in indicators if one.target.op != "none"}
    if now is None or not targeted:
        return {}
    kinds = {one.frequency for one in targeted.values()}
    periods = [one for one in programme.periods() if one.kind in kinds and one.end <= until.end]
    marks = distinct_marks(connection, programme.id)
    marked = {cell for one in periods if marks for cell in waiting(marks, programme, one, unit_ids)}
    rows = read_series(connection, programme.id, unit_ids, targeted, [one.code for one in periods])
    stored = {(row.unit, row.indicator): row for row in rows}
    found: dict[tuple[str, str], IndicatorStreak] = {}
    for unit in unit_ids:
        own = _own(programme, unit, periods)
        for indicator in targeted.values():
            row, of_kind = stored.get((unit, indicator.code)), own[indicator.frequency]
            seen = [_seen(of_kind, code, row) for code in of_kind]
            stale = _stale(row) or any(Cell(unit, indicator.code, code) in marked for code in of_kind)
            if seen:
                found[unit, indicator.code] = _told(indicator, seen, now, stale)
    return found


def _own(programme: Programme, unit: str, periods: Sequence[Period]) -> Mapping[str, Mapping[str, Period]]:
    """Kind -> the periods in which the unit stood, as they are for it."""
    found: dict[str, dict[str, Period]] = defaultdict(dict)
    for period in periods:
        own = programme.own_period(unit, period)
        if own is not None:
            found[period.kind][period.code] = own
    return found


def _stale(row: SeriesRow | None) -> bool:
    return row is not None and any(row.due)


def _seen(periods: Mapping[str, Period], code: str, row: SeriesRow | None) -> Seen:
    if row is None or code not in row.periods:
        return Seen(periods[code], None)
    place = row.periods.index(code)
    return Seen(periods[code], row.statuses[place], row.counts[place], row.bounded[place])


def _told(indicator: Indicator, seen: Sequence[Seen], now: datetime, stale: bool) -> IndicatorStreak:
    found = streak(seen, now)
    last = breach(seen, now, at_cut_off=indicator.kind == "stock") if must_be_none(indicator) else None
    return IndicatorStreak(
        indicator=indicator.code,
        frequency=indicator.frequency,
        kept=found.kept,
        at_most=found.at_most,
        since=found.since,
        known_to=found.known_to,
        silent=list(found.silent),
        relapses=[RelapseSeen(kept_until=one.kept_until, lost_in=one.lost_in) for one in found.relapses],
        breach=None
        if last is None
        else LastBreach(last=last.last, known_to=last.known_to, at_least_days=last.at_least, at_most_days=last.at_most),
        stale=stale,
    )
