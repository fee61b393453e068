"""Two evaluators as processes: the one that works dies or freezes, the other takes over and tells all that changed."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec
import pytest

from deploy.laptop.broker import Broker
from services.contracts.topics import STATUS
from tests.integration.reporting.evaluating import EARLY, W1_REPORT, WARDS, World
from tests.support.ports import free_port
from tests.support.real_log import RealLog
from tests.support.services import Service, Services
from tests.support.waiting import until
from tests.support.whole_path import Watched

PATIENCE_S = 120.0
TAKES_OVER_WITHIN = timedelta(seconds=5)
FORM, _, MONTH = W1_REPORT
ACTIVE = "evaluate_active"


@dataclass
class Pair:
    """Ingest is played by `world`; both processes are real, and so are log and database."""

    world: World
    log: RealLog
    start_service: Services
    both: list[Watched] = field(default_factory=list)
    posted: int = 0

    def start(self) -> Watched:
        bind = f"127.0.0.1:{free_port()}"
        environment = {
            "REPORTING_EVALUATE_BIND": bind,
            "REPORTING_EVALUATE_FROZEN_AFTER_S": "3",
            "DATABASE_URL": self.world.url,
            "KAFKA_BOOTSTRAP_SERVERS": self.log.bootstrap_servers,
        }
        service: Service = self.start_service("services.reporting", "evaluate", environment=environment)
        self.both.append(Watched(service, f"http://{bind}"))
        until(self.both[-1].ready, lambda: service.output, PATIENCE_S)
        return self.both[-1]

    def start_two(self) -> tuple[Watched, Watched]:
        """The one that works, and the one that stands by."""
        active = self.start()
        until(lambda: active.metric(ACTIVE) == 1, self.output, PATIENCE_S)
        return active, self.start()

    def post(self) -> None:
        """Corrections that move the indicators of drug hotspots of every ward to and fro."""
        self.posted += 1
        reports = [
            self.world.report(FORM, ward, MONTH, revision=self.posted, hotspots=self.posted % 2) for ward in WARDS
        ]
        self.world.post(*reports)

    def settled(self) -> bool:
        return self.world.one("select count(*) from mark") == 0

    def settle(self) -> None:
        until(self.settled, self.output, PATIENCE_S)

    def time(self) -> datetime:
        found = self.world.one("select clock_timestamp()")
        assert isinstance(found, datetime)
        return found

    def output(self) -> str:
        return "\n".join(one.service.output for one in self.both)

    def assert_right_and_told_once(self) -> None:
        """Stored is computed; of each cell the changes are told in order, each once by its number, to the last one."""
        until(lambda: self.world.one("select count(*) from reporting.outbox") == 0, self.output, PATIENCE_S)
        verified = self.world.verified()
        assert (verified.differences, verified.waiting) == ((), 0)
        heard: dict[bytes | None, list[int]] = defaultdict(list)
        for record in self.log.read(STATUS.name):
            sequence = msgspec.json.decode(record.value)["sequence"]
            if sequence > len(heard[record.key]):  # consumers ignore one that is not higher
                heard[record.key].append(sequence)
        with self.world.reading() as connection:
            published = connection.exec_driver_sql("select unit, indicator, period, sequence from reporting.published")
            expected = {"/".join(row[:3]).encode(): list(range(1, row[3] + 1)) for row in published}
        assert heard == expected
        assert max(map(len, heard.values())) >= self.posted


@pytest.fixture
def pair(breakable: Broker, database_url: str, start_service: Services) -> Iterator[Pair]:
    world, log = World(database_url), RealLog(breakable.bootstrap_servers)
    opens_at = world.programme.period(MONTH).opens_at
    world.reach(max(EARLY, opens_at))
    yield Pair(world, log, start_service)
    log.close()
    world.engine.dispose()


def test_a_standby_takes_over_within_five_seconds_when_the_active_one_is_killed(pair: Pair) -> None:
    active, standby = pair.start_two()
    for _ in range(3):
        pair.post()
        pair.settle()
        killed_at = pair.time()
        active.service.kill()
        pair.post()
        pair.settle()
        assert pair.time() - killed_at < TAKES_OVER_WITHIN
        assert standby.metric(ACTIVE) == 1
        active, standby = standby, pair.start()
    pair.assert_right_and_told_once()


def test_one_that_is_frozen_past_its_session_holds_nobody_up_and_tells_nothing_anew_when_it_wakes(pair: Pair) -> None:
    active, standby = pair.start_two()
    pair.post()
    pair.settle()
    active.service.freeze()
    for _ in range(3):
        pair.post()
        pair.settle()
    assert standby.metric(ACTIVE) == 1
    active.service.thaw()
    for _ in range(3):
        pair.post()
        pair.settle()
    until(lambda: active.metric(ACTIVE) == 0 and active.ready(), pair.output, PATIENCE_S)
    assert standby.metric(ACTIVE) == 1
    pair.assert_right_and_told_once()
    assert '"bug"' not in pair.output()
