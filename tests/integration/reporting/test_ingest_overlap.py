"""A batch is read and sorted while the one before is in its transaction: what that must not change."""

import threading
from collections.abc import Callable
from datetime import timedelta
from random import Random

import pytest
from sqlalchemy import Engine

from services.contracts import metrics as cards
from services.kit.errors import Fenced, Unavailable
from services.kit.eventlog.memory import MemoryLog
from services.kit.eventlog.port import Partition
from services.reporting.store import generations
from services.reporting.store.batch import Halt
from services.reporting.store.recount import differences
from services.reporting.store.rejects import insert_halt
from tests.support.ingesting import (
    INPUTS,
    letters,
    new_log,
    nonsense,
    outcomes,
    positions,
    post,
    post_programme,
    process,
    rows,
)
from tests.support.streams import DAY, NOON, W1, W2, event, record_of, report, signed, withdrawn

IN_TRANSACTION = ("held", "remembered", "locked", "counted", "kept", "marked", "advanced", "committed")
PLEDGES = "select partition, log_offset from event where topic = 'pledge.v1' order by 1, 2"


class Steps:
    """Who was where, in order: steps of the thread that reads, and of the one that writes."""

    def __init__(self) -> None:
        self.at: dict[str, Callable[[int], None]] = {}
        self.seen: list[str] = []

    def __call__(self, name: str) -> None:
        self.seen.append(name)
        if name in self.at:
            self.at[name](self.seen.count(name))


def sheets(number: int) -> list[object]:
    return [event(signed([one, one + 1]), key=one) for one in range(number)]


def whole(engine: Engine) -> None:
    """The positions have no hole below them, and the counts equal a recount."""
    read: dict[int, list[int]] = {}
    for row in rows(engine, PLEDGES):
        read.setdefault(row.partition, []).append(row.log_offset)
    for partition, offsets in read.items():
        assert offsets == list(range(positions(engine)[Partition("pledge.v1", partition)])), "a batch was passed over"
    with engine.begin() as connection:
        assert differences(generations.bind(connection, 1)) == {}


def test_a_batch_is_read_and_sorted_while_the_one_before_is_in_its_transaction(reporting_engine: Engine) -> None:
    log, steps = new_log(), Steps()
    post_programme(log)
    post(log, sheets(6))
    sorted_again, met = threading.Event(), list[bool]()
    steps.at["sorted"] = lambda nth: sorted_again.set() if nth == 3 else None  # programme, first sheets, second
    steps.at["locked"] = lambda nth: met.append(sorted_again.wait(20)) if nth == 1 else None
    process(log, reporting_engine, step=steps, batch_max_records=2).rounds(4)
    assert met == [True], "nobody was reading meanwhile"
    assert outcomes(reporting_engine) == {"applied": 7}


@pytest.mark.parametrize("name", IN_TRANSACTION)
@pytest.mark.parametrize("failure", [Unavailable("database"), Fenced("another owner")], ids=["outage", "fenced"])
def test_a_batch_whose_predecessor_is_not_written_is_not_written_either(
    reporting_engine: Engine, name: str, failure: Exception
) -> None:
    log, steps = new_log(), Steps()
    post_programme(log)
    for number, sheet in enumerate(sheets(12)):
        post(log, [sheet])  # type: ignore[list-item]
        log.append(nonsense(number))
    left = [failure]

    def fail(nth: int) -> None:
        if nth >= 3 and left:
            raise left.pop()

    steps.at[name] = fail
    running = process(log, reporting_engine, step=steps, batch_max_records=2)
    for _ in range(100):
        running.rounds(1)
        read = {(row.partition, row.log_offset) for row in rows(reporting_engine, PLEDGES)}
        refused = {tuple(row) for row in rows(reporting_engine, "select partition, log_offset from reject")}
        ends = {at.partition: end for at, end in positions(reporting_engine).items() if at.topic == "pledge.v1"}
        assert read | refused == {(at, offset) for at, end in ends.items() for offset in range(end)}, "a hole"
        if len(read) == 12 and len(refused) == 12:
            break
    assert not left, "the fault never happened"
    assert outcomes(reporting_engine) == {"applied": 13, "rejected": 12}


def test_rejects_of_a_batch_that_is_still_being_written_count_towards_the_halt(reporting_engine: Engine) -> None:
    log = new_log()
    for number in range(300):
        log.append(nonsense(number))
    running = process(log, reporting_engine, batch_max_records=7)
    running.rounds(6)
    assert running.ingest.halt is not None
    assert outcomes(reporting_engine) == {"rejected": 100}
    assert len(letters(log, "pledge.v1.dead")) == 100, "nothing was put away after the one that tipped it"


def test_rejects_of_a_batch_that_was_not_written_do_not_count_twice(reporting_engine: Engine) -> None:
    log, steps = new_log(), Steps()
    for number in range(300):
        log.append(nonsense(number))
    left = [Unavailable("database") for _ in range(5)]

    def fail(nth: int) -> None:
        if nth % 3 == 0 and left:
            raise left.pop()

    steps.at["advanced"] = fail
    running = process(log, reporting_engine, step=steps, batch_max_records=7)
    running.rounds(60)
    assert not left, "the faults never happened"
    assert outcomes(reporting_engine) == {"rejected": 100}


def test_what_was_in_flight_when_partitions_moved_is_written_and_what_was_polled_then_is_not_taken(
    reporting_engine: Engine,
) -> None:
    log, steps = new_log(), Steps()
    post_programme(log)
    running = process(log, reporting_engine, step=steps, batch_max_records=3)
    running.rounds(3)
    post(log, sheets(9))
    already, reader = steps.seen.count("polled"), running.ingest._reader

    def move(nth: int) -> None:
        if nth == already + 2:  # the first sheets are in flight
            reader.generation += 1

    steps.at["polled"] = move
    running.rounds(1)
    assert outcomes(reporting_engine) == {"applied": 4}
    running.rounds(4)
    assert outcomes(reporting_engine) == {"applied": 10}
    whole(reporting_engine)


def test_the_end_of_a_round_is_the_end_of_its_transactions(reporting_engine: Engine) -> None:
    log = new_log()
    post_programme(log)
    post(log, sheets(5))
    running = process(log, reporting_engine, batch_max_records=2)
    running.rounds(1)
    for _ in range(5):
        running.rounds(1)
        assert running.ingest._flight.batch is None
        assert running.ingest._known == positions(reporting_engine)
    assert outcomes(reporting_engine) == {"applied": 6}


def test_a_log_that_goes_away_meanwhile_does_not_leave_a_transaction_behind(reporting_engine: Engine) -> None:
    log, steps = new_log(), Steps()
    post_programme(log)
    running = process(log, reporting_engine, step=steps, batch_max_records=3)
    running.rounds(3)
    post(log, sheets(6))
    already, broken = steps.seen.count("polled"), threading.Event()

    def go_away(nth: int) -> None:
        if nth == already + 2:
            broken.set()
            raise Unavailable("log")

    steps.at["polled"] = go_away
    steps.at["locked"] = lambda _: None if broken.wait(20) else pytest.fail("nobody was reading meanwhile")
    running.ingest.once()
    assert running.ingest.resting
    assert running.ingest._flight.batch is None
    assert outcomes(reporting_engine) == {"applied": 4}, "it had not been written when the round ended"
    running.rounds(4)
    assert outcomes(reporting_engine) == {"applied": 7}


def test_a_halt_by_another_process_is_obeyed_within_a_round_that_finds_no_end(reporting_engine: Engine) -> None:
    log, steps = new_log(), Steps()
    post_programme(log)
    running = process(log, reporting_engine, step=steps, batch_max_records=1)
    running.rounds(3)
    post(log, sheets(30))
    already = steps.seen.count("polled")

    def halted_by_another(nth: int) -> None:
        if nth == already + 5:
            running.clock.advance(2)
            with reporting_engine.begin() as connection:
                insert_halt(generations.bind(connection, 1), Halt(NOON, "pledge.v1", "ubnd-18115", 100, "malformed"))

    steps.at["polled"] = halted_by_another
    running.rounds(1)
    assert running.ingest.halt is not None
    assert outcomes(reporting_engine) == {"applied": 6}, "the fifth was in flight"


def test_a_round_that_finds_no_end_ends_when_it_is_asked_to_stop(reporting_engine: Engine) -> None:
    log, steps, stop = new_log(), Steps(), threading.Event()
    post_programme(log)
    running = process(log, reporting_engine, step=steps, batch_max_records=1)
    running.rounds(3)
    post(log, sheets(30))
    already = steps.seen.count("polled")
    steps.at["polled"] = lambda nth: stop.set() if nth == already + 5 else None
    running.ingest.run(stop)
    assert outcomes(reporting_engine) == {"applied": 6}
    whole(reporting_engine)


@pytest.mark.parametrize("seed", range(6))
def test_faults_at_any_step_change_neither_the_facts_nor_their_order(reporting_engine: Engine, seed: int) -> None:
    chance = Random(seed)
    log = new_log()
    _say(log, chance)
    quiet = process(log, reporting_engine, dead=False)
    quiet.rounds(5)
    with reporting_engine.begin() as connection:
        generations.create(connection, 2)

    def stumble(name: str) -> None:
        if chance.random() < 0.05 and name not in ("polled", "acknowledged"):
            raise Unavailable("database") if chance.random() < 0.7 else Fenced(name)

    shaken = process(log, reporting_engine, step=stumble, generation=2, batch_max_records=chance.randrange(1, 9))
    shaken.ingest._reader = log.reader(dict.fromkeys(log.end_offsets(INPUTS), 0))
    for _ in range(600):
        shaken.rounds(1)
        if positions(reporting_engine, 2) == positions(reporting_engine):
            break
    assert shaken.metrics.value(cards.INGEST_FENCED) + shaken.metrics.value(cards.DATABASE_UNAVAILABLE) > 0
    with reporting_engine.begin() as connection:
        assert generations.compare(connection, 1, 2) == {}
        assert differences(generations.bind(connection, 2)) == {}
    assert outcomes(reporting_engine, 2) == outcomes(reporting_engine)


def _say(log: MemoryLog, chance: Random) -> None:
    """Sheets with tokens in common, repeats, conflicts, withdrawals, reports and nonsense."""
    post_programme(log)
    for number in range(60):
        at = NOON + timedelta(minutes=chance.randrange(50))
        match chance.randrange(6):
            case 0:
                log.append(nonsense(number))
            case 1:
                day = DAY + timedelta(days=chance.randrange(20))
                log.append(record_of(event(withdrawn(chance.randrange(30), day), key=number, at=at)))
            case 2:
                log.append(record_of(event(report(None, revision=chance.randrange(1, 4)), key=number, at=at)))
            case _:
                tokens = chance.sample(range(30), chance.randrange(1, 6))
                sheet = signed(tokens, chance.choice([W1, W2]))
                log.append(record_of(event(sheet, key=chance.randrange(40), at=at)))
