"""One installation and one process of each door for the tests of this folder."""

import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from deploy.laptop import guard
from tests.support.broker import Jars, OwnBrokers
from tests.support.doors import DoorProcess, Installation, install, open_door
from tests.support.services import Services


@pytest.fixture(scope="session")
def installation(run_folder: Path, broker_jars: Jars) -> Installation:
    folder = Path(tempfile.mkdtemp(dir=run_folder))
    broker = OwnBrokers(folder, broker_jars, count())()
    return install(broker.bootstrap_servers, folder)


@pytest.fixture(scope="session")
def start_door(run_folder: Path) -> Iterator[Services]:
    folder = Path(tempfile.mkdtemp(dir=run_folder))
    yield Services(folder, count())
    guard.clear(folder)


@pytest.fixture(scope="session")
def pledge(start_door: Services, installation: Installation) -> DoorProcess:
    return open_door(start_door, installation, "PLEDGE", "services.pledge", "serve")


@pytest.fixture(scope="session")
def reporting(start_door: Services, installation: Installation) -> DoorProcess:
    return open_door(start_door, installation, "REPORTING_INTAKE", "services.reporting", "intake")


@pytest.fixture(scope="session")
def notify(start_door: Services, installation: Installation) -> DoorProcess:
    return open_door(start_door, installation, "NOTIFY_INTAKE", "services.notify", "intake")
