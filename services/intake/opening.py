"""Opening a door: every part made, connected and served. The composition that the three doors share."""

from collections.abc import Callable, Sequence
from threading import Event as Flag
from typing import Any, Final

from services.contracts import metrics as cards
from services.contracts.events import EVENT_TYPES, Data
from services.contracts.topics import PROGRAMME, TopicCard
from services.intake import programmes
from services.intake.desk import Desk
from services.intake.door import Door
from services.intake.settings import IntakeSettings
from services.kit.auth import Verifier
from services.kit.clock import SystemClock
from services.kit.clock_guard import ClockGuard, watch
from services.kit.eventlog.kafka import KafkaAdmin, KafkaAppender
from services.kit.health import Health
from services.kit.http_server import Served, serve_http
from services.kit.keys import KeySet
from services.kit.metrics import Counter, Metrics
from services.kit.receipts import Signer
from services.kit.runtime import Die
from services.kit.web import counting_refusals, create_app

Mount = Callable[[Any, Desk], None]
"""Puts a room's routes on the app."""
METRICS: Final = (
    cards.EVENTS_ACCEPTED,
    cards.HTTP_REQUEST_SECONDS,
    cards.HTTP_REJECTIONS,
    cards.LOG_APPEND_SECONDS,
    cards.LOG_IN_FLIGHT,
    cards.LOG_OLDEST_IN_FLIGHT,
    cards.LOG_UNAVAILABLE,
    cards.LOG_PROBE_AGE,
    cards.PROGRAMME_FOLLOW_LAG,
    cards.CLOCK_SKEW,
)


def serve(name: str, settings: IntakeSettings, topic: TopicCard, mount: Mount, *, counted: bool = True) -> int:
    """Serve a door until SIGTERM; the exit code. `counted` false: no metric moves with a single event."""
    return serve_http(
        lambda die: opened(name, settings, topic, mount, die, counted=counted),
        settings.bind,
        settings.threads,
        limits=settings,
    )


def opened(name: str, settings: IntakeSettings, topic: TopicCard, mount: Mount, die: Die, *, counted: bool) -> Served:
    """The app with its connections being made. To be called after the fork. Raises Misconfigured."""
    metrics, clock = Metrics(METRICS), SystemClock()
    receipts = Signer.load(settings.receipt_keys_dir)
    guard, ended = ClockGuard(clock, "log", metrics), Flag()
    verifier = Verifier(KeySet(settings.jwks, clock), guard)
    appender = KafkaAppender(settings.log(), [topic, PROGRAMME], metrics, clock, die, counted=counted)
    admin = KafkaAdmin(settings.log())
    following = programmes.follow(settings.log(), admin)
    metrics.gauge(cards.PROGRAMME_FOLLOW_LAG).set_function(lambda: following.lag)
    door = Door(
        log=appender,
        programme=lambda programme_id: programmes.active(following, programme_id),
        receipts=receipts,
        clock=guard,
        accepted=_counters(metrics, [topic, PROGRAMME]) if counted else {},
    )
    app = create_app(
        name,
        metrics=metrics,
        health=Health(ready={"log": appender.ready, "programmes": following.ready, "clock": guard.ready}),
        clock=clock,
        jwks=receipts.jwks,
        budget_s=settings.request_deadline_ms / 1000,
    )
    mount(app, Desk(door, verifier, settings.max_body_bytes))
    appender.start()
    following.start()
    watch(guard, KafkaAdmin(settings.log()).clock, ended, die)  # of its own: nobody waits for what it is asking

    def close() -> int:
        ended.set()
        following.stop()
        admin.close()
        return appender.close(settings.drain_timeout_ms / 1000)

    return Served(app, close, counting_refusals(metrics) if counted else lambda _: None)


def _counters(metrics: Metrics, topics: Sequence[TopicCard]) -> dict[type[Data], Counter]:
    names = {name for topic in topics for name in topic.types}
    return {EVENT_TYPES[name]: metrics.counter(cards.EVENTS_ACCEPTED, type=name) for name in sorted(names)}
