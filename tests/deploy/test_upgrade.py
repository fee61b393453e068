"""The release before and this one side by side on one log and one database, under load, as docs/runbook.md upgrades."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine

from services.operations import keys
from services.reporting.store import generations
from services.reporting.store.migrate import migrated
from tests.support.broker import OwnBrokers
from tests.support.doors import LIVE, DoorProcess, Installation, open_door
from tests.support.ingesting import rows
from tests.support.pledge_load import Load
from tests.support.previous import Previous, unpacked
from tests.support.services import Services
from tests.support.waiting import until
from tests.support.whole_path import Watched, WholePath

PATIENCE_S = 120.0


@dataclass
class Release:
    """One of the two, and what runs of it."""

    path: WholePath
    ingest: Watched | None = None
    evaluate: Watched | None = None

    def work(self) -> None:
        self.ingest, self.evaluate = self.path.ingest(), self.path.evaluate()

    def rest(self) -> None:
        for one in (self.ingest, self.evaluate):
            if one is not None:
                one.service.stop()

    def serve(self) -> DoorProcess:
        installation = self.path.installation.with_environment(DATABASE_URL=self.path.database_url)
        return open_door(self.path.start_service, installation, "REPORTING_SERVE", "services.reporting", "serve")

    def verified(self) -> int:
        """How many cells; none of them differs."""
        done = self.path.command("verify", "--json")
        found = json.loads(done.output.splitlines()[-1])[LIVE]
        assert found["differences"] == []
        return int(found["compared"])


@pytest.fixture
def previous(tmp_path: Path) -> Previous:
    return unpacked(tmp_path / "previous")


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    made = create_engine(database_url)
    yield made
    made.dispose()


@pytest.fixture
def installed(
    previous: Previous, own_broker: OwnBrokers, database_url: str, notify_databases: dict[str, str], tmp_path: Path
) -> Installation:
    """By the release before: its tables, its topics, its programme."""
    servers, ids = own_broker().bootstrap_servers, tmp_path / "log.env"
    environment = {"KAFKA_BOOTSTRAP_SERVERS": servers, "DATABASE_URL": database_url}
    previous.operate("migrate", environment=environment)
    previous.operate("topics", "apply", "--env-file", str(ids), environment=environment)
    previous.operate("keys", "init", str(tmp_path / "keys"), "--programme", LIVE, environment=environment)
    lines = dict(line.split("=", 1) for line in ids.read_text().splitlines())
    environment |= {name: value.strip("'") for name, value in lines.items()} | notify_databases
    folder = previous.folder / "programmes" / LIVE
    previous.operate("programme", "apply", str(folder), "--yes", environment=environment)
    assert (tmp_path / "keys" / keys.ISSUER).exists()
    return Installation(servers, tmp_path / "keys", environment)


def wait_for_more(path: WholePath, loads: list[Load]) -> None:
    """Every door accepts more, it is counted, and statuses that follow from it are told."""
    accepted, counted, changed = [len(load.of(202)) for load in loads], events(path), told(path)

    def more() -> bool:
        return (
            all(len(load.of(202)) > before + 10 for load, before in zip(loads, accepted, strict=True))
            and events(path) > counted + 10
            and told(path) > changed
        )

    until(more, path.output, PATIENCE_S)


def events(path: WholePath) -> int:
    return int(rows(path.engine, "select count(*) as n from event")[0].n)


def told(path: WholePath) -> int:
    return int(rows(path.engine, "select coalesce(sum(sequence), 0) as n from reporting.published")[0].n)


def upgrade(release: Release) -> None:
    """What the runbook does first, while the release before is at work."""
    for words in (("migrate",), ("topics", "apply")):
        environment = {**release.path.installation.environment, "DATABASE_URL": release.path.database_url}
        done = release.path.start_service("services.operations", *words, environment=environment)
        assert done.exit_code(PATIENCE_S) == 0, done.output
    with release.path.engine.begin() as connection:
        found = migrated(connection)
    assert found.revision == found.head


def assert_both_say_the_same(old: Release, new: Release, load: Load) -> None:
    new.path.assert_undisturbed(load)
    replayed = old.path.command("ingest", "--generation", "3")
    assert replayed.exit_code(PATIENCE_S) == 0, replayed.output
    with new.path.engine.begin() as connection:
        assert generations.compare(connection, 1, 3) == {}, "the release before counts what we have written otherwise"
    new.path.assert_statuses_are_computed()
    assert old.verified() == new.verified() > 0
    pages = [one.serve().client for one in (old, new)]
    for asked in (f"/v1/status?programme={LIVE}&period=2024-M03", f"/v1/units?programme={LIVE}"):
        first, second = [page.get(asked).raise_for_status().json() for page in pages]
        assert {**first, "as_of": None} == as_far_as(first, {**second, "as_of": None})


def as_far_as(asked: Any, said: Any) -> Any:
    """What is said of the names that are in `asked`: a release may tell more than the one before, never otherwise."""
    if isinstance(asked, dict) and isinstance(said, dict):
        return {name: as_far_as(value, said[name]) for name, value in asked.items() if name in said}
    if isinstance(asked, list) and isinstance(said, list) and len(asked) == len(said):
        return [as_far_as(one, other) for one, other in zip(asked, said, strict=True)]
    return said


def assert_told_in_order(installation: Installation) -> None:
    """Whoever of the two told it: each number of a cell once, none left out."""
    numbers: dict[tuple[str, str, str], set[tuple[int, str]]] = {}
    for event in installation.events("status.v1"):
        data = event.data
        numbers.setdefault((data.unit, data.indicator, data.period), set()).add((data.sequence, event.body_hash.hex()))
    assert numbers
    for found in numbers.values():
        assert [number for number, _ in sorted(found)] == list(range(1, len(found) + 1))


@pytest.mark.timeout(600)  # a dozen processes begin and end, each with its load
def test_the_release_before_and_this_one_work_on_one_log_and_one_database(
    previous: Previous, installed: Installation, engine: Engine, start_service: Services
) -> None:
    old = Release(WholePath(installed.with_environment(**previous.environment), engine, start_service))
    new = Release(WholePath(installed, engine, start_service))
    numbers = count()
    first = Load(str(old.path.pledge().client.base_url), installed.token("pledge"), _numbers=numbers)
    old.work()
    first.begin()
    wait_for_more(old.path, [first])

    upgrade(new)
    wait_for_more(old.path, [first])  # code of before, tables of today

    second = Load(str(new.path.pledge().client.base_url), installed.token("pledge"), _numbers=numbers)
    new.work()
    second.begin()
    wait_for_more(new.path, [first, second])  # both at once
    old.rest()
    wait_for_more(new.path, [first, second])  # ours alone go on where the others stood
    new.rest()
    old.work()
    wait_for_more(old.path, [first, second])  # and back again, as when an upgrade is given up
    new.work()
    wait_for_more(new.path, [first, second])
    for load in (first, second):
        load.end()

    sheets = max(first.sheets, second.sheets)
    assert_both_say_the_same(old, new, Load("", "", [*first.answers, *second.answers], _begun=sheets))
    assert_told_in_order(installed)
