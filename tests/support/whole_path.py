"""The path from a post to a status on real processes, for tests that break something; and what must hold after."""

import json
from collections import Counter
from dataclasses import dataclass, field
from urllib.error import HTTPError
from urllib.request import urlopen

from sqlalchemy import Engine

from services.kit.eventlog.port import Partition
from services.reporting.store import books, generations
from services.reporting.store.recount import differences, running
from tests.support.doors import LIVE, DoorProcess, Installation, open_door
from tests.support.ingesting import INPUTS, outcomes, positions, rows
from tests.support.pledge_load import Load, signers_of
from tests.support.ports import free_port
from tests.support.real_log import ends_of
from tests.support.services import Service, Services
from tests.support.waiting import until

_PATIENCE_S = 120.0


@dataclass(frozen=True)
class Watched:
    """A loop process and where it answers."""

    service: Service
    url: str

    def ready(self) -> bool:
        return self.get("/health/ready")[0] == 200

    def not_ready_as(self, words: str) -> bool:
        """Whether it says so of a check that fails: before it has met the log, every check of it does."""
        status, said = self.get("/health/ready")
        failing = [] if status in (0, 200) else json.loads(said)["checks"].values()
        return any(words in check["detail"] for check in failing if not check["ok"])

    def metric(self, sample: str) -> float:
        """A sample by its name and labels, as the process shows it; 0 when it does not."""
        shown = dict(line.rsplit(" ", 1) for line in self.get("/metrics")[1].splitlines() if not line.startswith("#"))
        return float(shown.get(sample, 0))

    def exit_code(self) -> int:
        return self.service.exit_code(_PATIENCE_S)

    def get(self, path: str) -> tuple[int, str]:
        """(status, body); status 0 when nobody answers."""
        try:
            with urlopen(f"{self.url}{path}", timeout=10) as answer:
                return answer.status, answer.read().decode()
        except HTTPError as error:
            return error.code, error.read().decode()
        except OSError:
            return 0, ""


@dataclass
class WholePath:
    installation: Installation
    engine: Engine
    start_service: Services
    watched: list[Watched] = field(default_factory=list)

    @property
    def database_url(self) -> str:
        return self.engine.url.render_as_string(hide_password=False)

    def pledge(self) -> DoorProcess:
        return open_door(self.start_service, self.installation, "PLEDGE", "services.pledge", "serve")

    def load(self, door: DoorProcess, idle: Watched | None = None, clients: int = 4) -> Load:
        """`idle`: a process that goes on answering whatever the test breaks."""
        if idle is not None:
            until(lambda: idle.get("/health/live")[0] == 200, self.output, _PATIENCE_S)
        idle_url = f"{idle.url}/health/live" if idle else None
        return Load(str(door.client.base_url), self.installation.token("pledge"), idle_url=idle_url, clients=clients)

    def ingest(self, **settings: str) -> Watched:
        return self._loop("ingest", "REPORTING_INGEST", settings)

    def evaluate(self, **settings: str) -> Watched:
        return self._loop("evaluate", "REPORTING_EVALUATE", settings)

    def _loop(self, name: str, prefix: str, settings: dict[str, str]) -> Watched:
        bind = f"127.0.0.1:{free_port()}"
        own = {f"{prefix}_BIND": bind, "DATABASE_URL": self.database_url, **settings}
        service = self.start_service("services.reporting", name, environment={**self.installation.environment, **own})
        self.watched.append(Watched(service, f"http://{bind}"))
        return self.watched[-1]

    def command(self, *words: str) -> Service:
        """One of reporting's commands, run to its end."""
        done = self.begin(*words)
        done.exit_code(_PATIENCE_S)
        return done

    def begin(self, *words: str) -> Service:
        """One of reporting's commands, while it runs."""
        environment = {**self.installation.environment, "DATABASE_URL": self.database_url}
        return self.start_service("services.reporting", *words, environment=environment)

    def output(self) -> str:
        return "\n".join(one.service.output for one in self.watched)

    def ends(self) -> dict[Partition, int]:
        return ends_of(self.installation.bootstrap_servers, INPUTS)

    def wait_until_read(self) -> None:
        ends = self.ends()
        until(lambda: positions(self.engine) == ends, self.output, _PATIENCE_S)

    def assert_undisturbed(self, load: Load) -> None:
        """Every accepted sheet counts once, as in an undisturbed reading of the same log, and the books balance."""
        accepted = {answer.event_id for answer in load.of(202)}
        assert len(accepted) == load.sheets
        in_log = Counter(str(event.id) for event in self.installation.events("pledge.v1"))
        assert accepted == set(in_log)
        self.wait_until_read()
        programme_parts = self.ends()[Partition("programme.v1", 0)]
        reports = len({event.id for event in self.installation.events("report.v1")})
        assert outcomes(self.engine)["applied"] == load.sheets + reports + programme_parts
        self.assert_equal_to_a_replay()
        with self.engine.begin() as connection:
            counted = sum(n for place, n in running(generations.bind(connection, 1)).items() if place.programme == LIVE)
        assert counted == signers_of(load.sheets)

    def assert_equal_to_a_replay(self) -> None:
        """The facts are those of an undisturbed reading of the same log."""
        replay = self.command("ingest", "--generation", "2")
        assert replay.exit_code(_PATIENCE_S) == 0, replay.output
        with self.engine.begin() as connection:
            assert generations.compare(connection, 1, 2) == {}
        self.assert_books_balance()

    def assert_books_balance(self) -> None:
        """Running counts are those of a recount, and every record of the log is accounted for."""
        with self.engine.begin() as connection:
            assert differences(generations.bind(connection, 1)) == {}
        until(lambda: self._counted() == self.ends(), lambda: f"{self._counted()} {self.output()}", _PATIENCE_S)
        with self.engine.begin() as connection:
            residuals = books.residuals(generations.bind(connection, 1))
        assert set(residuals.values()) == {0}, residuals

    def assert_statuses_are_computed(self) -> None:
        """What stands stored is what the facts say, once the evaluator has worked off everything."""
        until(lambda: not rows(self.engine, "select 1 from mark limit 1"), self.output, _PATIENCE_S)
        until(lambda: rows(self.engine, "select 1 from status limit 1"), self.output, _PATIENCE_S)
        found = json.loads(self.command("verify", "--json").output.splitlines()[-1])[LIVE]
        assert found["compared"] > 0
        assert found["differences"] == []

    def _counted(self) -> dict[Partition, int]:
        with self.engine.begin() as connection:
            counted = books.counted_to(connection)
        return {partition: counted.get(partition, 0) for partition in self.ends()}
