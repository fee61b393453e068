"""A serving app over a real database, asked as a client would, with keys of its own."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from services.contracts.metrics import CATALOGUE
from services.contracts.programme import Programme
from services.kit.auth import Caller, Verifier, issue
from services.kit.clock import FakeClock
from services.kit.health import Health
from services.kit.keys import KeySet, SigningKey, jwks_of, new_signing_key
from services.kit.metrics import Metrics
from services.kit.receipts import Receipt, Signer
from services.kit.web import create_app
from services.reporting.domain.inputs import Cell, Value
from services.reporting.domain.status import Status
from services.reporting.serve.api import Serving, mount_readings
from services.reporting.serve.editions import Editions
from services.reporting.store import generations
from services.reporting.store.now import advance_now
from services.reporting.store.read import Snapshots, snapshot
from services.reporting.store.statuses import Stored, write_statuses

WALL = datetime(2024, 3, 21, 2, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Reader:
    """Asks as an agency, or as nobody."""

    client: FlaskClient
    issuer: SigningKey
    signer: Signer
    clock: FakeClock

    def get(self, path: str, headers: Mapping[str, str] | None = None, /, **query: Any) -> Any:
        """The response. A query parameter may end in `_` where its name is a word of Python."""
        asked = {name.rstrip("_"): value for name, value in query.items()}
        return self.client.get(path, query_string=asked, headers=headers)

    def as_agency(self, agency: str, *roles: str) -> dict[str, str]:
        who = Caller(agency, "officer-1", "437", frozenset(roles or ("report",)))
        return {"Authorization": f"Bearer {issue(self.issuer, who, self.clock.now())}"}

    def receipt(self, receipt: Receipt) -> dict[str, str]:
        return {"Receipt": self.signer.sign(receipt)}


def reader(database: Engine, folder: Path, snapshots: Snapshots | None = None) -> Reader:
    issuer, receipts = (_key(folder, name) for name in ("issuer", "receipts-1"))
    published = folder / "jwks.json"
    published.write_text(json.dumps(jwks_of([issuer])))
    clock = FakeClock(WALL)
    app = create_app("reading", metrics=Metrics(CATALOGUE), health=Health(), clock=clock)
    serving = Serving(
        snapshots or partial(snapshot, database),
        Editions(),
        Verifier(KeySet(published, clock), clock),
        jwks_of([receipts]),
        clock,
    )
    mount_readings(app, serving)
    return Reader(app.test_client(), issuer, Signer([receipts]), clock)


def store_statuses(
    database: Engine, programme: Programme, cells: Sequence[tuple[str, str, str, Status]], now: datetime
) -> None:
    """As an evaluator would have left them at `now`."""
    rows = [
        Stored(Cell(unit, indicator, period), status, programme.indicators[indicator].definition_hash, now, now)
        for unit, indicator, period, status in cells
    ]
    with database.begin() as connection:
        bound = generations.bind(connection, 1)
        write_statuses(bound, programme.id, rows, {})
        bound.execute(text("delete from mark"))
        advance_now(bound, programme.id, now)


def value(num: int, den: int = 1) -> Value:
    return Value(num, den)


def execute(database: Engine, statement: str, **given: Any) -> None:
    with database.begin() as connection:
        generations.bind(connection, 1).execute(text(statement), given)


def _key(folder: Path, name: str) -> SigningKey:
    path = folder / f"{name}.pem"
    path.write_bytes(new_signing_key())
    return SigningKey.load(path)
