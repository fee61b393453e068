"""The main job, on real parts, with processes killed while it runs."""

import json
import random
import time
from typing import Any

import pytest

from tests.support.running_town import RunningTown

OUTCOMES = ("applied", "duplicate", "superseded", "conflict", "rejected", "corrupt")


@pytest.mark.timeout(900)
def test_a_year_is_right_at_every_step_though_ingest_and_evaluate_are_killed(running_town: RunningTown) -> None:
    play = running_town.play()
    chance = random.Random(20241214)
    for victim in (running_town.town.ingests[0], running_town.town.evaluate, running_town.town.ingests[1]):
        time.sleep(chance.uniform(5, 9))  # waits for nothing: the moment of the kill is what varies
        assert play.poll() is None, "the year was over before anything could be killed"
        running_town.kill(victim)
        running_town.begin(victim)
    said, complaints = play.communicate()

    assert play.returncode == 0, said + complaints
    result = json.loads(said)
    assert result["differences"] == []
    assert set(result["statuses"]) == {
        *("met", "not_met", "on_track", "at_risk", "lost", "no_data", "overdue", "not_due"),
    }

    recount = running_town.command("recount")
    assert recount.returncode == 0, recount.stdout + recount.stderr
    verified = running_town.command("verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr

    books = _books_once_all_is_counted(running_town)
    assert books["residual"] == 0
    seen = {outcome for line in books["lines"] for outcome in OUTCOMES if line[outcome]}
    assert {"applied", "duplicate", "superseded", "conflict"} <= seen


def _books_once_all_is_counted(running_town: RunningTown) -> Any:
    """The books when the independent reader has come to the end of the log."""
    token = running_town.token("--agency", "operator", "--unit", "437", "--role", "operator")
    deadline = time.monotonic() + 60
    while True:
        books = running_town.get("/v1/books?from=2018-01-01&to=2100-12-31&limit=500", token)
        in_log = sum(position["next_offset"] for position in books["as_of"]["positions"])
        if sum(line["in_log"] for line in books["lines"]) == in_log or time.monotonic() > deadline:
            assert sum(line["in_log"] for line in books["lines"]) == in_log
            return books
        time.sleep(0.5)
