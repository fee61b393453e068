"""The life of an evaluator: wait for the lock, take turns for every programme, give way when it is lost."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from threading import Event as Flag
from typing import Final

from services.kit.clock import Clock
from services.kit.clock_guard import ClockGuard
from services.kit.errors import Fenced, Unavailable
from services.kit.logs import described, get_logger
from services.kit.runtime import Heartbeat
from services.reporting.evaluate.gauges import Gauges
from services.reporting.evaluate.recall import Memory
from services.reporting.evaluate.turn import Limits, Step, Turn, no_step, take_turn
from services.reporting.store.lease import FROZEN_AFTER_S, Lease, Work, acquire
from services.reporting.store.now import time_there
from services.reporting.store.pending import drop_orphan_marks
from services.reporting.store.programmes import NOTHING, Known, folded, read_programmes, unread
from services.reporting.store.snapshots import Engine
from services.reporting.store.told import told_positions

STANDBY_POLL_S: Final = 1.0
POLL_S: Final = 1.0
FIRST_REST_S: Final = 0.2
LONGEST_REST_S: Final = 5.0


@dataclass
class Evaluator:
    """`generation` None: whichever is served. `publishing` is set while the lock is ours for the one that is served.

    `evaluates`: the generation in hand, None while this process stands by. `away`: why it cannot work. With a `guard`
    nothing is evaluated while our clock and the database's are apart: another process may, where they are not. The
    lock is lost to a standby when this process has been frozen for `frozen_after_s`.
    """

    engine: Engine
    clock: Clock
    gauges: Gauges
    generation: int | None = None
    limits: Limits = field(default_factory=Limits)
    step: Step = no_step
    publishing: Flag = field(default_factory=Flag)
    memory: Memory = field(default_factory=Memory)
    known: Known = NOTHING
    evaluates: int | None = None
    away: str = ""
    guard: ClockGuard | None = None
    frozen_after_s: int = FROZEN_AFTER_S
    rest_s: float = FIRST_REST_S

    def __post_init__(self) -> None:
        self.heartbeat = Heartbeat(self.clock)

    @property
    def standing(self) -> str:
        if self.memory.waiting:
            return "waits until the facts of what was told are read again"
        return "standby" if self.evaluates is None else f"evaluates generation {self.evaluates}"

    def run(self, stop: Flag) -> None:
        """Until asked to stop, between two transactions."""
        while not stop.is_set():
            self.heartbeat.beat()
            try:
                lease = acquire(self.engine, self.generation, self.frozen_after_s)
                if lease is None:
                    self._is_well()
                    stop.wait(STANDBY_POLL_S)
                else:
                    self._hold(lease, stop)
            except Fenced as fenced:
                get_logger().info("gives way", detail=str(fenced))
            except Unavailable as away:
                self._rest(away, stop)

    def _is_well(self) -> None:
        self.rest_s, self.away = FIRST_REST_S, ""

    def _rest(self, away: Unavailable, stop: Flag) -> None:
        self.away = away.detail
        if away.dependency == "database":
            self.gauges.database_away.inc()
        get_logger().warning("evaluator rests", **described(away))
        stop.wait(self.rest_s)
        self.rest_s = min(2 * self.rest_s, LONGEST_REST_S)

    def _hold(self, lease: Lease, stop: Flag) -> None:
        get_logger().info("evaluates", generation=lease.generation)
        self.known = NOTHING
        self.evaluates = lease.generation
        self.gauges.active.set(1)
        try:
            while not stop.is_set():
                self.heartbeat.beat()
                more = self.once(lease)
                self._is_well()
                if not more:
                    lease.wait(POLL_S)
        finally:
            self.evaluates = None
            self.publishing.clear()
            self.memory.forget()
            self.gauges.active.set(0)
            self.gauges.forget()
            lease.close()

    def once(self, lease: Lease) -> bool:
        """One turn for every programme; whether there is more to do at once."""
        self._learn(lease)
        with lease.work() as work:
            self.known = read_programmes(work.connection, self.known)
            drop_orphan_marks(work.connection, self.known.registry.ids())
            publishes, told = work.publishes, told_positions(work.connection)
            told_of_obligations = told_positions(work.connection, "obligation_told_position")
        if not publishes:
            self.publishing.clear()
        elif not self.publishing.is_set() and not self._remembers(lease, told, told_of_obligations):
            return False
        turns = [self._turn(lease, programme_id) for programme_id in self.known.registry.ids()]
        return any(turn.more for turn in turns)

    def _learn(self, lease: Lease) -> None:
        """New programmes, which are parsed while no transaction stands idle."""
        with lease.work() as work:
            found = unread(work.connection, self.known)
        self.known = folded(self.known, found)

    def _remembers(self, lease: Lease, told: Mapping[int, int], obligations: Mapping[int, int]) -> bool:
        """Nothing is evaluated, nor relayed, before what was told is known here."""
        self.memory.read(told, obligations, partial(self._is_alive, lease))
        with lease.work() as work:
            if not self.memory.take_over(work, self.known.registry):
                return False
        self.memory.forget()
        self.publishing.set()
        return True

    def _is_alive(self, lease: Lease) -> None:
        self.heartbeat.beat()
        lease.touch()

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
            turn = take_turn(work, programme, self._instant(work), self.limits, self.step)
        self.step("committed")
        self.gauges.took(turn, self.clock.monotonic() - began)
        if not programme.sandbox:  # there the caller's clock rules, and says nothing about ours
            self.gauges.fresh(turn, self.clock.now())
        return turn

    def _instant(self, work: Work) -> datetime:
        """Our time; Unavailable while it is not the database's too."""
        return self.clock.now() if self.guard is None else self.guard.check(lambda: time_there(work.connection))


def every(seconds: float, task: Callable[[], None], stop: Flag) -> None:
    """Runs a task again and again; one that finds something unavailable is tried again at its next time."""
    while not stop.wait(seconds):
        try:
            task()
        except Unavailable as away:
            get_logger().warning("not looked", **described(away))
