"""The thread that keeps the books' left side up to date, in whichever ingest process holds the lock for it."""

from collections.abc import Mapping
from threading import Event as Flag
from threading import Thread
from typing import Final

from services.contracts.metrics import BOOKS_AGE, BOOKS_RESIDUAL, DEAD_LETTERS_WAITING
from services.contracts.topics import TIP
from services.kit.clock import Clock
from services.kit.db import Engine, SessionLock, translated
from services.kit.errors import Unavailable
from services.kit.logs import described, get_logger
from services.kit.metrics import Metrics
from services.reporting.ingest.counting import LogCounter
from services.reporting.store import books, generations, rejects

LOCK: Final = "reporting books"
IDLE_S: Final = 1.0
AWAY_S: Final = 5.0
COMPARE_EVERY_S: Final = 30.0


class Bookkeeping:
    """Counts whenever there is something to count, and compares now and then."""

    def __init__(self, counter: LogCounter, database: Engine, clock: Clock, metrics: Metrics) -> None:
        self._counter = counter
        self._database = database
        self._clock = clock
        self._metrics = metrics
        self._lock = SessionLock(database, LOCK)
        self._stop = Flag()
        self._compare_at = 0.0
        self._caught_up_at = clock.monotonic()
        self._thread = Thread(target=self._run, name="books", daemon=True)

    def start(self) -> None:
        self._metrics.gauge(BOOKS_AGE).set_function(lambda: self._clock.monotonic() - self._caught_up_at)
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join(timeout=5)

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._stop.wait(self.round())
            except Unavailable as away:
                get_logger().warning("books wait", **described(away))
                self._stop.wait(AWAY_S)
        self._counter.close()
        self._lock.release()

    def round(self) -> float:
        """Counts once, if the books are ours; the seconds until the next round."""
        if not self._lock.acquire():
            self._caught_up_at = self._clock.monotonic()  # it is another process's age that matters
            return AWAY_S
        counted = self._counter.count()
        if counted == 0:
            self._caught_up_at = self._clock.monotonic()
        if self._clock.monotonic() >= self._compare_at:
            self._compare_at = self._clock.monotonic() + COMPARE_EVERY_S
            self._compare()
        return 0.0 if counted else IDLE_S

    def _compare(self) -> None:
        with translated(), self._database.begin() as connection:
            generations.lock_shared(connection)
            number = generations.current(connection)
            if number is None:
                return
            bound = generations.bind(connection, number)
            residuals, waiting = books.residuals(bound), rejects.waiting(bound)
        for card, values in ((BOOKS_RESIDUAL, residuals), (DEAD_LETTERS_WAITING, waiting)):
            self._metrics.clear(card)
            for topic, value in _without_tips(values).items():
                self._metrics.gauge(card, topic=topic).set(value)


def _without_tips(values: Mapping[str, int]) -> dict[str, int]:
    return {topic: value for topic, value in values.items() if topic != TIP.name}
