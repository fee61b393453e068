"""On real parts: while reports come in and the page is read, another generation is served, and then the one before."""

import json
from collections.abc import Iterator
from itertools import count, groupby
from pathlib import Path
from threading import Event as Flag
from threading import Thread
from typing import Any, NamedTuple, Self

import pytest
from sqlalchemy import Engine, text

from services.reporting.store.generations import SWITCH_LOCK
from tests.support.broker import OwnBrokers
from tests.support.doors import LIVE, DoorProcess, install, open_door
from tests.support.ingesting import rows
from tests.support.real_log import RealLog
from tests.support.services import Service, Services
from tests.support.streams import W1, W2, event, report, signed
from tests.support.waiting import until
from tests.support.whole_path import WholePath

LOST = f"(unit, indicator, period) = ('{W1}', 'CT11', '2024-M03')"
PATIENCE_S = 180.0
WITHIN = ("--within-s", "60")


class Seen(NamedTuple):
    """What one answer says of two cells: one that the generations tell differently, and one that grows all the while.

    `signers` is None while the answer itself says that the cell is still to be evaluated.
    """

    generation: int
    reported: str
    signers: int | None
    sheets: int


class Busy:
    """Somebody posts a sheet of W2 again and again, and somebody reads the table of a month again and again."""

    def __init__(self, log: RealLog, serve: DoorProcess) -> None:
        self._log, self._serve = log, serve
        self.seen: list[Seen] = []
        self.faults: list[str] = []
        self.posted = 0
        self._stop = Flag()
        self._threads = [Thread(target=self._post), Thread(target=self._read)]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _post(self) -> None:
        for number in count(100):
            if self._stop.wait(0.05):
                return
            self._log.post([event(signed([number], W2), key=("busy", number))])
            self.posted += 1

    def _read(self) -> None:
        while not self._stop.is_set():
            answer = self._serve.client.get("/v1/status", params={"programme": LIVE, "period": "2024-M03"})
            if answer.status_code == 200:
                self.seen.append(seen(answer.json()))
            else:
                self.faults.append(answer.text)

    def looked_on(self) -> None:
        """A few more answers than there were."""
        had = len(self.seen)
        until(lambda: len(self.seen) > had + 5, lambda: str(self.faults), PATIENCE_S)


def seen(answer: dict[str, Any]) -> Seen:
    cells = {(row["unit"]["id"], cell["indicator"]): cell for row in answer["units"] for cell in row["cells"]}
    covered = cells[W2, "CT05"]
    sheets = sum(one["next_offset"] for one in answer["as_of"]["positions"] if one["topic"] == "pledge.v1")
    return Seen(
        answer["as_of"]["generation"],
        cells[W1, "CT11"]["status"],
        None if covered["stale"] or covered["value"] is None else covered["value"]["num"],
        sheets,
    )


@pytest.fixture
def path(own_broker: OwnBrokers, tmp_path: Path, reporting_engine: Engine, start_service: Services) -> WholePath:
    installation = install(own_broker().bootstrap_servers, tmp_path / "installation")
    return WholePath(installation, reporting_engine, start_service)


@pytest.fixture
def log(path: WholePath) -> Iterator[RealLog]:
    made = RealLog(path.installation.bootstrap_servers)
    yield made
    made.close()


@pytest.fixture
def serve(path: WholePath, start_service: Services) -> DoorProcess:
    installation = path.installation.with_environment(DATABASE_URL=path.database_url)
    return open_door(start_service, installation, "REPORTING_SERVE", "services.reporting", "serve")


def evaluated(path: WholePath, status: str) -> None:
    """The cell of the report says so, and nothing is left to do."""
    found = f"select 1 from status where {LOST} and status = '{status}' and valid_until is distinct from '-infinity'"
    until(lambda: rows(path.engine, found), path.output, PATIENCE_S)


def lose_the_report(path: WholePath) -> None:
    with path.engine.begin() as connection:
        connection.execute(text(f"delete from g1.report where unit = '{W1}'"))
        connection.execute(
            text(f"insert into g1.mark (programme, unit, source) values ('{LIVE}', '{W1}', 'form:BC-THANG-UBND')")
        )


def generation(path: WholePath, *words: str) -> tuple[Service, list[dict[str, Any]]]:
    done = path.command("generation", *words, "--json")
    return done, [json.loads(line) for line in done.output.splitlines() if line.startswith('{"kind"')]


def serve_after_acceptance(path: WholePath, number: str) -> None:
    filled, _ = generation(path, "fill", number)
    assert filled.exit_code(PATIENCE_S) == 0, filled.output
    shown, told = generation(path, "diff", number, *WITHIN)
    assert shown.exit_code(PATIENCE_S) == 1, shown.output
    refused, left = generation(path, "switch", number, *WITHIN)
    assert (refused.exit_code(PATIENCE_S), left[-1]["kind"]) == (1, "not_switched"), refused.output
    accepted, _ = generation(path, "accept", number, "--digest", told[-1]["digest"], *WITHIN)
    assert accepted.exit_code(PATIENCE_S) == 0, accepted.output
    switched, said = generation(path, "switch", number, *WITHIN)
    assert (switched.exit_code(PATIENCE_S), said[-1]["kind"]) == (0, "switched"), switched.output


@pytest.mark.timeout(900)
def test_whoever_reads_during_a_switch_and_back_sees_one_generation_whole_or_the_other(
    path: WholePath, log: RealLog, serve: DoorProcess
) -> None:
    path.ingest()
    path.evaluate()
    log.post([event(report({"propaganda_sessions": 3}), key="report"), event(signed([1], W2), key="first")])
    path.wait_until_read()
    evaluated(path, "met")
    lose_the_report(path)
    evaluated(path, "overdue")
    with Busy(log, serve) as busy:
        busy.looked_on()
        serve_after_acceptance(path, "2")
        busy.looked_on()
        serve_after_acceptance(path, "1")
        busy.looked_on()
    assert busy.faults == []
    assert [number for number, _ in groupby(one.generation for one in busy.seen)] == [1, 2, 1]
    assert {(one.generation, one.reported) for one in busy.seen} == {(1, "overdue"), (2, "met")}
    settled = [one for one in busy.seen if one.signers is not None]
    assert {one.generation for one in settled} == {1, 2}
    assert [one for one in settled if one.signers != one.sheets] == []
    read = [one.sheets for one in busy.seen]
    assert read == sorted(read)
    path.wait_until_read()
    counted = rows(path.engine, "select sum(n) as n from signer_count where kind = 'household'")[0].n
    assert counted == busy.posted + 1
    path.assert_books_balance()


def waiting_at_the_pause(path: WholePath) -> set[str]:
    """Who waits: `switching` for a row, alone at work on any generation; `held off` for the end of that."""
    statement = f"""
        select case when l.granted then 'switching' else 'held off' end as who
        from pg_locks l join pg_stat_activity a using (pid)
        where l.locktype = 'advisory' and l.objid = {SWITCH_LOCK}
            and (not l.granted or (l.mode = 'ExclusiveLock' and a.wait_event_type = 'Lock'))
    """
    return {str(one.who) for one in rows(path.engine, statement)}


def served(path: WholePath) -> int:
    return int(rows(path.engine, "select number from current_generation")[0].number)


@pytest.mark.timeout(900)
def test_a_switch_killed_in_the_middle_of_its_pause_leaves_the_old_generation_served_and_everybody_goes_on(
    path: WholePath, log: RealLog
) -> None:
    path.ingest()
    path.evaluate()
    log.post([event(report({"propaganda_sessions": 3}), key="report"), event(signed([1], W2), key="first")])
    path.wait_until_read()
    evaluated(path, "met")
    with path.engine.begin() as holder:
        holder.execute(text("select number from reporting.current_generation for update"))
        switching = path.begin("generation", "switch", "2", "--within-s", "300")
        until(lambda: "switching" in waiting_at_the_pause(path), lambda: switching.output, 2 * PATIENCE_S)
        log.post([event(signed([2], W2), key="second")])
        until(
            lambda: waiting_at_the_pause(path) == {"switching", "held off"},
            lambda: f"{switching.output} {path.output()}",
            PATIENCE_S,
        )
        switching.kill()
    path.wait_until_read()
    assert served(path) == 1
    path.assert_books_balance()
    path.assert_statuses_are_computed()
    switched, said = generation(path, "switch", "2", *WITHIN)
    assert (switched.exit_code(PATIENCE_S), said[-1]["kind"], served(path)) == (0, "switched", 2), switched.output
