"""The broker and the database of one clone: begun, ended and told of.

An address in the environment (KAFKA_BOOTSTRAP_SERVERS, DATABASE_URL) wins: then nothing is started here, and whoever
names the database names notify's two as well.
"""

import fcntl
import shutil
import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy.laptop import database as databases
from deploy.laptop import jars, ports, processes
from deploy.laptop.account import account
from deploy.laptop.broker import Broker
from deploy.laptop.database import Database
from deploy.laptop.faults import LaptopFault
from deploy.laptop.kraft import Memory

BROKER = "KAFKA_BOOTSTRAP_SERVERS"
DATABASE = "DATABASE_URL"
NOTIFY = "NOTIFY_DATABASE_URL"
NOTIFY_SECRETS = "NOTIFY_SECRETS_DATABASE_URL"
_DATABASES = {DATABASE: databases.NAME, NOTIFY: databases.NOTIFY, NOTIFY_SECRETS: databases.NOTIFY_SECRETS}
_BROKER_PORT = 20_092
_DATABASE_PORT = 15_432
_DEMO_TIMEOUT_S = 40.0


@dataclass(frozen=True)
class Laptop:
    var: Path
    cache: Path
    environment: Mapping[str, str]
    progress: Callable[[jars.Jar], None]

    def start_broker(self, nodes: int | None, port: int | None, memory: Memory) -> str:
        """The addresses of a broker that serves; `nodes` and `memory` matter where it is laid out anew."""
        with self._alone():
            broker = self._broker()
            if external := self._external(BROKER, broker.bootstrap_servers if broker else None):
                return external
            if broker is None:
                wanted = _choose(port, _spread(port or _BROKER_PORT, nodes or 1))
                broker = Broker.create(self.var / "broker", self._jars, wanted, memory)
            elif nodes not in (None, len(broker.nodes)):
                raise LaptopFault(
                    f"{broker.home} holds a cluster of {len(broker.nodes)} node(s), not {nodes}; "
                    "`python -m deploy.laptop wipe` removes it with all its events"
                )
            elif not broker.running:
                usual = broker.ports if port is None else _spread(port, len(broker.nodes))
                broker = broker.on(_choose(port, usual))
            broker.start()
            self._write_environment()
        return broker.bootstrap_servers

    def start_database(self, port: int | None) -> str:
        """The address of a database that answers."""
        with self._alone():
            database = self._database()
            if external := self._external(DATABASE, database.url() if database else None):
                return external
            if database is None:
                [free] = _choose(port, [port or _DATABASE_PORT])
                database = Database.create(self.var / "database", account(), free)
            elif not database.running:
                [free] = _choose(port, [port or database.port])
                database = database.on(free)
            database.start()
            self._write_environment()
        return database.url()

    def stop_broker(self) -> None:
        with self._alone():
            if broker := self._broker():
                broker.stop()
            self._write_environment()

    def stop_database(self) -> None:
        with self._alone():
            if database := self._database():
                database.stop()
            self._write_environment()

    def stop_demo(self) -> None:
        """End a demo that still runs; it ends its own processes."""
        if demo := processes.recorded(self.var / "demo"):
            processes.end([demo], signal.SIGTERM, _DEMO_TIMEOUT_S)

    def wipe(self) -> None:
        """End both and remove all that they hold."""
        self.stop_broker()
        self.stop_database()
        if database := self._database():
            database.remove()
        shutil.rmtree(self.var / "broker", ignore_errors=True)

    def addresses(self) -> dict[str, str]:
        """What the services need to know, of whatever runs or is named in the environment."""
        broker, database = self._broker(), self._database()
        own = {BROKER: broker.bootstrap_servers if broker and broker.running else ""}
        for name, of in _DATABASES.items():
            own[name] = database.url(of) if database and database.running else ""
        return {name: value for name in own if (value := self.environment.get(name) or own[name])}

    def status(self) -> dict[str, dict[str, Any]]:
        """State (running, stopped, external) of both; no password in it."""
        broker, database = self._broker(), self._database()
        told: dict[str, dict[str, Any]] = {
            "broker": {"state": "stopped", "nodes": len(broker.nodes) if broker else 0},
            "database": {"state": "stopped"},
        }
        if external := self._external(BROKER, broker.bootstrap_servers if broker else None):
            told["broker"] = {"state": "external", "address": external}
        elif broker and broker.running:
            told["broker"] |= {"state": "running", "address": broker.bootstrap_servers, "up": broker.running}
        if self._external(DATABASE, database.url() if database else None):
            told["database"] = {"state": "external"}
        elif database and database.running:
            told["database"] |= {"state": "running", "address": f"127.0.0.1:{database.port}"}
        return told

    def _external(self, name: str, own: str | None) -> str | None:
        named = self.environment.get(name)
        return named if named != own else None

    def _broker(self) -> Broker | None:
        return Broker.load(self.var / "broker", self._jars)

    def _database(self) -> Database | None:
        return Database.load(self.var / "database", account)

    def _jars(self) -> list[Path]:
        return jars.fetch_broker(self.cache, self.progress)

    def _write_environment(self) -> None:
        path = self.var / "laptop.env"
        path.touch(mode=0o600)
        path.write_text("".join(f"{name}={value}\n" for name, value in self.addresses().items()))

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Two commands on one clone wait for each other."""
        self.var.mkdir(parents=True, exist_ok=True)
        with (self.var / "laptop.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _spread(port: int, nodes: int) -> list[int]:
    """Ports of `nodes` nodes from a first one on: for each its own and its controller's."""
    return [port + 10 * number + which for number in range(nodes) for which in (0, 1)]


def _choose(asked: int | None, usual: Sequence[int]) -> list[int]:
    """The usual ports, unless none was asked for and one is taken, or any free one (0) was asked for."""
    if asked == 0 or (asked is None and not all(ports.is_free(port) for port in usual)):
        return ports.free_ports(len(usual))
    return list(usual)
