"""Two transactions that overlap, stopped between named statements in every order, leave what one after the other would.

Each runs in a thread. A schedule says whose turn the next step is; one that waits for a lock of the other is passed
over until the other has gone on. That it waits is asked of the database, not guessed from a time.
"""

from collections.abc import Sequence
from datetime import timedelta
from itertools import combinations_with_replacement
from queue import Empty, Queue
from threading import Thread

import pytest
from sqlalchemy import Connection, Engine, create_engine, text

from services.contracts.events import Event
from services.kit.db import retry_conflicts
from services.reporting.store import generations
from services.reporting.store.recount import differences
from tests.support.facts_store import Stream, empty
from tests.support.streams import DAY, NOON, W1, W2, W3, approved, event, report, signed, withdrawn

LATER = DAY + timedelta(days=3)
STEPS = ("remembered", "locked", "history", "advanced")
Case = tuple[Sequence[Event], Sequence[Event], Sequence[Event]]
"""What is there before, and what the two write."""

CASES: dict[str, Case] = {
    "two wards' sheets of one new signer": (
        [],
        [event(signed({1: DAY, 2: LATER}, W1), key=1)],
        [event(signed({1: LATER, 2: DAY}, W2), key=2)],
    ),
    "two wards' sheets of a known signer": (
        [event(signed({1: LATER}, W3), key=9)],
        [event(signed({1: DAY}, W1), key=1)],
        [event(signed({1: DAY - timedelta(days=1)}, W2), key=2)],
    ),
    "one new id with two bodies": (
        [],
        [event(signed({1: DAY}, W1), key=1, at=NOON)],
        [event(signed({1: LATER, 3: DAY}, W2), key=1, at=NOON + timedelta(hours=1))],
    ),
    "one known id with two more bodies": (
        [event(signed({1: DAY}, W1), key=1, at=NOON + timedelta(hours=2))],
        [event(signed({2: DAY}, W1), key=1, at=NOON + timedelta(hours=1))],
        [event(signed({3: DAY}, W2), key=1, at=NOON)],
    ),
    "withdrawal and signature": (
        [],
        [event(signed({1: DAY}, W1), key=1)],
        [event(withdrawn(1, LATER), key=2)],
    ),
    "withdrawal and earlier signature of a known signer": (
        [event(signed({1: LATER}, W1), key=9)],
        [event(signed({1: DAY}, W2), key=1)],
        [event(withdrawn(1, LATER), key=2)],
    ),
    "reports": (
        [],
        [event(report({"propaganda_sessions": 1}), key=1), event(signed([1]), key=3)],
        [
            event(approved(report({"propaganda_sessions": 1})), key=2),
            event(report(None), key=1, at=NOON - timedelta(hours=1)),
        ],
    ),
    "ids and signers crossed": (
        [],
        [event(signed({1: DAY}, W1), key=1, at=NOON + timedelta(hours=1)), event(signed({2: DAY}, W1), key=2)],
        [
            event(signed({2: LATER}, W2), key=1, at=NOON),
            event(withdrawn(1, LATER), key=3),
            event(signed([1], W2), key=2),
        ],
    ),
}


class Actor:
    """One transaction, which goes on by one step for every turn it is given."""

    def __init__(self, engine: Engine, partition: int, events: Sequence[Event]) -> None:
        self._stream = Stream(engine, partition=partition)
        self._events = events
        self._turns: Queue[None] = Queue()
        self._told: Queue[str] = Queue()
        self._thread = Thread(target=self._run, daemon=True)
        self.name = f"actor {partition}"
        self.done = False
        self.applied = False

    def start(self) -> None:
        self._thread.start()

    def _run(self) -> None:
        batch = self._stream.batch(self._events)
        try:
            self._turns.get()
            retry_conflicts(lambda: self._stream.apply(batch, self._step))
            self.applied = True
        finally:
            self._told.put("done")

    def _step(self, name: str) -> None:
        if name in STEPS:
            self._told.put(name)
            self._turns.get()

    def turn(self, watch: Connection) -> bool:
        """Lets it go on to its next step; False when it waits for a lock instead, and then it goes on by itself."""
        self._turns.put(None)
        return self.arrived(watch)

    def arrived(self, watch: Connection) -> bool:
        while True:
            try:
                self.done = self._told.get(timeout=0.002) == "done"
            except Empty:
                if watch.scalar(text(_WAITS), {"name": self.name}):
                    return False
            else:
                return True

    def close(self) -> None:
        self._thread.join(timeout=10)


_WAITS = """
    select exists (select from pg_stat_activity where application_name = :name and wait_event_type = 'Lock'
        and datname = current_database())
"""


def interleavings() -> list[tuple[int, ...]]:
    """Where the second one begins and ends among the steps of the first: every pair of places, both ways round."""
    total = len(STEPS) + 1
    found = []
    for start, end in combinations_with_replacement(range(total + 1), 2):
        between = end - start
        head = [0] * start
        mixed = [turn for _ in range(between) for turn in (1, 0)]
        found.append(tuple(head + mixed + [1] * (total - between) + [0] * (total - start - between)))
    return found + [tuple(1 - turn for turn in one) for one in found]


@pytest.mark.timeout(300)
@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_two_that_overlap_in_any_order_leave_what_one_after_the_other_would(
    reporting_engine: Engine, reporting_url: str, case: Case
) -> None:
    before, *batches = case
    for partition, events in enumerate([*batches, before]):
        Stream(reporting_engine, partition=partition).write(events)
    expected = _digest(reporting_engine)
    engines = [create_engine(reporting_url, connect_args={"application_name": f"actor {n}"}) for n in range(2)]
    for schedule in interleavings():
        with reporting_engine.begin() as connection:
            empty(connection)
        Stream(reporting_engine, partition=2).write(before)
        _play(reporting_engine, engines, batches, schedule)
        assert _digest(reporting_engine) == expected, f"another truth when the turns are {schedule}"
    for engine in engines:
        engine.dispose()


def _play(
    engine: Engine, engines: Sequence[Engine], batches: Sequence[Sequence[Event]], schedule: tuple[int, ...]
) -> None:
    actors = [Actor(engines[partition], partition, events) for partition, events in enumerate(batches)]
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as watch:
        for actor in actors:
            actor.start()
        waiting: set[int] = set()
        turns = [*schedule, *([0, 1] * 40)]
        for turn in turns:
            waiting = {one for one in waiting if not actors[one].arrived(watch)}
            if turn not in waiting and not actors[turn].done and not actors[turn].turn(watch):
                waiting.add(turn)
    for actor in actors:
        actor.close()
        assert actor.done, "it never ended"
        assert actor.applied


def _digest(engine: Engine) -> dict[str, str]:
    with engine.begin() as connection:
        bound = generations.bind(connection, 1)
        assert differences(bound) == {}
        return generations.digest(bound, 1)
