"""One installation for the tests of this folder; each has databases and receivers of its own."""

import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from deploy.laptop import guard
from tests.support.broker import Jars, OwnBrokers
from tests.support.dispatching import Dispatching, apply_at_any_hour
from tests.support.doors import Installation, install
from tests.support.services import Services
from tests.support.sinks import HookSink, MailSink


@pytest.fixture(scope="session")
def installation(run_folder: Path, broker_jars: Jars) -> Installation:
    folder = Path(tempfile.mkdtemp(dir=run_folder))
    broker = OwnBrokers(folder, broker_jars, count())()
    made = install(broker.bootstrap_servers, folder)
    apply_at_any_hour(made, folder, minutes=1)
    return made


@pytest.fixture
def start_dispatch(run_folder: Path) -> Iterator[Services]:
    folder = Path(tempfile.mkdtemp(dir=run_folder))
    yield Services(folder, count())
    guard.clear(folder)


@pytest.fixture
def dispatching(
    installation: Installation, notify_databases: dict[str, str], start_dispatch: Services
) -> Iterator[Dispatching]:
    mail, hooks, engine = MailSink(), HookSink(), create_engine(notify_databases["NOTIFY_DATABASE_URL"])
    mail.start()
    hooks.start()
    made = Dispatching(installation, notify_databases, engine, start_dispatch, mail, hooks)
    yield made
    made.close()
    mail.stop()
    hooks.stop()
    engine.dispose()
