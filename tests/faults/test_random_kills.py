"""Ingest and evaluate, two processes each, killed at random moments for two minutes while agencies post."""

import os
import random
import time
from collections import Counter
from collections.abc import Iterator

import pytest

from tests.support.ingesting import rows
from tests.support.replay import assert_ends_as_undisturbed
from tests.support.waiting import until
from tests.support.whole_path import Watched, WholePath

LASTS_S = 120.0
SEED = int(os.environ.get("FAULTS_SEED") or random.SystemRandom().randrange(2**32))
INGESTS, EVALUATORS = ("ingest 1", "ingest 2"), ("evaluate 1", "evaluate 2")


def moments(chance: random.Random, least_s: float, most_s: float) -> Iterator[float]:
    """Seconds from the start."""
    at = chance.uniform(least_s, most_s)
    while at < LASTS_S:
        yield at
        at += chance.uniform(least_s, most_s)


def kills(chance: random.Random) -> list[tuple[float, str]]:
    """A dead member keeps its partitions for its session of 10 s: less often, and ingest would only ever rebalance."""
    of_ingest = [(at, chance.choice(INGESTS)) for at in moments(chance, 1, 24)]
    of_evaluate = [(at, chance.choice(EVALUATORS)) for at in moments(chance, 1, 8)]
    return sorted(of_ingest + of_evaluate)


def begin(path: WholePath, name: str) -> Watched:
    return path.ingest() if name in INGESTS else path.evaluate()


@pytest.mark.timeout(900)
def test_killed_at_random_for_two_minutes_under_load_all_ends_as_if_undisturbed(path: WholePath) -> None:
    print(f"FAULTS_SEED={SEED}")  # noqa: T201 - shown when the test fails
    running = {name: begin(path, name) for name in INGESTS + EVALUATORS}
    load = path.load(path.pledge())
    load.begin()
    until(lambda: all(one.ready() for one in running.values()), path.output, 90)
    killed: Counter[str] = Counter()
    started = time.monotonic()
    for at, name in kills(random.Random(SEED)):
        time.sleep(
            max(0.0, started + at - time.monotonic())
        )  # waits for nothing: the moment of the kill is what varies
        running[name].service.kill()
        killed[name] += 1
        running[name] = begin(path, name)
    worked = rows(path.engine, "select (select count(*) from event) as events, (select count(*) from status) as cells")
    load.end()

    assert killed.total() >= 15, killed
    assert worked[0].events > 0 < worked[0].cells, "nothing was at work that a kill could have met"
    assert_ends_as_undisturbed(path, load)
