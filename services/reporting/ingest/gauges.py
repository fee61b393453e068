"""What ingest shows of itself. Nothing here moves with a single tip: records of tips are left out."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

from services.contracts import metrics as cards
from services.contracts.topics import TIP
from services.kit.eventlog.port import Partition
from services.kit.metrics import Metrics
from services.reporting.store.batch import Refused

CARDS: Final = (
    cards.INGEST_EVENTS,
    cards.INGEST_REJECTS,
    cards.INGEST_BATCH_SECONDS,
    cards.INGEST_LAG,
    cards.INGEST_HEARTBEAT_AGE,
    cards.INGEST_FENCED,
    cards.INGEST_COMMIT_FAILURES,
    cards.INGEST_RETRIES,
    cards.INGEST_HALTED,
    cards.INGEST_LOG_FAULTS,
    cards.DATABASE_UNAVAILABLE,
)


class Gauges:
    """Children are bound once; a batch moves each of them once."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self.batch_seconds = metrics.histogram(cards.INGEST_BATCH_SECONDS)
        self.fenced = metrics.counter(cards.INGEST_FENCED)
        self.commit_failures = metrics.counter(cards.INGEST_COMMIT_FAILURES)
        self.conflicts = metrics.counter(cards.INGEST_RETRIES, cause="conflict")
        self.outages = metrics.counter(cards.INGEST_RETRIES, cause="outage")
        self.database_away = metrics.counter(cards.DATABASE_UNAVAILABLE)
        self.halted = metrics.gauge(cards.INGEST_HALTED)

    def wrote(self, outcomes: Counter[tuple[str, str]], refused: Iterable[Refused]) -> None:
        for (topic, outcome), records in outcomes.items():
            if topic != TIP.name:
                self._metrics.counter(cards.INGEST_EVENTS, topic=topic, outcome=outcome).inc(records)
        reasons = Counter((one.position.topic, one.reason) for one in refused if one.position.topic != TIP.name)
        for (topic, reason), records in reasons.items():
            self._metrics.counter(cards.INGEST_REJECTS, topic=topic, reason=reason).inc(records)

    def log_fault(self, kind: str) -> None:
        self._metrics.counter(cards.INGEST_LOG_FAULTS, kind=kind).inc()

    def lag(self, ends: Mapping[Partition, int], positions: Mapping[Partition, int]) -> None:
        """Of the partitions that are ours now; those of others are forgotten."""
        self._metrics.clear(cards.INGEST_LAG)
        for partition, end in ends.items():
            if partition.topic != TIP.name:
                child = self._metrics.gauge(cards.INGEST_LAG, topic=partition.topic, partition=str(partition.partition))
                child.set(max(0, end - positions.get(partition, end)))
