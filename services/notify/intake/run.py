"""The intake of tips: every part made, connected and served.

It differs from the other doors in what it needs to be ready: its two databases and a programme. The log may be away.
"""

from threading import Event as Flag
from typing import Final

from services.contracts import metrics as cards
from services.contracts.programme import Programme, local_date
from services.contracts.programme.registry import Registry
from services.contracts.topics import PROGRAMME, TIP
from services.intake import programmes
from services.intake.desk import Desk
from services.intake.door import Door
from services.intake.opening import METRICS as DOOR_METRICS
from services.kit.auth import Verifier
from services.kit.clock import SystemClock
from services.kit.clock_guard import ClockGuard, watch
from services.kit.db import Engine, engine, reachable
from services.kit.eventlog.follow import Follower
from services.kit.eventlog.kafka import KafkaAdmin, KafkaAppender
from services.kit.health import Health
from services.kit.http_server import Served, serve_http
from services.kit.keys import KeySet
from services.kit.metrics import Metrics
from services.kit.receipts import Signer
from services.kit.runtime import Die, spawn
from services.kit.web import create_app
from services.notify.intake import sweeping
from services.notify.intake.api import TipDesk, mount_tips
from services.notify.intake.asking import Budget
from services.notify.intake.page import mount_page
from services.notify.intake.sweeping import Sweeper
from services.notify.intake.take import Vault
from services.notify.settings import NotifyIntakeSettings

METRICS: Final = (*DOOR_METRICS, cards.TIP_SWEEP_OVERDUE)


def serve_intake(settings: NotifyIntakeSettings) -> int:
    """Until SIGTERM; the exit code."""
    return serve_http(lambda die: opened(settings, die), settings.bind, settings.threads, limits=settings)


def opened(settings: NotifyIntakeSettings, die: Die) -> Served:
    """The app with its connections being made. To be called after the fork. Raises Misconfigured."""
    metrics, clock, ended = Metrics(METRICS), SystemClock(), Flag()
    guard = ClockGuard(clock, "log", metrics)
    appender = KafkaAppender(settings.log(), [TIP, PROGRAMME], metrics, clock, die, counted=False)
    admin = KafkaAdmin(settings.log())
    following = programmes.follow(settings.log(), admin)
    metrics.gauge(cards.PROGRAMME_FOLLOW_LAG).set_function(lambda: following.lag)
    vault = _vault(settings, clock)
    sweeper = _sweeper(vault, appender, clock, settings, metrics)
    receipts = Signer.load(settings.receipt_keys_dir)
    door = Door(appender, lambda name: programmes.active(following, name), receipts, guard)
    desk = Desk(door, Verifier(KeySet(settings.jwks, clock), guard), settings.max_body_bytes)
    app = create_app(
        "notify-intake",
        metrics=metrics,
        health=_health(vault, following, guard),
        clock=clock,
        jwks=receipts.jwks,
        budget_s=settings.request_deadline_ms / 1000,
    )
    at = TipDesk(
        desk, vault, sweeper, Budget(clock, settings.questions_a_minute), lambda: _open_programmes(following.state)
    )
    mount_tips(app, at)
    mount_page(app, at)
    appender.start()
    following.start()
    watch(guard, KafkaAdmin(settings.log()).clock, ended, die)  # of its own: nobody waits for what it is asking
    spawn("tip-sweeper", lambda: sweeping.run(sweeper, ended), die)
    return Served(app, lambda: _close(ended, following, admin, vault, appender, settings.drain_timeout_ms))


def _close(
    ended: Flag,
    following: Follower[Registry],
    admin: KafkaAdmin,
    vault: Vault,
    appender: KafkaAppender,
    drain_timeout_ms: int,
) -> int:
    ended.set()
    following.stop()
    admin.close()
    vault.rows.dispose()
    vault.secrets.dispose()
    return appender.close(drain_timeout_ms / 1000)


def _health(vault: Vault, following: Follower[Registry], guard: ClockGuard) -> Health:
    """Programmes and clock must have been known once; that the log is away since is no reason to turn anybody away."""
    return Health(
        ready={
            "vault": lambda: reachable(vault.rows),
            "secrets": lambda: reachable(vault.secrets),
            "programmes": following.ready,
            "clock": guard.ready,
        }
    )


def _vault(settings: NotifyIntakeSettings, clock: SystemClock) -> Vault:
    rows, secrets = (
        _database(url, settings) for url in (settings.notify_database_url, settings.notify_secrets_database_url)
    )
    return Vault(rows, secrets, settings.secret_days, lambda: local_date(clock.now()))


def _database(url: str, settings: NotifyIntakeSettings) -> Engine:
    return engine(
        url,
        pool_size=settings.threads,
        application_name="notify intake",
        statement_timeout_ms=settings.statement_timeout_ms,
    )


def _sweeper(
    vault: Vault, appender: KafkaAppender, clock: SystemClock, settings: NotifyIntakeSettings, metrics: Metrics
) -> Sweeper:
    slot_s, last = settings.slot_minutes * 60, [clock.monotonic()]
    overdue = metrics.gauge(cards.TIP_SWEEP_OVERDUE)
    overdue.set_function(lambda: max(0.0, clock.monotonic() - last[0] - slot_s))

    def swept() -> None:
        last[0] = clock.monotonic()

    return Sweeper(vault, appender, clock, slot_s, swept)


def _open_programmes(registry: Registry) -> list[Programme]:
    """Those that count now, real ones first."""
    found = (registry.active(name) for name in registry.ids() if name not in registry.closed)
    return sorted((one for one in found if one is not None), key=lambda one: (one.sandbox, one.id))
