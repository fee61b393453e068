"""A town whose processes run, for tests that speak to it as its users do."""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from deploy.laptop import places, town
from deploy.laptop.installation import PROGRAMME, operate
from deploy.laptop.town import Member, Town
from tests.support.services import Service, Services

_READY_TIMEOUT_S = 90.0


@dataclass
class RunningTown:
    town: Town
    folder: Path
    environment: Mapping[str, str]
    start_service: Services
    running: dict[str, Service] = field(default_factory=dict)

    def start(self) -> None:
        for member in self.town.members:
            self.begin(member)
        town.wait_until_ready(self.town.members, _READY_TIMEOUT_S, lambda: True, lambda _: None)

    def begin(self, member: Member) -> None:
        self.running[member.name] = self.start_service(
            *member.arguments, environment={**self.environment, **member.settings}
        )

    def kill(self, member: Member) -> None:
        """kill -9, at whatever it is doing."""
        self.running[member.name].kill()

    def stop(self) -> None:
        for service in self.running.values():
            service.stop()

    def play(self, *options: str) -> "subprocess.Popen[str]":
        """The simulator, which prints its result as JSON."""
        command = [
            *(sys.executable, "-m", "services.simulator", "play", "--json", "--programme", str(PROGRAMME)),
            *("--pledge-url", self.town.pledge.url, "--intake-url", self.town.intake.url),
            *("--notify-url", self.town.notify.url, "--serve-url", self.town.serve.url),
            *("--issuer-key", str(self.folder / "keys" / "token-issuer.pem")),
            *("--truth", str(self.folder / "truth.jsonl"), *options),
        ]
        return subprocess.Popen(
            command, env=dict(self.environment), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def token(self, *words: str) -> str:
        """A test token: agency, unit, role ... as the command takes them."""
        return operate(["token", *words, "--sandbox", "--keys", str(self.folder / "keys")], self.environment).strip()

    def get(self, path: str, token: str | None = None) -> Any:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        with urlopen(Request(f"{self.town.serve.url}{path}", headers=headers), timeout=30) as answer:
            return json.load(answer)

    def command(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """One of reporting's commands."""
        return subprocess.run(
            [sys.executable, "-m", "services.reporting", *words],
            env=dict(self.environment),
            cwd=places.ROOT,
            capture_output=True,
            text=True,
            check=False,
        )

    def outputs(self) -> str:
        return "\n".join(service.output for service in self.running.values())


def sheet(signers: Sequence[Mapping[str, Any]], **fields: Any) -> dict[str, Any]:
    """The body of a pledge sheet of households."""
    return {
        "programme": PROGRAMME.name,
        "unit": "18115",
        "kind": "household",
        "method": "paper",
        "text_version": "2024.1",
        "occurred_on": "2024-01-10",
        "declared_count": len(signers),
        "signers": list(signers),
        **fields,
    }
