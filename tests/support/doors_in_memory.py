"""All doors on one app, one log in memory, one clock that stands still: what HTTP sees, without a broker."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import Flask

from services.contracts.programme import Programme
from services.contracts.topics import INPUTS
from services.intake.desk import Desk
from services.intake.door import Door
from services.intake.opening import METRICS
from services.kit.auth import Caller, Verifier, issue
from services.kit.clock import FakeClock
from services.kit.db import engine
from services.kit.eventlog.memory import MemoryLog
from services.kit.health import Health
from services.kit.keys import KeySet, SigningKey
from services.kit.metrics import Metrics
from services.kit.receipts import Signer
from services.kit.web import create_app
from services.notify.intake import api as notify
from services.notify.intake.api import TipDesk
from services.notify.intake.asking import Budget
from services.notify.intake.page import mount_page
from services.notify.intake.sweeping import Sweeper
from services.notify.intake.take import Vault
from services.operations import keys
from services.pledge import api as pledge
from services.pledge.signer_keys import SignerKeys
from services.reporting.intake import api as reporting
from tests.support.postings import NOW, hong_linh

PROGRAMMES = {"hong-linh-2024": hong_linh(), "hong-linh-thu": hong_linh("hong-linh-thu", sandbox=True)}


def without_a_vault(desk: Desk, programmes: list[Programme]) -> TipDesk:
    """Refuses what it must, and takes nothing: its databases are away."""
    away = engine("postgresql://nobody@127.0.0.1:1/nothing", pool_size=1, application_name="test")
    vault = Vault(away, away, 180, NOW.date)
    sweeper = Sweeper(vault, desk.door.log, desk.door.clock, 3_600)
    return TipDesk(desk, vault, sweeper, Budget(desk.door.clock, 60), lambda: programmes)


class Doors:
    """All routes on one app, one log, one clock that stands still."""

    def __init__(self, folder: Path, programmes: Mapping[str, Programme] = PROGRAMMES) -> None:
        self.programmes = programmes
        keys.init(folder, programmes, "20240101")
        self.issuer = SigningKey.load(folder / keys.ISSUER)
        self.clock = FakeClock(NOW)
        self.log = MemoryLog({card.name: card.partitions for card in INPUTS}, self.clock)
        self.signer = Signer.load(folder / keys.RECEIPTS)
        verifier = Verifier(KeySet(folder / keys.JWKS, self.clock), self.clock)
        metrics = Metrics(METRICS)
        door = Door(self.log.appender(), programmes.get, self.signer, self.clock)
        app = create_app("doors", metrics=metrics, health=Health(), clock=self.clock, jwks=self.signer.jwks)
        self._mount(app, Desk(door, verifier, 1_048_576), folder)
        self.client = app.test_client()

    def _mount(self, app: Flask, desk: Desk, folder: Path) -> None:
        pledge.mount_pledges(app, desk, SignerKeys(folder / keys.SIGNERS))
        reporting.mount_reports(app, desk, lambda _: {"pledge.v1": [0, 0, 0]})
        at = without_a_vault(desk, list(self.programmes.values()))
        notify.mount_tips(app, at)
        mount_page(app, at)

    def token(self, *roles: str, agency: str = "ubnd-18115", unit: str = "18115", **claims: Any) -> str:
        return issue(self.issuer, Caller(agency, "officer-1", unit, frozenset(roles), **claims), self.clock.now())

    def post(self, path: str, body: Any, token: str, key: str = "key-0001") -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key}
        answer = self.client.post(path, data=json.dumps(body), headers=headers, content_type="application/json")
        return answer.status_code, answer.json
