"""`notify dispatch`: decides (one process of several), sends (every one), and answers over HTTP. The composition."""

import os
import random
import sys
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from threading import Event as Flag
from threading import Thread
from typing import Final

import click

from services.contracts import metrics as cards
from services.contracts.programme import Registry
from services.intake import programmes
from services.intake.commands import checking
from services.kit import logs, runtime
from services.kit.auth import Verifier
from services.kit.clock import SystemClock
from services.kit.clock_guard import ClockGuard, watch
from services.kit.db import Engine, SessionLock, engine, translated
from services.kit.errors import Misconfigured, Unavailable
from services.kit.eventlog.follow import Follower
from services.kit.eventlog.kafka import KafkaAdmin, KafkaReader
from services.kit.eventlog.port import LogIdentity
from services.kit.health import Check, Health
from services.kit.http_server import Served, serve_http
from services.kit.keys import KeySet
from services.kit.metrics import Metrics
from services.kit.runtime import BUG, MISCONFIGURED, Die, StuckDetector
from services.kit.settings import load
from services.kit.web import counting_refusals, create_app
from services.notify.dispatch.answering import link
from services.notify.dispatch.api import Counter, mount_notices
from services.notify.dispatch.deciding import Terms
from services.notify.dispatch.desk import DispatchDesk
from services.notify.dispatch.gauges import CARDS, Gauges
from services.notify.dispatch.loop import Deciding
from services.notify.dispatch.outfit import notice_key, ways
from services.notify.dispatch.postroom import Postroom
from services.notify.dispatch.sending import Sender, Step, no_step
from services.notify.dispatch.source import Source
from services.notify.settings import DISPATCH, NotifyDispatchSettings
from services.notify.store import post
from services.notify.store.rows import TIPS

LOCK: Final = "notify dispatch"
LOOK_EVERY_S: Final = 5.0
DRAIN_S: Final = 25.0
STATEMENT_TIMEOUT_MS: Final = 30_000


@click.command("dispatch")
@click.option("--check", is_flag=True, help="Chỉ in cấu hình. / Only print the settings.")
def command(*, check: bool) -> None:
    """Gửi thông báo và leo thang khi không ai trả lời. / Send notices, and climb when nobody answers."""
    if check:
        checking(DISPATCH, NotifyDispatchSettings)()
    logs.configure("notify dispatch")
    sys.exit(runtime.run(lambda _stop: _serve(load(DISPATCH, NotifyDispatchSettings, os.environ))))


def _serve(settings: NotifyDispatchSettings) -> int:
    return serve_http(partial(opened, settings), settings.bind, settings.threads, limits=settings)


def opened(settings: NotifyDispatchSettings, die: Die, step: Step = no_step) -> Served:
    """The app with its loops running. To be called after the fork. Raises Misconfigured."""
    shop = _Shop(settings, die, step)
    app = create_app("notify-dispatch", metrics=shop.metrics, health=shop.health(), clock=shop.clock)
    verifier = Verifier(KeySet(settings.jwks, shop.clock), shop.guard)
    mount_notices(app, Counter(shop.database, shop.terms, verifier, shop.guard, shop.key))
    shop.start()
    return Served(app, shop.close, counting_refusals(shop.metrics))


class _Shop:
    """Every part of one process."""

    def __init__(self, settings: NotifyDispatchSettings, die: Die, step: Step) -> None:
        self._settings, self._die, self._step, self._stop = settings, die, step, Flag()
        self.key = notice_key(Path(settings.notice_key))
        self.metrics, self.clock = Metrics(CARDS), SystemClock()
        self._gauges = Gauges(self.metrics, self.clock)
        self.guard = ClockGuard(self.clock, "database", self.metrics)
        self.database = engine(
            settings.notify_database_url,
            pool_size=settings.threads + settings.senders + 4,
            application_name=LOCK,
            statement_timeout_ms=STATEMENT_TIMEOUT_MS,
        )
        self._admins = [KafkaAdmin(settings.log()) for _ in range(2)]
        self._following = programmes.follow(settings.log(), self._admins[0])
        self.metrics.gauge(cards.PROGRAMME_FOLLOW_LAG).set_function(lambda: self._following.lag)
        self.terms = Terms(
            programme=lambda its_id: programmes.active(self._following, its_id),
            retry_for=timedelta(hours=settings.retry_for_hours),
            stale_after=timedelta(days=settings.stale_after_days),
            sandboxes=settings.sandboxes,
        )
        self._deciding = self._decider()
        self._senders = [self._sender() for _ in range(settings.senders)]
        self._stuck = StuckDetector(self._deciding.heartbeat, settings.stuck_after_s, die)
        self._threads: list[Thread] = []

    def start(self) -> None:
        watch(self.guard, partial(_database_clock, self.database), self._stop, self._die)
        self._following.start()
        self._stuck.start()
        works = [self._deciding.run, *(sender.run for sender in self._senders), self._look]
        self._threads = [Thread(target=self._guarded, args=(work,), daemon=True) for work in works]
        for thread in self._threads:
            thread.start()

    def health(self) -> Health:
        deciding, limit_s = self._deciding, self._settings.stuck_after_s

        def standing() -> Check:
            return Check(not deciding.away, deciding.away or ("active" if deciding.active else "standby"))

        return Health(
            live={"loop": lambda: deciding.heartbeat.check(limit_s)},
            ready={
                "deciding": lambda: Check(
                    not deciding.away, deciding.away or ("active" if deciding.active else "standby")
                ),
                "programmes": self._following.ready,
                "clock": self.guard.ready,
            },
        )

    def close(self) -> int:
        """Finishes what is being sent; what is not is taken up by another process, or by the next one."""
        self._stop.set()
        for thread in self._threads:
            thread.join(DRAIN_S)
        self._stuck.stop()
        self._following.stop()
        for admin in self._admins:
            admin.close()
        self.database.dispose()
        return 0

    def _decider(self) -> Deciding:
        log = self._settings.log()
        expected = LogIdentity(log.cluster_id, log.topic_ids or {}) if log.cluster_id else None
        source = Source(self._admins[1], partial(KafkaReader.of_partitions, log), expected)
        known: Callable[[], Collection[str]] = partial(_known, self._following)
        desk = DispatchDesk(self.database, self.terms, known, self._gauges.decided, self._gauges.skipped)
        deciding = Deciding(source, desk, SessionLock(self.database, LOCK), self.guard, self._gauges.lag)
        self.metrics.gauge(cards.DISPATCH_ACTIVE).set_function(lambda: float(deciding.active))
        self.metrics.gauge(cards.DISPATCH_HEARTBEAT_AGE).set_function(deciding.heartbeat.age_s)
        return deciding

    def _sender(self) -> Sender:
        return Sender(
            post=Postroom(self.database, self.terms),
            ways=ways(self._settings, self.key, self.clock),
            programme=self.terms.programme,
            link=partial(link, self.key, self._settings.answers_at),
            clock=self.guard,
            chance=random.random,
            told=self._gauges.attempted,
            step=self._step,
        )

    def _look(self, stop: Flag) -> None:
        while not stop.wait(LOOK_EVERY_S):
            breakers = {name: one for sender in self._senders for name, one in dict(sender.breakers).items()}
            try:
                with translated(), self.database.connect() as connection:
                    self._gauges.standing(post.standing(connection, self.clock.now(), TIPS), breakers)
            except Unavailable:
                self.metrics.counter(cards.DATABASE_UNAVAILABLE).inc()

    def _guarded(self, work: Callable[[Flag], None]) -> None:
        """A loop that ends before its time takes the process with it: nobody would notice a silent sender."""
        try:
            work(self._stop)
        except Misconfigured as error:
            self._die(MISCONFIGURED, str(error))
        finally:
            if not self._stop.is_set():
                self._die(BUG, f"{work!r} has ended")


def _known(following: Follower[Registry]) -> Collection[str]:
    registry = following.state
    return [its_id for its_id in registry.ids() if its_id not in registry.closed and not _sandbox(registry, its_id)]


def _sandbox(registry: Registry, its_id: str) -> bool:
    programme = registry.active(its_id)
    return programme is not None and programme.sandbox


def _database_clock(database: Engine) -> datetime:
    with translated(), database.connect() as connection:
        return post.database_clock(connection)
