"""A new programme version is shown as a difference before it is made active, and then it changes just that."""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, create_engine

from services.contracts import metrics as cards
from services.contracts.events import ProgrammeActivated
from services.contracts.programme import content_hash, content_of, pack
from services.kit.clock import FakeClock
from services.kit.metrics import Metrics
from services.operations.programme_diff import command
from services.reporting.evaluate.gauges import Gauges
from services.reporting.evaluate.loop import Evaluator
from services.reporting.store.lease import acquire
from tests.support.ingesting import new_log, post, post_programme, process, rows
from tests.support.programme_folder import Files, pilot_files
from tests.support.streams import NOON, PROGRAMME, TOWN, W1, W2, event, report, signed

SHOWN = "select unit, indicator, period, status, value_num, value_den, worst_num, best_num, flags from status"


def harder(code: str, num: str = "num: 1\n", to: str = "num: 4\n") -> Files:
    """The folder with another number in the target of an indicator."""
    text = pilot_files()["indicators.yaml"].decode()
    place = text.index(num, text.index(f"code: {code}"))
    return {**pilot_files(), "indicators.yaml": (text[:place] + to + text[place + len(num) :]).encode()}


class Town:
    """The pilot's programme with a few facts, read and evaluated."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.log = new_log()
        self.ingest = process(self.log, engine)
        post_programme(self.log)
        post(self.log, [event(report({"propaganda_sessions": 3}), key=1), event(signed([1, 2], W2), key=2)])
        self.evaluate()

    def evaluate(self) -> dict[tuple[str, str, str], tuple[Any, ...]]:
        self.ingest.rounds(6)
        one = Evaluator(self.engine, FakeClock(NOON + timedelta(days=1)), Gauges(Metrics(cards.CATALOGUE)))
        lease = acquire(self.engine)
        assert lease is not None
        while one.once(lease):
            pass
        lease.close()
        return {(row.unit, row.indicator, row.period): tuple(row[3:]) for row in rows(self.engine, SHOWN)}

    def apply(self, files: Files) -> None:
        content = content_of(files)
        (part,) = pack(content)
        said = ProgrammeActivated(
            programme=PROGRAMME,
            unit=TOWN,
            occurred_on=date(2023, 12, 1),
            version=2,
            hash=content_hash(content),
            sandbox=False,
            part=1,
            parts=1,
            content=part,
        )
        post(self.log, [event(said, key="second", source="operator", version=2)])


@pytest.fixture
def town(reporting_url: str) -> Iterator[Town]:
    engine = create_engine(reporting_url, pool_size=10)
    yield Town(engine)
    engine.dispose()


def diff(folder: Path, url: str, files: Files, *options: str) -> Result:
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return CliRunner().invoke(command, [str(folder), *options], env={"DATABASE_URL": url})


def lines(done: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in done.output.splitlines()]


@pytest.mark.usefixtures("town")
def test_a_folder_that_says_the_same_changes_nothing(tmp_path: Path, reporting_url: str) -> None:
    done = diff(tmp_path, reporting_url, pilot_files(), "--json")
    (total,) = lines(done)
    assert (done.exit_code, total["changes"], total["cells"], total["active"]) == (0, 0, 0, 1)


def test_a_stricter_target_changes_the_cells_that_were_shown_and_no_others(
    town: Town, tmp_path: Path, reporting_url: str
) -> None:
    stricter = harder("CT11")
    before = town.evaluate()
    done = diff(tmp_path, reporting_url, stricter, "--json")
    assert done.exit_code == 1
    *told, total = lines(done)
    (change,) = [one for one in told if one["kind"] == "change"]
    assert (change["key"], change["redefines"], total["redefined"]) == ("CT11", True, ["CT11"])
    shown = {(one["unit"], one["indicator"], one["period"]): one for one in told if one["kind"] == "cell"}
    ours = shown[W1, "CT11", "2024-M03"]
    assert (ours["before"]["status"], ours["after"]["status"], ours["why"]) == ("met", "not_met", "definition")
    assert total["cells"] == len(shown)

    town.apply(stricter)
    after = town.evaluate()
    assert {cell for cell in before | after if before.get(cell) != after.get(cell)} == shown.keys()
    assert {cell: after[cell][0] for cell in shown} == {cell: one["after"]["status"] for cell, one in shown.items()}


@pytest.mark.usefixtures("town")
def test_people_are_told_in_both_languages(tmp_path: Path, reporting_url: str) -> None:
    told = diff(tmp_path, reporting_url, harder("CT11")).output
    assert "sửa chỉ tiêu / changed: indicator CT11" in told
    assert f"{W1}/CT11/2024-M03: Đạt / met 3 [provisional, restated] → Chưa đạt / not met 3 " in told
    assert "định nghĩa chỉ tiêu khác / another definition" in told


def test_what_is_not_there_yet_cannot_be_compared(tmp_path: Path, reporting_engine: Engine, reporting_url: str) -> None:
    assert reporting_engine
    done = diff(tmp_path, reporting_url, pilot_files())
    assert done.exit_code == 1
    assert "No version" in done.output
    assert "Traceback" not in done.output
