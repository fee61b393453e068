"""A broker that the tests of a module may freeze and kill in turn; each finds it whole, and makes its own topic."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from deploy.laptop.broker import Broker
from tests.support.broker import Jars, OwnBrokers


@pytest.fixture(scope="module")
def patient(run_folder: Path, broker_jars: Jars, request: pytest.FixtureRequest) -> Iterator[Broker]:
    broker = OwnBrokers(run_folder / request.module.__name__.rpartition(".")[2], broker_jars, count())()
    yield broker
    broker.kill()


@pytest.fixture
def breakable(patient: Broker) -> Iterator[Broker]:
    yield patient
    patient.resume()
    patient.start()
