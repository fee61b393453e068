"""What dispatch shows of itself. Nothing here moves with a single tip."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from services.contracts import metrics as cards
from services.contracts.metrics import MetricCard
from services.contracts.programme.notices import Channel
from services.contracts.topics import TIP, dead_letter_topic
from services.kit.clock import Clock
from services.kit.eventlog.port import Partition
from services.kit.metrics import Metrics
from services.notify.dispatch.deciding import Done
from services.notify.domain.messages import Message
from services.notify.domain.retrying import Breaker, Outcome
from services.notify.store.rows import TIPS

CARDS: Final[tuple[MetricCard, ...]] = (
    cards.HTTP_REQUEST_SECONDS,
    cards.HTTP_REJECTIONS,
    cards.DATABASE_UNAVAILABLE,
    cards.CLOCK_SKEW,
    cards.PROGRAMME_FOLLOW_LAG,
    cards.NOTICES_DECIDED,
    cards.NOTICE_ATTEMPTS,
    cards.NOTICE_SEND_SECONDS,
    cards.NOTICE_OLDEST_WAITING,
    cards.NOTICES_UNANSWERED,
    cards.NOTICES_FAILED,
    cards.CONTACTS_BOUNCED,
    cards.DESTINATIONS_DOWN,
    cards.DISPATCH_ACTIVE,
    cards.DISPATCH_HEARTBEAT_AGE,
    cards.DISPATCH_LAG,
    cards.DISPATCH_SKIPPED,
)


class Gauges:
    def __init__(self, metrics: Metrics, clock: Clock) -> None:
        self._metrics = metrics
        self._clock = clock

    def decided(self, done: Done) -> None:
        for line in done.decisions:
            if line.kind not in TIPS:
                self._metrics.counter(cards.NOTICES_DECIDED, kind=line.kind, verdict=line.verdict).inc()

    def attempted(self, channel: Channel, outcome: Outcome, message: Message) -> None:
        if any(item.cause.kind in TIPS for item in message.items):
            return
        self._metrics.counter(cards.NOTICE_ATTEMPTS, channel=channel, outcome=outcome.kind).inc()
        if outcome.kind == "accepted":
            took_s = (self._clock.now() - message.created_at).total_seconds()
            self._metrics.histogram(cards.NOTICE_SEND_SECONDS).observe(took_s)

    def lag(self, ends: Mapping[Partition, int], known: Mapping[Partition, int]) -> None:
        behind: dict[str, int] = {}
        for where, end in ends.items():
            behind[where.topic] = behind.get(where.topic, 0) + end - known.get(where, end)
        for topic, lag in behind.items():
            if topic != dead_letter_topic(TIP.name):
                self._metrics.gauge(cards.DISPATCH_LAG, topic=topic).set(lag)

    def skipped(self, topic: str, reason: str) -> None:
        self._metrics.counter(cards.DISPATCH_SKIPPED, topic=topic, reason=reason).inc()

    def standing(self, counts: Mapping[str, object], breakers: Mapping[str, Breaker]) -> None:
        now = self._clock.now()
        oldest = counts["oldest"]
        waited_s = (now - oldest).total_seconds() if isinstance(oldest, datetime) else 0.0
        self._metrics.gauge(cards.NOTICE_OLDEST_WAITING).set(max(0.0, waited_s))
        for name, card in (
            ("unanswered", cards.NOTICES_UNANSWERED),
            ("failed", cards.NOTICES_FAILED),
            ("bounced", cards.CONTACTS_BOUNCED),
        ):
            self._metrics.gauge(card).set(float(str(counts[name])))
        down = sum(1 for breaker in breakers.values() if not breaker.closed(now))
        self._metrics.gauge(cards.DESTINATIONS_DOWN).set(down)
