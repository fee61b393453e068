"""The whole path on a broker of its own, which a test may break."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from deploy.laptop.broker import Broker
from tests.support.broker import OwnBrokers
from tests.support.doors import install
from tests.support.services import Services
from tests.support.whole_path import WholePath

Paths = Callable[[Broker], WholePath]


@pytest.fixture
def path_on(tmp_path: Path, reporting_engine: Engine, start_service: Services) -> Paths:
    """Installs everything but the processes on a broker: path_on(own_broker())."""
    return lambda broker: WholePath(
        install(broker.bootstrap_servers, tmp_path / "installation"), reporting_engine, start_service
    )


@pytest.fixture
def breakable(own_broker: OwnBrokers) -> Iterator[Broker]:
    broker = own_broker()
    yield broker
    broker.resume()


@pytest.fixture
def path(path_on: Paths, breakable: Broker) -> WholePath:
    return path_on(breakable)
