"""An installation for tests of the doors: topics, two programmes (one a sandbox), keys, tokens, processes."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import httpx
import psutil
from click.testing import CliRunner

from services.contracts.codec import decode
from services.contracts.events import Event
from services.contracts.records import StoredRecord
from services.kit.auth import Caller, issue
from services.kit.eventlog.kafka import KafkaAdmin, KafkaReader, LogSettings
from services.kit.eventlog.port import Partition
from services.kit.keys import SigningKey
from services.operations import keys, topics
from services.operations.programme_apply import command as programme_apply
from tests.support.ports import free_port
from tests.support.postings import FOLDER
from tests.support.services import Service, Services
from tests.support.waiting import until

LIVE, SANDBOX = "hong-linh-2024", "hong-linh-thu"


@dataclass(frozen=True)
class Installation:
    """`environment` is what every process of it is given."""

    bootstrap_servers: str
    keys_dir: Path
    environment: Mapping[str, str]

    def with_environment(self, **changes: str) -> "Installation":
        return replace(self, environment={**self.environment, **changes})

    def token(self, *roles: str, agency: str = "ubnd-18115", unit: str = "18115", **claims: Any) -> str:
        """`age`: how long ago it was issued, for a day."""
        issued = datetime.now(UTC) - claims.pop("age", timedelta())
        issuer = claims.pop("issuer", None) or SigningKey.load(self.keys_dir / keys.ISSUER)
        return issue(issuer, Caller(agency, "officer-1", unit, frozenset(roles), **claims), issued)

    def log(self, topic: str) -> list[StoredRecord]:
        """Everything that stands in a topic, by partition and offset."""
        settings = LogSettings(self.bootstrap_servers)
        admin = KafkaAdmin(settings)
        ends = admin.end_offsets([topic])
        admin.close()
        reader = KafkaReader.of_partitions(settings, dict.fromkeys(ends, 0))
        found: dict[Partition, list[StoredRecord]] = {partition: [] for partition in ends}
        while any(len(found[partition]) < end for partition, end in ends.items()):
            for partition, records in reader.poll(1_000, 500).items():
                found[Partition(*partition)] += records
        reader.close()
        return [record for partition in sorted(found) for record in found[partition]]

    def events(self, topic: str) -> list[Event]:
        return [decode(record) for record in self.log(topic)]


def install(bootstrap_servers: str, folder: Path) -> Installation:
    """Topics, keys and programmes, by the operators' own commands."""
    folder.mkdir(exist_ok=True)
    env_file = folder / "log.env"
    _run(topics.command, "apply", "--bootstrap-servers", bootstrap_servers, "--env-file", str(env_file))
    keys.init(folder / "keys", [LIVE, SANDBOX], "20240101")
    lines = dict(line.split("=", 1) for line in env_file.read_text().splitlines())
    environment = {
        "KAFKA_BOOTSTRAP_SERVERS": bootstrap_servers,
        **{name: value.strip("'") for name, value in lines.items()},
    }
    _run(programme_apply, str(FOLDER), "--yes", environment=environment)
    _run(programme_apply, str(FOLDER), "--yes", "--sandbox", "--id", SANDBOX, environment=environment)
    return Installation(bootstrap_servers, folder / "keys", environment)


def _run(command: Any, *arguments: str, environment: Mapping[str, str] | None = None) -> None:
    done = CliRunner().invoke(command, arguments, env=environment)
    assert done.exit_code == 0, (done.output, done.exception)


@dataclass(frozen=True)
class DoorProcess:
    service: Service
    client: httpx.Client

    def post(self, path: str, body: Any, token: str | None, key: str | None = None, **headers: str) -> httpx.Response:
        sent = {"Content-Type": "application/json", **headers}
        if token is not None:
            sent["Authorization"] = f"Bearer {token}"
        if key is not None:
            sent["Idempotency-Key"] = key
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.client.post(path, content=content, headers=sent)

    def ready(self) -> bool:
        try:
            return self.client.get("/health/ready").status_code == 200
        except httpx.TransportError:
            return False

    def seconds(self, status: int, within_s: float) -> tuple[int, int]:
        """Of the posts answered with a status: how many, and how many of them within so many seconds (a bucket)."""
        shown = self.client.get("/metrics").text.splitlines()
        ours = [line for line in shown if 'method="POST"' in line and f'status="{status}"' in line]
        counts = [line for line in ours if line.startswith("http_request_seconds_count")]
        inside = [line for line in ours if f'le="{within_s}"' in line]
        return _sum(counts), _sum(inside)

    def resident_bytes(self) -> int:
        """Memory of the server and its worker."""
        server = psutil.Process(self.service.process.pid)
        return sum(int(process.memory_info().rss) for process in (server, *server.children(recursive=True)))

    def failing(self) -> dict[str, str]:
        """The checks of readiness that fail, and what each says."""
        checks = self.client.get("/health/ready").json()["checks"]
        return {name: check["detail"] for name, check in checks.items() if not check["ok"]}


def _sum(samples: list[str]) -> int:
    return sum(int(float(line.rsplit(" ", 1)[1])) for line in samples)


_ALSO: Final[Mapping[str, Mapping[str, str]]] = {
    "PLEDGE": {"PLEDGE_RECEIPT_KEYS_DIR": keys.RECEIPTS, "PLEDGE_SIGNER_KEYS_DIR": keys.SIGNERS},
    "REPORTING_INTAKE": {"REPORTING_INTAKE_RECEIPT_KEYS_DIR": keys.RECEIPTS},
    "REPORTING_SERVE": {"REPORTING_SERVE_RECEIPT_KEYS_DIR": keys.RECEIPTS},
    "NOTIFY_INTAKE": {"NOTIFY_INTAKE_RECEIPT_KEYS_DIR": keys.RECEIPTS},
    "NOTIFY_DISPATCH": {"NOTIFY_NOTICE_KEY": keys.NOTICES},
}
"""Keys beside those of tokens."""


def open_door(start: Services, installation: Installation, prefix: str, *arguments: str) -> DoorProcess:
    """A process of ours, ready."""
    port = free_port()
    own = {
        f"{prefix}_BIND": f"127.0.0.1:{port}",
        f"{prefix}_JWKS": str(installation.keys_dir / keys.JWKS),
        **{name: str(installation.keys_dir / place) for name, place in _ALSO[prefix].items()},
    }
    service = start(*arguments, environment={**installation.environment, **own})
    door = DoorProcess(service, httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=10))
    until(door.ready, lambda: f"not ready: {service.output}")
    return door
