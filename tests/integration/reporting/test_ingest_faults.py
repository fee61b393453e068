"""The loop of ingest when its log, its database or its place in the group is not what it was."""

import threading
from datetime import date, timedelta
from unittest.mock import Mock

import pytest
from sqlalchemy import Engine, create_engine, text

from services.contracts import metrics as cards
from services.contracts.records import Position
from services.kit.clock import FakeClock
from services.kit.errors import Misconfigured
from services.kit.eventlog.memory import MemoryLog
from services.kit.eventlog.port import LogFault, Partition
from services.reporting.ingest.run import meet
from services.reporting.store import generations
from services.reporting.store.keeper import Keeper
from services.reporting.store.recount import differences
from tests.support.ingesting import (
    INPUTS,
    letters,
    new_log,
    outcomes,
    positions,
    post,
    post_programme,
    process,
    rows,
)
from tests.support.streams import (
    NOON,
    W2,
    event,
    record_of,
    report,
    signed,
)

DAY = date(2024, 3, 5)


def test_a_record_that_cannot_be_read_is_parked_and_passed(reporting_engine: Engine) -> None:
    log = new_log()
    post_programme(log)
    post(log, [event(signed([1]), key=1)])
    broken = post(log, [event(signed([2]), key=2)])[0]
    post(log, [event(signed([3]), key=3)])
    log.corrupt(broken)
    process(log, reporting_engine).rounds(6)
    assert outcomes(reporting_engine) == {"applied": 3, "corrupt": 1}
    assert dict(letters(log, "pledge.v1.dead")[0].headers)["dl-reason"] == b"corrupt"


def test_an_owner_whose_position_has_moved_writes_nothing_and_goes_on_from_the_new_one(
    reporting_engine: Engine,
) -> None:
    log = new_log()
    post_programme(log)
    stale = process(log, reporting_engine)
    stale.rounds(2)
    post(log, [event(signed([1]), key=1), event(signed([2]), key=2)])
    owner = process(log, reporting_engine)
    owner.ingest._reader = log.reader(positions(reporting_engine))
    owner.rounds(2)
    stale.ingest._generation = stale.ingest._reader.generation = 7  # it has not noticed that it lost its partitions
    stale.ingest._reader._positions = dict.fromkeys(positions(reporting_engine), 0)
    stale.ingest._reader._rejoin = lambda: None
    stale.rounds(1)
    assert outcomes(reporting_engine) == {"applied": 3}
    assert stale.metrics.value(cards.INGEST_FENCED) == 1
    stale.rounds(2)
    assert outcomes(reporting_engine) == {"applied": 3}


def test_a_batch_that_begins_above_our_position_is_not_taken(reporting_engine: Engine) -> None:
    log = new_log()
    post_programme(log)
    places = post(log, [event(signed([number]), key=number) for number in range(3)])
    running = process(log, reporting_engine)
    running.rounds(3)
    assert outcomes(reporting_engine) == {"applied": 4}
    post(log, [event(signed([number]), key=number) for number in range(3, 9)])
    running.ingest._reader.seek(Partition(*places[-1][:2]), places[-1].offset + 4)  # lost and regained unseen
    running.rounds(3)
    assert outcomes(reporting_engine) == {"applied": 10}


def test_a_log_truncated_under_our_position_stops_that_partition_loudly_and_no_other(reporting_engine: Engine) -> None:
    log = new_log()
    post_programme(log)
    post(log, [event(signed([number]), key=number) for number in range(5)])
    lost = log.append(record_of(event(signed([1]), key="lost")))
    log.truncate(Partition(lost.topic, lost.partition), 3)
    post(log, [event(report(None), key="report")])
    running = process(log, reporting_engine)
    running.rounds(5)
    assert outcomes(reporting_engine) == {"applied": 2}
    assert list(running.ingest.truncated) == [(lost.topic, lost.partition)]
    assert running.metrics.value(cards.INGEST_LOG_FAULTS, kind="truncated") >= 1


def test_a_position_beyond_the_end_means_another_log_and_ends_the_process(reporting_engine: Engine) -> None:
    log = new_log()
    post_programme(log)
    process(log, reporting_engine).rounds(2)
    wiped = new_log()
    with pytest.raises(Misconfigured):
        process(wiped, reporting_engine).rounds(2)


def test_a_topic_made_again_is_never_read_from_its_start(reporting_engine: Engine) -> None:
    log = new_log()
    post_programme(log)
    process(log, reporting_engine).rounds(2)
    log.recreate("pledge.v1")
    with pytest.raises(Misconfigured, match=r"pledge\.v1"):
        process(log, reporting_engine).rounds(2)


def test_a_topic_made_again_and_filled_past_our_position_is_noticed_while_running(reporting_engine: Engine) -> None:
    """Nothing of it raises: the partitions are ours still, and a record stands at the position."""
    log = new_log()
    post_programme(log)
    post(log, [event(signed([1]), key=1)])
    running = process(log, reporting_engine)
    running.rounds(3)
    log.recreate("pledge.v1")
    post(log, [event(signed([number]), key=number) for number in range(9)])
    with pytest.raises(Misconfigured, match=r"pledge\.v1 .* made again"):
        running.rounds(3)


def test_another_log_met_while_resting_is_no_bug(reporting_engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    log = new_log()
    post_programme(log)
    running = process(log, reporting_engine)
    running.rounds(3)
    log.down = True
    running.ingest.once()
    assert running.ingest.resting
    beyond = LogFault("beyond_end", [Position("programme.v1", 0, 2)])
    monkeypatch.setattr(running.ingest._reader, "poll", Mock(side_effect=beyond))
    with pytest.raises(Misconfigured, match="after the end"):
        running.ingest.once()


def test_caught_up_says_until_when_everything_has_been_read_also_when_idle(reporting_engine: Engine) -> None:
    log = new_log()
    post_programme(log)
    running = process(log, reporting_engine)
    running.rounds(5)
    seen = {row.caught_up_at for row in rows(reporting_engine, "select caught_up_at from position")}
    assert seen == {NOON + timedelta(seconds=4)}
    log.down = True
    running.rounds(3)
    later = {row.caught_up_at for row in rows(reporting_engine, "select caught_up_at from position")}
    assert later == seen, "a log that does not answer has not been read"


@pytest.mark.parametrize("name", ["remembered", "locked", "advanced"])
def test_one_frozen_in_the_middle_of_its_transaction_holds_nobody_up_and_writes_nothing(
    reporting_engine: Engine, name: str
) -> None:
    log = new_log()
    post_programme(log)
    reached, thawed, in_time = threading.Event(), threading.Event(), list[bool]()

    def freeze(here: str) -> None:
        if here == name and not reached.is_set():
            reached.set()
            in_time.append(thawed.wait(20))

    own = create_engine(reporting_engine.url)
    frozen = process(log, own, step=freeze)
    sleeper = threading.Thread(target=frozen.rounds, args=[12], daemon=True)
    post(log, [event(signed([1, 2]), key=1), event(signed([2, 3], W2), key=2)])
    sleeper.start()
    assert reached.wait(30)
    owner = process(log, reporting_engine)
    owner.ingest._reader = log.reader(dict.fromkeys(log.end_offsets(INPUTS), 0))
    for _ in range(100):
        owner.rounds(1)
        if outcomes(reporting_engine) == {"applied": 3}:
            break
    thawed.set()
    sleeper.join(30)
    own.dispose()
    assert in_time == [True], "the new owner had to wait for the frozen one"
    assert outcomes(reporting_engine) == {"applied": 3}
    with reporting_engine.begin() as connection:
        assert differences(generations.bind(connection, 1)) == {}


@pytest.mark.parametrize("name", ["held", "remembered", "locked", "counted", "kept", "advanced", "committed"])
def test_a_database_that_goes_away_at_any_step_is_waited_for_and_nothing_is_lost_or_doubled(
    reporting_engine: Engine, name: str
) -> None:
    log = new_log()
    post_programme(log)
    sheet = event(signed([1, 2]), key=1)
    post(log, [sheet, sheet, event(signed([2, 3], W2), key=2), event(report(None), key=3)])
    left = [1, 1]  # twice: each of the two batches, or one and its repetition

    def cut(here: str) -> None:
        if here == name and left:
            left.pop()
            with reporting_engine.begin() as connection:
                connection.execute(text(_END_SESSIONS))

    own = create_engine(reporting_engine.url)
    running = process(log, own, step=cut)
    running.rounds(20)
    own.dispose()
    assert not left, "the fault never happened"
    assert outcomes(reporting_engine) == {"applied": 4, "duplicate": 1}
    with reporting_engine.begin() as connection:
        assert differences(generations.bind(connection, 1)) == {}


_END_SESSIONS = """
    select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid()
"""


def test_whoever_meets_the_log_knows_of_every_partition_it_has_and_of_no_other(reporting_engine: Engine) -> None:
    log = MemoryLog({**dict.fromkeys(INPUTS, 1), "report.v1": 5}, FakeClock(NOON))
    identity = log.identity(INPUTS)
    meet(log, identity, Keeper(reporting_engine, identity))
    assert sorted(positions(reporting_engine)) == sorted(log.end_offsets(INPUTS))
    log.recreate("report.v1")
    with pytest.raises(Misconfigured, match=r"report\.v1"):
        meet(log, identity, Keeper(reporting_engine, identity))
