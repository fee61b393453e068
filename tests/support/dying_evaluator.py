"""An evaluator that kills itself, as kill -9 does, or freezes, at a named step: STEP NTH LOG SIGKILL|SIGSTOP.

It works until there is nothing to do, 300 cells at a time, and relays after every round. LOG is a file that keeps what
was appended, one event a line; DATABASE_URL names the database. "done" says that it was not killed.
"""

import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from signal import Signals

from services.contracts import metrics as cards
from services.contracts.records import Position, Record
from services.kit.clock import SystemClock
from services.kit.db import engine
from services.kit.metrics import Metrics
from services.reporting.evaluate.gauges import Gauges
from services.reporting.evaluate.loop import Evaluator
from services.reporting.evaluate.relay import Relay
from services.reporting.evaluate.turn import Limits, Step
from services.reporting.store.lease import acquire
from tests.support.dying_ingest import dying_at

CELLS = 300
FROZEN_AFTER_S = 2


class FileLog:
    """A log that survives its process: what is appended is on the disk."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def append(self, records: Sequence[Record], deadline_s: float) -> list[Position]:
        with self._path.open("ab") as file:
            file.writelines(dict(record.headers)["ce_id"] + b" " + record.value + b"\n" for record in records)
        return [Position(record.topic, 0, 0) for record in records]

    def close(self, deadline_s: float) -> int:
        return 0


def work(url: str, log: Path, step: Step) -> None:
    """Everything there is to do, then the end."""
    database, clock, metrics = (
        engine(url, pool_size=3, application_name="dying"),
        SystemClock(),
        Metrics(cards.CATALOGUE),
    )
    evaluator = Evaluator(database, clock, Gauges(metrics), limits=Limits(cells=CELLS), step=step)
    relay = Relay(database, FileLog(log), clock, metrics, evaluator.publishing, step)
    while (lease := acquire(database, frozen_after_s=FROZEN_AFTER_S)) is None:
        time.sleep(0.02)  # the session of one that was killed, or froze, is still about to end
    more = True
    while more:
        more = evaluator.once(lease)
        while relay.once():
            pass
    lease.close()
    database.dispose()


if __name__ == "__main__":
    work(os.environ["DATABASE_URL"], Path(sys.argv[3]), dying_at(sys.argv[1], int(sys.argv[2]), Signals[sys.argv[4]]))
    print("done")  # noqa: T201
