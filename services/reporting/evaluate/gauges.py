"""What the evaluator shows of itself and of the statuses. Counts of work leave out what tips feed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from services.contracts import metrics as cards
from services.contracts.programme import Period, Programme
from services.contracts.programme.registry import Registry
from services.kit.metrics import Metrics
from services.reporting.evaluate.relay import age_s
from services.reporting.evaluate.turn import Turn
from services.reporting.store import now, outbox, pending, statuses
from services.reporting.store.snapshots import Connection

MOST_SERIES: Final = 5_000


class Gauges:
    """Children of counters are bound once; what is looked up is set anew at every look."""

    def __init__(self, metrics: Metrics, units: Sequence[str] = ()) -> None:
        self._metrics = metrics
        self._units = units
        self._seconds = metrics.histogram(cards.EVALUATE_SECONDS)
        self._changed = metrics.counter(cards.EVALUATED_CELLS, changed="true")
        self._same = metrics.counter(cards.EVALUATED_CELLS, changed="false")
        self._since_accepted = metrics.histogram(cards.STATUS_FRESHNESS, since="accepted")
        self._since_recorded = metrics.histogram(cards.STATUS_FRESHNESS, since="recorded")
        self.active = metrics.gauge(cards.EVALUATE_ACTIVE)
        self.database_away = metrics.counter(cards.DATABASE_UNAVAILABLE)

    def took(self, turn: Turn, seconds: float) -> None:
        """One transaction."""
        self._seconds.observe(seconds)
        self._changed.inc(turn.changed)
        self._same.inc(max(0, turn.evaluated - turn.changed))

    def fresh(self, turn: Turn, visible_at: datetime) -> None:
        """From the acceptance and the recording of what a mark stands for to the commit that shows it."""
        for accepted_at, recorded_at in set(turn.marks.times if turn.marks else ()):
            self._since_accepted.observe(age_s(accepted_at, visible_at))
            self._since_recorded.observe(age_s(recorded_at, visible_at))

    def look(self, connection: Connection, registry: Registry, wall_clock: datetime) -> None:
        """Ages and counts, from one snapshot of the generation that is evaluated."""
        read_until = now.read_until(connection)
        self._metrics.gauge(cards.NOW_LAG).set(age_s(read_until, wall_clock))
        self._metrics.gauge(cards.MARKS_OLDEST_AGE).set(age_s(pending.oldest_work(connection), wall_clock))
        self._metrics.gauge(cards.OUTBOX_AGE).set(age_s(outbox.waiting_since(connection), wall_clock))
        self._metrics.clear(cards.STATUSES)
        self._metrics.clear(cards.UNIT_STATUS)
        for programme_id in registry.ids():
            programme = registry.active(programme_id)
            if programme is not None:
                self._statuses(connection, programme)

    def forget(self) -> None:
        """A standby shows no statuses: those of the active process are the only ones."""
        for card in (cards.STATUSES, cards.UNIT_STATUS):
            self._metrics.clear(card)
        for card in (cards.NOW_LAG, cards.MARKS_OLDEST_AGE, cards.OUTBOX_AGE):
            self._metrics.gauge(card).set(0)

    def _statuses(self, connection: Connection, programme: Programme) -> None:
        reached = now.programme_now(connection, programme.id)
        if reached is None:
            return
        periods = holding(programme, reached)
        leaves = sorted({leaf for code in periods.values() for leaf in _leaves(programme, code)})
        for indicator, status, units in statuses.count_statuses(connection, programme.id, periods, leaves):
            labels = {"programme": programme.id, "indicator": indicator, "status": status}
            self._metrics.gauge(cards.STATUSES, **labels).set(units)
        named = [unit for unit in self._units if unit in programme.units.by_id]
        if not named or len(named) * len(periods) > MOST_SERIES:
            return
        for (unit, indicator), status in statuses.present_statuses(connection, programme.id, periods, named).items():
            self._metrics.gauge(cards.UNIT_STATUS, unit=unit, indicator=indicator, status=status).set(1)


def holding(programme: Programme, at: datetime) -> dict[str, str]:
    """{indicator: period} of the shortest period of each indicator that is open at an instant."""
    found: dict[str, str] = {}
    for indicator in programme.indicators.values():
        for period in programme.periods():
            if period.kind == indicator.frequency and period.opens_at <= at < period.closes_at:
                found[indicator.code] = period.code
    return found


def _leaves(programme: Programme, code: str) -> tuple[str, ...]:
    period: Period | None = programme.period(code)
    return programme.units.leaves(programme.root, period) if period is not None else ()
