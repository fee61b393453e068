"""A whole installation, with all that was written read by a real ingest, and what doctor finds in it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import httpx

from services.kit.clock import Clock, SystemClock
from services.operations.doctor.command import look
from services.operations.doctor.findings import Seen
from tests.support.doors import Installation, install
from tests.support.ports import free_port
from tests.support.services import Services
from tests.support.waiting import until

ReadableFinding = tuple[str, str, str]
"""Check, severity, and what was found in English."""


@dataclass(frozen=True)
class Standing:
    installation: Installation
    environment: Mapping[str, str]
    keys_dir: Path

    def with_environment(self, **changes: str) -> "Standing":
        return replace(self, environment={**self.environment, **changes})

    def seen(self, clock: Clock | None = None) -> list[Seen]:
        return look(self.environment, self.keys_dir, clock or SystemClock())

    def found(self, clock: Clock | None = None) -> list[ReadableFinding]:
        """Every finding; each can be acted on in both languages."""
        seen = self.seen(clock)
        findings = [(one.check, finding) for one in seen for finding in one.findings]
        assert all(all(finding.what) and all(finding.advice) for _, finding in findings)
        return [(check, finding.severity, finding.what.en) for check, finding in findings]


@dataclass(frozen=True)
class Ahead:
    """The real clock, wrong by so much."""

    by: timedelta

    def now(self) -> datetime:
        return SystemClock().now() + self.by

    def monotonic(self) -> float:
        return SystemClock().monotonic()


def stand(start: Services, bootstrap_servers: str, databases: Mapping[str, str], folder: Path) -> Standing:
    """Topics, keys, programmes, tables; ingest reads it all and is stopped."""
    installation = install(bootstrap_servers, folder)
    environment = {**installation.environment, **databases}
    standing = Standing(installation, environment, installation.keys_dir)
    read(start, standing)
    return standing


def read(start: Services, standing: Standing) -> None:
    """A real ingest reads to the end of the log."""
    bind = f"127.0.0.1:{free_port()}"
    service = start("services.reporting", "ingest", environment={**standing.environment, "REPORTING_INGEST_BIND": bind})

    def ready() -> bool:
        try:
            return httpx.get(f"http://{bind}/health/ready").is_success
        except httpx.TransportError:
            return False

    until(ready, lambda: service.output)
    service.stop()
