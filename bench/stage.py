"""Where a benchmark runs: a broker and a database of its own, tables, topics, keys, a programme, and real processes."""

import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from deploy.laptop import jars, places, ports, town
from deploy.laptop.account import account
from deploy.laptop.broker import Broker
from deploy.laptop.database import NOTIFY, NOTIFY_SECRETS, Database
from deploy.laptop.faults import LaptopFault
from deploy.laptop.guard import Guard
from deploy.laptop.installation import install
from deploy.laptop.kraft import Memory
from deploy.laptop.services import Service, Services
from deploy.laptop.town import Member, Town
from services.kit.auth import Caller, issue
from services.kit.keys import SigningKey

AGENCY, WARD = "ubnd-18115", "18115"
_READY_TIMEOUT_S = 120.0
Say = Callable[[str], None]


@dataclass(frozen=True)
class Running:
    """A process that was ready when this was made."""

    member: Member
    service: Service

    @property
    def url(self) -> str:
        return self.member.url

    @property
    def pid(self) -> int:
        return self.service.process.pid

    def stop(self) -> None:
        self.service.stop()


@dataclass(frozen=True)
class Wishes:
    """What the person asked for beside a size: `minutes` of load, a `share` of the nation."""

    minutes: float | None = None
    share: float | None = None


@dataclass(frozen=True)
class Stage:
    """`environment` is what every process is given; `town` says which there are; `say` tells the person who waits."""

    folder: Path
    environment: Mapping[str, str]
    town: Town
    services: Services
    say: Say
    wishes: Wishes = Wishes()

    @property
    def bootstrap_servers(self) -> str:
        return self.environment["KAFKA_BOOTSTRAP_SERVERS"]

    @property
    def database_url(self) -> str:
        return self.environment["DATABASE_URL"]

    @property
    def keys(self) -> Path:
        return self.folder / "keys"

    def begin(self, member: Member, **settings: str) -> Running:
        """Start a process of the town, e.g. begin(stage.town.pledge, PLEDGE_THREADS="8"); it may not be ready yet."""
        told = replace(member, settings={**member.settings, **settings})
        return Running(told, self.services(*told.arguments, environment={**self.environment, **told.settings}))

    def start(self, member: Member, **settings: str) -> Running:
        """As `begin`, and wait until it is ready. Raises LaptopFault with what it said if it never is."""
        running = self.begin(member, **settings)
        alive = running.service.process
        try:
            town.wait_until_ready([running.member], _READY_TIMEOUT_S, lambda: alive.alive, lambda _: None)
        except LaptopFault as fault:
            raise LaptopFault(f"{fault}\n{running.service.output}") from fault
        return running

    def token(self, *roles: str, agency: str = AGENCY, unit: str = WARD) -> str:
        """A bearer token for a day."""
        issuer = SigningKey.load(self.keys / "token-issuer.pem")
        return issue(issuer, Caller(agency, "officer-1", unit, frozenset(roles)), datetime.now(UTC))


@contextmanager
def open_stage(say: Say, wishes: Wishes = Wishes()) -> Iterator[Stage]:
    """A stage with nothing on it but what was installed; all of it is gone afterwards, however the run ends."""
    folder = Path(tempfile.mkdtemp(prefix="binh-yen-bench-"))
    folder.chmod(0o711)  # the database's own id walks through it
    keeper = Guard(folder)
    try:
        say("broker, database, topics, tables, keys, programme")
        environment = install(folder, _started(folder), sandbox=False)
        laid_out = town.lay_out(folder / "keys", ports.free_ports(8))
        yield Stage(
            folder, environment | {"PATH": os.environ["PATH"]}, laid_out, Services(folder, count()), say, wishes
        )
    finally:
        keeper.close()


def _started(folder: Path) -> dict[str, str]:
    """The addresses of a broker with the memory that throughput needs, and of a database."""
    paths = jars.fetch_broker(places.cache_dir(), lambda _: None)
    broker = Broker.create(folder / "broker", lambda: paths, ports.free_ports(2), Memory.LARGE)
    broker.start()
    database = Database.create(folder / "database", account(), ports.free_port())
    database.start()
    notify = {"NOTIFY_DATABASE_URL": database.url(NOTIFY), "NOTIFY_SECRETS_DATABASE_URL": database.url(NOTIFY_SECRETS)}
    return {"KAFKA_BOOTSTRAP_SERVERS": broker.bootstrap_servers, "DATABASE_URL": database.url(), **notify}
