"""The sweeper: public facts of tips leave together, shuffled, once an hour or more seldom.

At the end of a slot everything that came in it is closed over; what is closed is appended whenever the log is there.
A crash between append and forgetting appends again, under the same ids: that counts once (promise P2).
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from threading import Event as Flag
from typing import Final

from services.kit.clock import Clock, Deadline
from services.kit.db import Connection, translated
from services.kit.errors import Unavailable
from services.kit.eventlog.port import Appender
from services.kit.logs import described, get_logger
from services.notify.intake.take import Vault
from services.notify.store import sweeping, vault
from services.notify.store.secrets import secrets as secret_store

AT_ONCE: Final = 500
APPEND_WITHIN_S: Final = 20.0
TRY_AGAIN_S: Final = 30.0
CLOSE_WITHIN_S: Final = 60.0
ORPHANS_AFTER: Final = timedelta(days=2)


@dataclass(frozen=True)
class Sweeper:
    """`slot_s`: how long a slot lasts; slots are counted from the epoch, the same for every process."""

    vault: Vault
    log: Appender
    clock: Clock
    slot_s: int
    swept: Callable[[], None] = lambda: None

    def now(self) -> int:
        return int(self.clock.now().timestamp()) // self.slot_s

    def left_s(self) -> float:
        """Until the slot ends."""
        return self.slot_s - self.clock.now().timestamp() % self.slot_s

    def end_of_slot(self) -> None:
        """What is done at the end of each slot. Raises Unavailable.

        Whoever comes too late closes nothing: what has come since the end would leave in too small a company.
        """
        if self.slot_s - self.left_s() <= CLOSE_WITHIN_S:
            self.vault.transact(lambda connection: sweeping.close_slot(connection, self.now()))
        self.publish(APPEND_WITHIN_S)
        self.clear_away()
        self.swept()

    def sweep_sandbox(self, programme: str, left_s: float) -> int:
        """Everything of a sandbox, now. Raises Unavailable."""
        self.vault.transact(lambda connection: sweeping.close_over(connection, programme, self.now()))
        return self.publish(left_s)

    def publish(self, within_s: float) -> int:
        """Append what slots have closed over; how many facts. Raises Unavailable, and then some may be appended."""
        deadline, published = Deadline(self.clock, within_s), 0
        while count := self.vault.transact(lambda connection: self._publish(connection, deadline.left_s)):
            published += count
        return published

    def clear_away(self) -> None:
        """Secrets whose time is over, and those which a crash has left without a row."""
        today = self.vault.today()
        with translated(), self.vault.secrets.begin() as connection:
            secret_store.destroy_due(connection, today)
            old = secret_store.kept_before(connection, today - ORPHANS_AFTER)
        orphans = old - self.vault.transact(lambda connection: vault.there(connection, old))
        with translated(), self.vault.secrets.begin() as connection:
            secret_store.destroy(connection, orphans)

    def _publish(self, connection: Connection, left_s: float) -> int:
        facts = sweeping.take(connection, AT_ONCE)
        if facts:
            records = list(facts.values())
            random.SystemRandom().shuffle(records)
            self.log.append(records, left_s)
            sweeping.forget(connection, set(facts))
        return len(facts)


def run(sweeper: Sweeper, ended: Flag) -> None:
    """Until `ended`: sleep to the end of the slot and sweep; while the log or a database is away, try again."""
    wait_s = sweeper.left_s()
    while not ended.wait(wait_s):
        wait_s = sweeper.left_s() if _done(sweeper) else min(TRY_AGAIN_S, sweeper.left_s())


def _done(sweeper: Sweeper) -> bool:
    try:
        sweeper.end_of_slot()
    except Unavailable as away:
        get_logger().warning("tips not swept", **described(away))
        return False
    return True
