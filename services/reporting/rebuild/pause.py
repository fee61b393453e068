"""A pause of seconds in which nobody writes: the new generation reads the short rest and is evaluated to one `now`."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import sleep
from typing import Final

from services.contracts import metrics as cards
from services.kit.clock import Deadline
from services.kit.db import translated
from services.kit.errors import Unavailable
from services.kit.metrics import Metrics
from services.reporting.evaluate.gauges import Gauges
from services.reporting.evaluate.loop import Evaluator
from services.reporting.rebuild.filling import Filling
from services.reporting.store import generations, switching
from services.reporting.store.lease import Lease, Work, acquire
from services.reporting.store.schema import PROJECTION_VERSION

SHORT: Final = 2_000
"""So few records may be left for the pause."""
PASSES: Final = 50
LEASE_WITHIN_S: Final = 10.0
LOOK_EVERY_S: Final = 0.1


@dataclass
class Rebuild:
    """One generation on its way. `tell` is called after every batch and every step of the evaluation."""

    filling: Filling
    tell: Callable[[], None] = lambda: None
    stopped: Callable[[], bool] = field(default=lambda: False)
    wait: Callable[[float], object] = field(default=sleep)

    @property
    def number(self) -> int:
        return self.filling.number

    def catch_up(self) -> None:
        """Beside the served generation, which goes on meanwhile, until little is left. Raises Unavailable."""
        for _ in range(PASSES):
            if not self.filling.read_on(self._goes_on):
                raise Unavailable("generation", detail="stopped")
            self._settle()
            if self.filling.progress().behind <= SHORT:
                return

    def _goes_on(self) -> bool:
        self.tell()
        return not self.stopped()

    def _settle(self) -> None:
        lease = leased(self)
        try:
            if not settled(self, lease, self._goes_on):
                raise Unavailable("generation", detail="stopped")
            with lease.work() as work:
                if work.served is not None:
                    switching.keep_instants(work.connection, self.number, work.served)
        finally:
            lease.close()


def leased(rebuild: Rebuild) -> Lease:
    """Raises Unavailable when another process evaluates this generation, and does not end.

    Who evaluated it while it was served gives way within a second; the server takes a moment to end a session of ours.
    """
    patience = Deadline(rebuild.filling.clock, LEASE_WITHIN_S)
    while (lease := acquire(rebuild.filling.database, rebuild.number)) is None:
        if not patience.left_s:
            raise Unavailable("generation", detail=f"another process evaluates generation {rebuild.number}: stop it")
        rebuild.wait(LOOK_EVERY_S)
    return lease


def settled(rebuild: Rebuild, lease: Lease, goes_on: Callable[[], bool]) -> bool:
    """Evaluates up to the `now` of the served generation, and publishes nothing; whether it got there."""
    gauges = Gauges(Metrics(cards.CATALOGUE))
    evaluator = Evaluator(rebuild.filling.database, rebuild.filling.clock, gauges, rebuild.number)
    while evaluator.once(lease):
        if not goes_on():
            return False
    return True


@dataclass(frozen=True)
class Pause:
    """`lease` holds the lock of the switch. Whatever is done in it must be done by `deadline`."""

    lease: Lease
    deadline: Deadline

    @contextmanager
    def work(self) -> Iterator[tuple[Work, int]]:
        """A transaction in the new generation, and the number of the served one. Raises Unavailable."""
        with self.lease.work() as work:
            if work.served is None:
                raise Unavailable("database", detail="no generation is served yet")
            yield work, work.served
            self.in_time()

    def in_time(self) -> None:
        """Raises Unavailable when it has taken too long: then nothing has happened."""
        if not self.deadline.left_s:
            raise Unavailable("time", detail="the rest was too much for one pause")


@contextmanager
def paused(rebuild: Rebuild, within_s: float) -> Iterator[Pause]:
    """Raises Unavailable when the pause would take longer; everybody goes on then as before."""
    lease = leased(rebuild)
    try:
        with translated(), lease.alone(int(within_s * 1_000)):
            deadline = Deadline(rebuild.filling.clock, within_s)
            rebuild.filling.hold_off(switching=True)
            pause = Pause(lease, deadline)
            if not rebuild.filling.read_on(lambda: deadline.left_s > 0):
                pause.in_time()
            if not settled(rebuild, lease, lambda: deadline.left_s > 0):
                pause.in_time()
            yield pause
    finally:
        rebuild.filling.hold_off(switching=False)
        lease.close()


def may_be_served(rebuild: Rebuild) -> None:
    """Raises Unavailable when this release cannot keep the generation up to date."""
    with translated(), rebuild.filling.database.begin() as connection:
        found = generations.projection_version(connection, rebuild.number)
    if found != PROJECTION_VERSION:
        raise Unavailable("generation", detail=f"it is of projection version {found}, another release's")
