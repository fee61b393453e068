"""Yesterday's database put back after a loss: it catches up from the log, and who listens to us is told the truth."""

import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from services.contracts.events import StatusChanged
from services.reporting.store import generations
from services.reporting.store.migrate import migrate
from services.reporting.store.recount import running
from tests.support.backup import destroy_and_restore, dump
from tests.support.doors import LIVE, DoorProcess
from tests.support.ingesting import outcomes, rows
from tests.support.pledge_load import Load, sheet_of, signers_of
from tests.support.waiting import until
from tests.support.whole_path import WholePath

PATIENCE_S = 120.0
SHOWN = """
    select programme, unit, indicator, period, status, value_num, value_den, worst_num, worst_den, best_num, best_den,
        flags
    from status order by programme, unit, indicator, period
"""


class Known(NamedTuple):
    """All that reporting says."""

    facts: Mapping[str, str]
    statuses: list[Any]
    remarks: Mapping[str, StatusChanged]


def told(path: WholePath) -> dict[str, StatusChanged]:
    """Each change once: an outbox that comes back with the backup is relayed again under the ids it had (ADR 18)."""
    by_id: dict[str, StatusChanged] = {}
    for event in path.installation.events("status.v1"):
        assert isinstance(event.data, StatusChanged)
        assert by_id.setdefault(event.id, event.data) == event.data
    return by_id


def heard(remarks: Iterable[StatusChanged]) -> dict[tuple[str, str, str], StatusChanged]:
    """What a consumer believes who ignores a sequence that is not higher."""
    believed: dict[tuple[str, str, str], StatusChanged] = {}
    for said in remarks:
        cell = (said.unit, said.indicator, said.period)
        if cell not in believed or said.sequence > believed[cell].sequence:
            believed[cell] = said
    return believed


def highest(path: WholePath) -> int:
    return max((said.sequence for said in told(path).values()), default=0)


def known(path: WholePath) -> Known:
    """Once everything posted is read, evaluated and told."""
    path.wait_until_read()
    path.assert_statuses_are_computed()
    until(lambda: not rows(path.engine, "select 1 from reporting.outbox"), path.output, PATIENCE_S)
    with path.engine.begin() as connection:
        facts = generations.digest(connection, 1)
    return Known(facts, rows(path.engine, SHOWN), told(path))


def said_anew(after: Known, before: Known) -> list[str]:
    """The ids of what was told since: whole remarks are too many for a difference that can be read."""
    return sorted(after.remarks.keys() - before.remarks.keys())


def assert_consumers_believe_what_is_stored(path: WholePath) -> None:
    believed = heard(told(path).values())
    for row in (one for one in rows(path.engine, SHOWN) if one.programme == LIVE):  # of a sandbox nothing is told
        said = believed.get((row.unit, row.indicator, row.period))
        if said is None:
            assert row.status == "not_due"
            continue
        value = (said.value.num, said.value.den) if said.value else (None, None)
        assert (row.status, row.value_num, row.value_den) == (said.after, *value)


def wait_for_news(path: WholePath) -> None:
    """Until the same cell was told of twice more."""
    before = highest(path)
    until(lambda: highest(path) >= before + 2, path.output, PATIENCE_S)


def lose_the_database(path: WholePath, backup: Path | None) -> None:
    for one in path.watched:
        one.service.kill()
    path.engine.dispose()
    destroy_and_restore(path.database_url, backup)
    migrate(path.engine)


def lived_through_a_day(path: WholePath, door: DoorProcess, yesterday: Path) -> Load:
    """A backup is made while agencies post, and they go on posting."""
    path.ingest()
    path.evaluate()
    load = path.load(door)
    load.begin()
    wait_for_news(path)
    dump(path.database_url, yesterday)
    wait_for_news(path)
    load.end()
    return load


def catch_up(path: WholePath) -> None:
    """The evaluator is alone at first: what it knows is old."""
    evaluate = path.evaluate()
    until(lambda: "until the facts of what was told" in evaluate.get("/health/ready")[1], path.output, PATIENCE_S)
    path.ingest()


@pytest.mark.parametrize("backup", [True, False], ids=["yesterday's backup", "no backup at all"])
def test_yesterdays_database_catches_up_and_tells_nothing_twice(path: WholePath, tmp_path: Path, backup: bool) -> None:
    door, yesterday = path.pledge(), tmp_path / "reporting.dump"
    load = lived_through_a_day(path, door, yesterday)
    before = known(path)
    assert_consumers_believe_what_is_stored(path)

    lose_the_database(path, yesterday if backup else None)
    catch_up(path)
    after = known(path)
    assert after.facts == before.facts
    assert set(map(str, after.statuses)) ^ set(map(str, before.statuses)) == set()
    assert said_anew(after, before) == []

    token = path.installation.token("pledge")
    assert door.post("/v1/pledges", sheet_of(load.sheets), token, "one-more").status_code == 202
    assert said_anew(known(path), after) != []
    assert_consumers_believe_what_is_stored(path)


def test_with_its_keys_restored_a_door_knows_every_signer_again(path: WholePath, tmp_path: Path) -> None:
    path.ingest()
    door, keys = path.pledge(), path.installation.keys_dir
    token = path.installation.token("pledge")
    posted = door.post("/v1/pledges", sheet_of(0), token, "sheet-000000")
    assert posted.status_code == 202, posted.text
    backup = Path(shutil.copytree(keys, tmp_path / "keys"))
    door.service.stop()
    shutil.rmtree(keys)
    shutil.copytree(backup, keys)

    again = path.pledge()
    repeated = again.post("/v1/pledges", sheet_of(0), token, "sheet-000000")
    assert repeated.json()["event_id"] == posted.json()["event_id"]
    assert again.post("/v1/pledges", sheet_of(0), token, "another-sheet").status_code == 202
    path.wait_until_read()
    assert outcomes(path.engine)["duplicate"] == 1
    with path.engine.begin() as connection:
        counted = running(generations.bind(connection, 1))
    assert sum(n for place, n in counted.items() if place.programme == LIVE) == signers_of(1)
