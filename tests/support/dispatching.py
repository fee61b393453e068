"""Dispatch as real processes: on a broker, a database, a mail server and a webhook of one test."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from click.testing import CliRunner
from sqlalchemy import Engine, text

from services.contracts.codec import encode
from services.contracts.events import Event
from services.contracts.metrics import CATALOGUE
from services.contracts.records import Record
from services.contracts.topics import DEAD_LETTERS, OBLIGATION, STATUS
from services.kit.clock import SystemClock
from services.kit.eventlog.kafka import KafkaAppender, LogSettings
from services.kit.metrics import Metrics
from services.notify.__main__ import main
from services.operations import keys
from services.operations.programme_apply import command as programme_apply
from tests.support.doors import DoorProcess, Installation
from tests.support.ports import free_port
from tests.support.postings import FOLDER
from tests.support.services import Services
from tests.support.sinks import HookSink, MailSink
from tests.support.waiting import until

PATIENCE_S = 120.0
TODAYS_WARD, OTHER_WARD, PROVINCE = "18115@2025-07-01", "18118@2025-07-01", "42@2018-01-01"
"""The units that stand today of those that owe the pilot's reports; the town is gone."""


def apply_at_any_hour(installation: Installation, folder: Path, minutes: int) -> None:
    """The pilot with its duties answered within so many minutes, at any hour: a test may run at night."""
    copied = folder / "programme"
    copied.mkdir()
    for path in FOLDER.iterdir():
        (copied / path.name).write_bytes(path.read_bytes())
    routes = copied / "routes.yaml"
    said = routes.read_text()
    assert said.count("acknowledge_minutes: 570") == 1
    routes.write_text(said.replace("acknowledge_minutes: 570", f"urgent: true\n    acknowledge_minutes: {minutes}"))
    done = CliRunner().invoke(programme_apply, [str(copied), "--yes"], env=dict(installation.environment))
    assert done.exit_code == 0, done.output


@dataclass
class Dispatching:
    installation: Installation
    databases: Mapping[str, str]
    engine: Engine
    start: Services
    mail: MailSink
    hooks: HookSink
    processes: list[DoorProcess] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.environment = {
            **self.installation.environment,
            **self.databases,
            "NOTIFY_NOTICE_KEY": str(self.installation.keys_dir / keys.NOTICES),
        }
        settings = LogSettings(self.installation.bootstrap_servers)
        self._appender = KafkaAppender(settings, [STATUS, OBLIGATION, *DEAD_LETTERS], Metrics(CATALOGUE), SystemClock())
        self._appender.start()
        until(lambda: self._appender.ready().ok, lambda: self._appender.ready().detail)

    def process(self, *arguments: str, **settings: str) -> DoorProcess:
        """A process that is ready; without `arguments` a plain one."""
        port = free_port()
        own = {
            "BIND": f"127.0.0.1:{port}",
            "JWKS": str(self.installation.keys_dir / keys.JWKS),
            "PUBLIC_URL": f"http://127.0.0.1:{port}",
            "SMTP_HOST": "127.0.0.1",
            "SMTP_PORT": str(self.mail.port),
            "SMTP_SECURITY": "none",
            **settings,
        }
        named = {f"NOTIFY_DISPATCH_{name}": value for name, value in own.items()}
        words = arguments or ("services.notify", "dispatch")
        service = self.start(*words, environment={**self.environment, **named})
        door = DoorProcess(service, httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=10))
        until(door.ready, lambda: f"not ready: {service.output}", PATIENCE_S)
        self.processes.append(door)
        return door

    def command(self, *words: str) -> Any:
        """One of notify's commands, as JSON."""
        done = CliRunner().invoke(main, [*words, "--json"], env=dict(self.environment))
        assert done.exit_code == 0, (done.output, done.exception)
        return json.loads(done.output)

    def register(self, unit: str, address: str, role: str = "people_committee", channel: str = "email") -> Any:
        given = {"programme": "hong-linh-2024", "unit": unit, "role": role, "channel": channel, "address": address}
        words = [word for name, value in given.items() for word in (f"--{name}", value)]
        return self.command("contacts", "add", *words, "--from", "2020-01-01")[0]

    def post(self, events: Iterable[Event]) -> None:
        self.append([encode(event) for event in events])

    def append(self, records: list[Record]) -> None:
        self._appender.append(records, 20)

    def rows(self, statement: str) -> list[Any]:
        with self.engine.connect() as connection:
            return list(connection.execute(text(statement)))

    def until(self, holds: Callable[[], object], limit_s: float = PATIENCE_S) -> None:
        until(holds, self.told, limit_s)

    def told(self) -> str:
        lines = self.rows("select kind, unit, role, verdict, rule, detail from notify.ledger order by at")
        return "\n".join([*map(str, lines), *(one.service.output for one in self.processes)])

    def close(self) -> None:
        for one in self.processes:
            one.client.close()
        self._appender.close(5)
