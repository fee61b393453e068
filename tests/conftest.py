"""Broker, database and processes for every test that asks for them; nothing survives the run."""

import tempfile
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from hypothesis import settings
from sqlalchemy import Engine, create_engine

from deploy.laptop import guard, jars, places
from deploy.laptop.guard import Guard
from services.kit.migrations import Migrations
from services.notify.store.migrate import NOTIFY, SECRETS
from services.reporting.store.migrate import MIGRATIONS
from tests.support import broker as brokers
from tests.support import database as databases
from tests.support.broker import Addressed, Jars, OwnBrokers
from tests.support.database import Server, notify_databases_of
from tests.support.services import Services

settings.register_profile("untimed", deadline=None)  # how long an example takes says nothing on a busy machine
settings.load_profile("untimed")


@pytest.fixture(scope="session")
def run_folder() -> Iterator[Path]:
    """A folder that is removed after the run, and with it every process recorded in it."""
    folder = Path(tempfile.mkdtemp(prefix="binh-yen-"))
    folder.chmod(0o711)  # the database's own id walks through it
    keeper = Guard(folder)
    yield folder
    keeper.close()


@pytest.fixture(scope="session")
def broker_jars() -> Jars:
    paths = jars.fetch_broker(places.cache_dir(), lambda _: None)
    return lambda: paths


@pytest.fixture(scope="session")
def broker(run_folder: Path, broker_jars: Jars) -> Addressed:
    """The shared broker. It is not to be broken: a test that needs that takes `own_broker`."""
    return brokers.shared(OwnBrokers(run_folder / "shared", broker_jars, count()))


@pytest.fixture
def own_broker(run_folder: Path, broker_jars: Jars) -> Iterator[OwnBrokers]:
    """Makes brokers for this test alone: own_broker(nodes=3) -> Broker, which runs."""
    folder = Path(tempfile.mkdtemp(dir=run_folder))
    yield OwnBrokers(folder, broker_jars, count())
    guard.clear(folder)


@pytest.fixture(scope="session")
def database(run_folder: Path) -> Server:
    """The shared database server."""
    return databases.shared(run_folder)


@pytest.fixture
def database_url(database: Server) -> Iterator[str]:
    """A fresh and empty database for this test alone."""
    with database.fresh() as url:
        yield url


@pytest.fixture(scope="session")
def reporting_template(database: Server) -> str:
    """A database with the tables of reporting, to be copied: database.fresh(reporting_template)."""
    return database.template(_migrating(MIGRATIONS))


@pytest.fixture
def reporting_url(database: Server, reporting_template: str) -> Iterator[str]:
    """A database of reporting for this test alone: its tables and an empty first generation."""
    with database.fresh(reporting_template) as url:
        yield url


@pytest.fixture
def reporting_engine(reporting_url: str) -> Iterator[Engine]:
    engine = create_engine(reporting_url)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def notify_templates(database: Server) -> tuple[str, str]:
    """Databases with the tables of notify, and with those of its secrets, to be copied."""
    return database.template(_migrating(NOTIFY)), database.template(_migrating(SECRETS))


@pytest.fixture
def notify_databases(database: Server, notify_templates: tuple[str, str]) -> Iterator[dict[str, str]]:
    """Notify's two databases for this test alone, as the environment names them."""
    with notify_databases_of(database, notify_templates) as named:
        yield named


def _migrating(migrations: Migrations) -> Callable[[str], None]:
    def fill(url: str) -> None:
        engine = create_engine(url)
        migrations.migrate(engine)
        engine.dispose()

    return fill


@pytest.fixture
def start_service(run_folder: Path) -> Iterator[Services]:
    """Starts `python -m ...` processes which end with the test."""
    folder = Path(tempfile.mkdtemp(dir=run_folder))
    yield Services(folder, count())
    guard.clear(folder)
