"""The evaluator killed or frozen at named steps: the same statuses, and every change told, numbered without a gap."""

from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import text

from tests.integration.reporting.evaluating import EARLY, World
from tests.integration.reporting.streams import year
from tests.support.database import Server
from tests.support.dying_evaluator import work
from tests.support.services import Service, Services
from tests.support.waiting import until

END = datetime(2024, 2, 20, tzinfo=UTC)
STEPS = (
    "began",
    "marks_read",
    "planned",
    "computed",
    "statuses_written",
    "published_written",
    "outbox_written",
    "obligations_told",
    "marks_deleted",
    "now_advanced",
    "committed",
    "read",
    "appended",
    "deleted",
)
"""Those of the transaction, then those of the relay."""


def fill(url: str) -> None:
    """A year that is posted after the first evaluation, and a clock in its third month: several rounds of work."""
    world = World(url)
    world.reach(EARLY)
    world.settle()
    world.post(*year(world, seed=21, size=50))
    world.reach(END)
    world.engine.dispose()


@pytest.fixture(scope="module")
def waiting_year(database: Server) -> str:
    return database.template(fill)


def outcome(url: str) -> tuple[list, list]:
    """Every status and everything that stands as published."""
    world = World.opened(url)
    with world.reading() as connection:
        published = connection.execute(text("select * from reporting.published order by 1, 2, 3, 4")).all()
    statuses = [(cell, stored.status) for cell, stored in sorted(world.stored().items())]
    assert world.verified().differences == ()
    assert world.one("select count(*) from mark") == 0
    world.engine.dispose()
    return statuses, [row[:6] for row in published]


def told(log: Path) -> dict[str, list[int]]:
    """Cell or report id -> sequences in the order in which each was first told; what is repeated repeats its id."""
    bodies: dict[str, dict] = {}
    for line in log.read_bytes().splitlines():
        event_id, _, body = line.partition(b" ")
        found = msgspec.json.decode(body)
        known = bodies.setdefault(event_id.decode(), found)
        assert known == found
    sequences = defaultdict(list)
    for body in bodies.values():
        cell = (body["unit"], body["indicator"], body["period"]) if "indicator" in body else (body["report_id"],)
        sequences["/".join(cell)].append(body["sequence"])
    return sequences


@pytest.fixture(scope="module")
def undisturbed(database: Server, waiting_year: str, tmp_path_factory) -> tuple[tuple[list, list], dict]:
    log = tmp_path_factory.mktemp("undisturbed") / "log"
    with database.fresh(waiting_year) as url:
        work(url, log, lambda name: None)
        return outcome(url), told(log)


@pytest.mark.parametrize("step", STEPS)
def test_killed_at_a_step_and_started_again_nothing_is_lost_or_told_with_a_gap(
    step: str, database: Server, waiting_year: str, undisturbed, start_service: Services, tmp_path: Path
):
    log = tmp_path / "log"
    with database.fresh(waiting_year) as url:
        dying = start_dying(start_service, url, step, log, "SIGKILL")
        assert dying.process.wait(60)
        assert dying.output == "", "it has not come to its end"
        work(url, log, lambda name: None)
        assert (outcome(url), told(log)) == undisturbed
    assert_without_a_gap(told(log))


@pytest.mark.parametrize("step", ["statuses_written", "marks_deleted", "committed", "read", "appended"])
def test_frozen_at_a_step_past_its_session_it_holds_nobody_up_and_changes_nothing_when_it_wakes(
    step: str, database: Server, waiting_year: str, undisturbed, start_service: Services, tmp_path: Path
):
    log = tmp_path / "log"
    with database.fresh(waiting_year) as url:
        zombie = start_dying(start_service, url, step, log, "SIGSTOP")
        until(zombie.frozen, lambda: zombie.output, limit_s=60)
        work(url, log, lambda name: None)
        assert (outcome(url), told(log)) == undisturbed
        zombie.thaw()
        zombie.exit_code(60)
        assert (outcome(url), told(log)) == undisturbed
    assert_without_a_gap(told(log))


def start_dying(start_service: Services, url: str, step: str, log: Path, by: str) -> Service:
    nth = "1" if step in {"read", "appended", "deleted"} else "4"
    return start_service("tests.support.dying_evaluator", step, nth, str(log), by, environment={"DATABASE_URL": url})


def assert_without_a_gap(told: dict[str, list[int]]) -> None:
    for sequences in told.values():
        assert sequences == list(range(1, len(sequences) + 1))
