"""The outbox on its way to the log: at least once, in its order, after the transaction that decided it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Event as Flag
from typing import Final, NamedTuple

from services.contracts import metrics as cards
from services.contracts.records import Position
from services.kit.clock import Clock
from services.kit.db import translated
from services.kit.errors import Unavailable
from services.kit.eventlog.port import Appender
from services.kit.logs import described, get_logger
from services.kit.metrics import Metrics
from services.reporting.evaluate.turn import Step, no_step
from services.reporting.store import outbox
from services.reporting.store.outbox import Box
from services.reporting.store.snapshots import Engine
from services.reporting.store.told import Positions, move_told_positions

BATCH: Final = 500
ACK_DEADLINE_S: Final = 5.0
IDLE_S: Final = 0.5
FIRST_REST_S: Final = 0.5
LONGEST_REST_S: Final = 10.0


class Lane(NamedTuple):
    """From one outbox to one topic, and where it is noted how far that topic is known."""

    box: Box
    told: Positions
    relayed: cards.MetricCard


LANES: Final = (
    Lane("outbox", "told_position", cards.STATUS_PUBLISHED),
    Lane("obligation_outbox", "obligation_told_position", cards.OBLIGATIONS_PUBLISHED),
)


@dataclass
class Relay:
    """`publishing` is set while this process holds the evaluator's lock for the generation that is served.

    A record leaves the outbox once it is acknowledged. What a crash repeats has the same id and sequence.
    """

    engine: Engine
    appender: Appender
    clock: Clock
    metrics: Metrics
    publishing: Flag
    step: Step = no_step

    def run(self, stop: Flag) -> None:
        """Until asked to stop; while the log or the database is away the outbox keeps what it has."""
        rest_s = FIRST_REST_S
        while not stop.is_set():
            try:
                relayed = self.once() if self.publishing.is_set() else 0
                rest_s = FIRST_REST_S
                if relayed < BATCH:
                    stop.wait(IDLE_S)
            except Unavailable as away:
                get_logger().warning("relay rests", **described(away))
                stop.wait(rest_s)
                rest_s = min(2 * rest_s, LONGEST_REST_S)

    def once(self) -> int:
        """Relays the oldest records; how many. Raises Unavailable, after which all of them are still there."""
        return sum(self._once(lane) for lane in LANES)

    def _once(self, lane: Lane) -> int:
        with translated(), self.engine.begin() as connection:
            waiting = outbox.oldest(connection, BATCH, lane.box)
        if not waiting:
            return 0
        self.step("read")
        written = self.appender.append([entry.record for entry in waiting], ACK_DEADLINE_S)
        self.step("appended")
        with translated(), self.engine.begin() as connection:
            outbox.delete(connection, [entry.id for entry in waiting], lane.box)
            move_told_positions(connection, _ends(written), lane.told)
        self.step("deleted")
        self.metrics.counter(lane.relayed).inc(len(waiting))
        return len(waiting)


def _ends(written: Sequence[Position]) -> dict[int, int]:
    """One after the last of each partition."""
    return {place.partition: place.offset + 1 for place in sorted(written)}


def age_s(since: datetime | None, now: datetime) -> float:
    """How long something has waited; 0 when nothing waits."""
    return 0.0 if since is None else max(0.0, (now - since).total_seconds())
