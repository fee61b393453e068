"""The whole platform as real processes: a broker, a database and a town of its own."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.laptop import ports, town
from deploy.laptop.installation import install
from tests.support.broker import OwnBrokers
from tests.support.database import EMPTY, Server, notify_databases_of
from tests.support.running_town import RunningTown
from tests.support.services import Services


@pytest.fixture
def running_town(
    tmp_path: Path, own_broker: OwnBrokers, database: Server, start_service: Services
) -> Iterator[RunningTown]:
    """Every process of the platform, ready, with the programme as a sandbox that has not been played."""
    with database.fresh() as database_url, notify_databases_of(database, (EMPTY, EMPTY)) as notify:
        broker = {"KAFKA_BOOTSTRAP_SERVERS": own_broker().bootstrap_servers}
        addresses = broker | {"DATABASE_URL": database_url} | notify
        environment = install(tmp_path, addresses)
        laid_out = town.lay_out(tmp_path / "keys", ports.free_ports(8))
        running = RunningTown(laid_out, tmp_path, environment | {"PATH": os.environ["PATH"]}, start_service)
        running.start()
        yield running
        running.stop()
