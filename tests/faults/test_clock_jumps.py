"""A process whose clock jumps by an hour, either way, under load: it stops, says so, and goes on when it is right."""

import math
import os
import signal
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import psutil
import pytest

from services.contracts.codec import decode
from services.kit.clock_guard import TOLERATED_S
from tests.support.doors import LIVE, DoorProcess
from tests.support.ingesting import rows
from tests.support.pledge_load import DECLARED_DEADLINE_S, Load
from tests.support.postings import SHEET
from tests.support.replay import assert_ends_as_undisturbed
from tests.support.set_clock import HOUR_S, SetClock
from tests.support.waiting import until
from tests.support.whole_path import WholePath

PATIENCE_S = 120.0
JUMPS = (HOUR_S, -HOUR_S)


@pytest.fixture
def clock(tmp_path: Path) -> SetClock:
    return SetClock.in_folder(tmp_path, "clock")


def wait_for_more(load: Load, status: int, more: int) -> None:
    wanted = len(load.of(status)) + more
    until(lambda: len(load.of(status)) >= wanted, lambda: f"{load.answers[-5:]}", PATIENCE_S)


def skew_s(door: DoorProcess) -> float:
    """NaN while nobody answers, or the clocks were not compared."""
    try:
        lines = door.client.get("/metrics").text.splitlines()
    except httpx.TransportError:
        return math.nan
    return float(next(line for line in lines if line.startswith("clock_skew_seconds{")).rpartition(" ")[2])


def is_apart(door: DoorProcess, jump_s: float) -> bool:
    return not door.ready() and abs(skew_s(door) - jump_s) < 60


def records(path: WholePath) -> int:
    return sum(end for partition, end in path.ends().items() if partition.topic == "pledge.v1")


def test_the_clock_that_is_set_is_told_by_a_process(clock: SetClock) -> None:
    for jump_s in (*JUMPS, 0):
        clock.jump(jump_s)
        assert abs(clock.told() - time.time() - jump_s) < 60


def test_a_door_whose_clock_jumps_takes_nothing_until_it_is_set_right(path: WholePath, clock: SetClock) -> None:
    jumping = replace(path, installation=path.installation.with_environment(**clock.environment))
    door, token = jumping.pledge(), path.installation.token("pledge")
    path.ingest()
    path.evaluate()
    load = path.load(door)
    load.begin()
    for number, jump_s in enumerate(JUMPS):
        wait_for_more(load, 202, 20)
        clock.jump(jump_s)
        refused = door.post("/v1/pledges", SHEET, token, f"jumped-{number}")
        assert (refused.status_code, refused.json()["code"]) == (503, "clocks_apart")
        assert refused.headers["Retry-After"]
        wait_for_more(load, 503, 8)
        before = records(path)
        wait_for_more(load, 503, 8)
        assert records(path) == before, "accepted with a time that is wrong"
        assert is_apart(door, jump_s)
        until(lambda: '"clocks apart"' in door.service.output, lambda: door.service.output, PATIENCE_S)
        clock.set_right()
    wait_for_more(load, 202, 20)
    load.end()
    assert_stamped_when_it_was(path)
    assert_ends_as_undisturbed(path, load)


def test_a_door_that_starts_with_a_wrong_clock_takes_nothing(path: WholePath, clock: SetClock) -> None:
    jumping = replace(path, installation=path.installation.with_environment(**clock.environment))
    door, token = jumping.pledge(), path.installation.token("pledge")
    clock.jump(HOUR_S)
    (worker,) = psutil.Process(door.service.process.pid).children()
    os.kill(worker.pid, signal.SIGKILL)  # its successor has never seen another time
    worker.wait(10)
    until(lambda: is_apart(door, HOUR_S), lambda: door.service.output, PATIENCE_S)
    assert door.post("/v1/pledges", SHEET, token, "wrong-from-the-start").json()["code"] == "clocks_apart"
    assert records(path) == 0
    clock.set_right()
    until(door.ready, lambda: door.service.output, PATIENCE_S)
    assert door.post("/v1/pledges", SHEET, token, "wrong-from-the-start").status_code == 202


def assert_stamped_when_it_was(path: WholePath) -> None:
    """No event was accepted long before the broker recorded it, nor after."""
    apart = [
        record.timestamp_ms / 1000 - decode(record).accepted_at.timestamp()
        for record in path.installation.log("pledge.v1")
    ]
    assert min(apart) > -TOLERATED_S
    assert max(apart) < TOLERATED_S + DECLARED_DEADLINE_S


def assert_nothing_is_of_the_future(path: WholePath) -> datetime:
    """Neither what has been read nor what has been evaluated; the latter is told."""
    (reached,) = rows(path.engine, f"select now from programme_now where programme = '{LIVE}'")
    read = rows(path.engine, "select max(caught_up_at) as at from position")[0].at
    assert max(reached.now, read) <= datetime.now(UTC) + timedelta(seconds=TOLERATED_S)
    return reached.now


def test_ingest_and_evaluate_hold_while_their_clock_is_wrong_and_now_runs_neither_ahead_nor_back(
    path: WholePath, clock: SetClock, tmp_path: Path
) -> None:
    other = SetClock.in_folder(tmp_path, "other")
    loops = {path.ingest(**clock.environment): clock, path.evaluate(**other.environment): other}
    load = path.load(path.pledge())
    load.begin()
    until(lambda: all(loop.ready() for loop in loops), path.output, PATIENCE_S)
    until(lambda: rows(path.engine, f"select 1 from programme_now where programme = '{LIVE}'"), path.output, PATIENCE_S)
    reached = assert_nothing_is_of_the_future(path)
    for jump_s in JUMPS:
        for victim, its_clock in loops.items():
            its_clock.jump(jump_s)
            words = "ahead of" if jump_s > 0 else "behind"
            until(lambda victim=victim, words=words: victim.not_ready_as(words), path.output, PATIENCE_S)
            assert abs(victim.metric('clock_skew_seconds{against="database"}') - jump_s) < 60
            wait_for_more(load, 202, 20)
            assert reached <= (reached := assert_nothing_is_of_the_future(path))
            its_clock.set_right()
            until(victim.ready, path.output, PATIENCE_S)
    load.end()
    assert load.of(503) == []
    assert '"clocks apart"' in path.output()
    assert all(loop.service.process.alive for loop in loops)
    assert_ends_as_undisturbed(path, load)
    assert reached <= assert_nothing_is_of_the_future(path)
