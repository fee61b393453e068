"""The whole path on a broker of its own, which a test may break; and the half behind the log, without doors."""

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine

from deploy.laptop import guard
from deploy.laptop.broker import Broker
from tests.support.broker import Jars, OwnBrokers
from tests.support.database import Server, notify_databases_of
from tests.support.doors import Installation, install
from tests.support.exposed import Exposed, expose
from tests.support.real_log import RealLog
from tests.support.services import Services
from tests.support.streams import activated
from tests.support.vault import furnish
from tests.support.whole_path import WholePath

Paths = Callable[[Broker], WholePath]


@dataclass(frozen=True)
class BarePath:
    """Ingest and what follows, and a producer in place of the doors; the pilot's programme stands on the log."""

    path: WholePath
    log: RealLog


@pytest.fixture
def path_on(tmp_path: Path, reporting_engine: Engine, start_service: Services) -> Paths:
    """Installs everything but the processes on a broker: path_on(own_broker())."""
    return lambda broker: WholePath(
        install(broker.bootstrap_servers, tmp_path / "installation"), reporting_engine, start_service
    )


@pytest.fixture(scope="session")
def hostile_installation(run_folder: Path, broker_jars: Jars) -> Installation:
    """On a broker that no test breaks: here it is the callers that are at fault."""
    folder = Path(tempfile.mkdtemp(dir=run_folder))
    return install(OwnBrokers(folder, broker_jars, count())().bootstrap_servers, folder)


@pytest.fixture(scope="session")
def exposed(
    run_folder: Path,
    hostile_installation: Installation,
    database: Server,
    reporting_template: str,
    notify_templates: tuple[str, str],
) -> Iterator[Exposed]:
    folder = Path(tempfile.mkdtemp(dir=run_folder))
    with database.fresh(reporting_template) as url, notify_databases_of(database, notify_templates) as notify:
        engine, installation = create_engine(url), hostile_installation.with_environment(**notify)
        furnish(installation.environment, folder / "tips")
        yield expose(installation, engine, Services(folder, count()))
        engine.dispose()
        guard.clear(folder)


@pytest.fixture
def breakable(own_broker: OwnBrokers) -> Iterator[Broker]:
    broker = own_broker()
    yield broker
    broker.resume()


@pytest.fixture
def path(path_on: Paths, breakable: Broker) -> WholePath:
    return path_on(breakable)


@pytest.fixture
def bare_path(
    breakable: Broker, reporting_engine: Engine, start_service: Services, tmp_path: Path
) -> Iterator[BarePath]:
    log = RealLog(breakable.bootstrap_servers)
    log.post(activated())
    environment = {"KAFKA_BOOTSTRAP_SERVERS": log.bootstrap_servers}
    installation = Installation(log.bootstrap_servers, tmp_path, environment)
    yield BarePath(WholePath(installation, reporting_engine, start_service), log)
    log.close()
