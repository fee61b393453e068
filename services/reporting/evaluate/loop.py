"""The life of an evaluator: wait for the lock, take turns for every programme, give way when it is lost."""

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event as Flag
from typing import Final

from services.kit.clock import Clock
from services.kit.errors import Fenced, Unavailable
from services.kit.logs import described, get_logger
from services.kit.runtime import Heartbeat
from services.reporting.evaluate.gauges import Gauges
from services.reporting.evaluate.turn import Limits, Step, Turn, no_step, take_turn
from services.reporting.store.lease import Lease, acquire
from services.reporting.store.pending import drop_orphan_marks
from services.reporting.store.programmes import NOTHING, Known, read_programmes
from services.reporting.store.snapshots import Engine

STANDBY_POLL_S: Final = 1.0
POLL_S: Final = 1.0
FIRST_REST_S: Final = 0.2
LONGEST_REST_S: Final = 5.0


@dataclass
class Evaluator:
    """`generation` None: whichever is served. `publishing` is set while the lock is ours for the one that is served.

    `evaluates`: the generation in hand, None while this process stands by. `away`: why the database does not answer.
    """

    engine: Engine
    clock: Clock
    gauges: Gauges
    generation: int | None = None
    limits: Limits = field(default_factory=Limits)
    step: Step = no_step
    publishing: Flag = field(default_factory=Flag)
    known: Known = NOTHING
    evaluates: int | None = None
    away: str = ""

    def __post_init__(self) -> None:
        self.heartbeat = Heartbeat(self.clock)

    @property
    def standing(self) -> str:
        return "standby" if self.evaluates is None else f"evaluates generation {self.evaluates}"

    def run(self, stop: Flag) -> None:
        """Until asked to stop, between two transactions."""
        rest_s = FIRST_REST_S
        while not stop.is_set():
            self.heartbeat.beat()
            try:
                lease = acquire(self.engine, self.generation)
                rest_s, self.away = FIRST_REST_S, ""
                if lease is None:
                    stop.wait(STANDBY_POLL_S)
                else:
                    self._hold(lease, stop)
            except Fenced as fenced:
                get_logger().info("gives way", detail=str(fenced))
            except Unavailable as away:
                self.away = away.detail
                self.gauges.database_away.inc()
                get_logger().warning("evaluator rests", **described(away))
                stop.wait(rest_s)
                rest_s = min(2 * rest_s, LONGEST_REST_S)

    def _hold(self, lease: Lease, stop: Flag) -> None:
        get_logger().info("evaluates", generation=lease.generation)
        self.known = NOTHING
        self.evaluates = lease.generation
        self.gauges.active.set(1)
        try:
            while not stop.is_set():
                self.heartbeat.beat()
                if not self.once(lease):
                    lease.wait(POLL_S)
        finally:
            self.evaluates = None
            self.publishing.clear()
            self.gauges.active.set(0)
            self.gauges.forget()
            lease.close()

    def once(self, lease: Lease) -> bool:
        """One turn for every programme; whether there is more to do at once."""
        with lease.work() as work:
            self.known = read_programmes(work.connection, self.known)
            drop_orphan_marks(work.connection, self.known.registry.ids())
            (self.publishing.set if work.publishes else self.publishing.clear)()
        turns = [self._turn(lease, programme_id) for programme_id in self.known.registry.ids()]
        return any(turn.more for turn in turns)

    def _turn(self, lease: Lease, programme_id: str) -> Turn:
        """A transaction reads the programme in the snapshot in which it evaluates."""
        self.heartbeat.beat()
        began = self.clock.monotonic()
        with lease.work() as work:
            self.step("began")
            self.known = read_programmes(work.connection, self.known)
            programme = self.known.registry.active(programme_id)
            if programme is None:
                return Turn()
            turn = take_turn(work, programme, self.clock.now(), self.limits, self.step)
        self.step("committed")
        self.gauges.took(turn, self.clock.monotonic() - began)
        if not programme.sandbox:  # there the caller's clock rules, and says nothing about ours
            self.gauges.fresh(turn, self.clock.now())
        return turn


def every(seconds: float, task: Callable[[], None], stop: Flag) -> None:
    """Runs a task again and again; one that finds something unavailable is tried again at its next time."""
    while not stop.wait(seconds):
        try:
            task()
        except Unavailable as away:
            get_logger().warning("not looked", **described(away))
