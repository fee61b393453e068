"""A healthy installation for the tests of this folder, which leave its log as it is."""

import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from deploy.laptop import guard
from tests.support.broker import Jars, OwnBrokers
from tests.support.database import Server
from tests.support.services import Services
from tests.support.standing import Standing, stand


@pytest.fixture(scope="module")
def healthy(
    run_folder: Path, broker_jars: Jars, database: Server, reporting_template: str
) -> Iterator[tuple[Standing, str]]:
    """And the name of its database, to be copied."""
    folder = Path(tempfile.mkdtemp(dir=run_folder))
    broker = OwnBrokers(folder, broker_jars, count())()
    with database.fresh(reporting_template) as url:
        standing = stand(Services(folder, count()), broker.bootstrap_servers, url, folder)
        yield standing, url.rpartition("/")[2]
    guard.clear(folder)


@pytest.fixture
def standing(healthy: tuple[Standing, str], database: Server) -> Iterator[Standing]:
    """With a database of this test alone."""
    installation, name = healthy
    with database.fresh(name) as url:
        yield installation.with_environment(DATABASE_URL=url)
