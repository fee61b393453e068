"""`serve`: the process that answers. Settings, wiring, health; nothing is read before the worker is forked."""

import gc
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

import click

from services.contracts.metrics import CATALOGUE
from services.kit import logs, runtime
from services.kit.auth import Verifier
from services.kit.clock import SystemClock
from services.kit.db import engine
from services.kit.errors import Misconfigured, Unavailable
from services.kit.health import Check, Health
from services.kit.http_limits import Limits
from services.kit.http_server import Served, serve_http
from services.kit.keys import KeySet, SigningKey, jwks_of
from services.kit.metrics import Metrics
from services.kit.runtime import Die
from services.kit.settings import load, setting
from services.kit.web import counting_refusals, create_app
from services.reporting.serve.api import Serving, mount_readings
from services.reporting.serve.editions import Editions
from services.reporting.store.read import Snapshots, snapshot

PREFIX: Final = "REPORTING_SERVE"
RECEIPT_KEYS: Final = Path("var/keys/receipts")
NEW_OBJECTS: Final = 200_000
"""More than a page of 500 units holds. By default the collector looks after 700, and at every page walks several times
over all that a nation's programme is made of: half of what the page costs."""


@dataclass(frozen=True)
class Settings(Limits):
    """`jwks`: JWKS file or https URL of who issues tokens. `receipt_keys_dir`: folder of <key id>.pem files.

    The public halves of the receipt keys will do.
    """

    database_url: str = setting()
    bind: str = setting("127.0.0.1:8100")
    jwks: str = setting("var/keys/jwks.json")
    receipt_keys_dir: Path = RECEIPT_KEYS
    threads: int = setting(16, at_least=1, at_most=64)
    statement_timeout_ms: int = setting(5_000, at_least=100)


def build(settings: Settings, _die: Die) -> Served:
    """The app of one worker."""
    gc.set_threshold(NEW_OBJECTS, 20, 50)
    clock = SystemClock()
    database = engine(
        settings.database_url,
        pool_size=settings.threads,
        application_name="reporting serve",
        statement_timeout_ms=settings.statement_timeout_ms,
    )
    snapshots: Snapshots = partial(snapshot, database)
    metrics = Metrics(CATALOGUE)
    app = create_app(
        "reporting-serve", metrics=metrics, health=Health(ready={"database": lambda: check(snapshots)}), clock=clock
    )
    verifier = Verifier(KeySet(settings.jwks, clock), clock)
    serving = Serving(snapshots, Editions(), verifier, receipt_keys(settings.receipt_keys_dir), clock)
    mount_readings(app, serving)

    def close() -> int:
        database.dispose()
        return 0

    return Served(app, close, counting_refusals(metrics))


def check(snapshots: Snapshots) -> Check:
    """Whether a question could be answered now."""
    try:
        with snapshots() as seen:
            return Check(True, f"generation {seen.generation}")
    except Unavailable as error:
        return Check(False, error.detail)


def receipt_keys(folder: Path) -> Mapping[str, Any]:
    paths = sorted(folder.glob("*.pem"))
    if not paths:
        raise Misconfigured([f"{folder}: no receipt keys (*.pem)"])
    return jwks_of(SigningKey.load(path) for path in paths)


@click.command("serve")
def command() -> None:
    """Trả lời truy vấn và trang bảng tình trạng. / Answer questions, and the page with the table."""
    sys.exit(runtime.run(lambda _stop: _serve()))


def _serve() -> int:
    logs.configure("reporting serve")
    settings = load(PREFIX, Settings, os.environ)
    return serve_http(partial(build, settings), settings.bind, settings.threads, limits=settings)
