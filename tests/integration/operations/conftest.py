"""A healthy installation for the tests of this folder, which leave it as it is."""

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

from deploy.laptop import guard
from tests.support.broker import Jars, OwnBrokers
from tests.support.database import Server, notify_databases_of
from tests.support.services import Services
from tests.support.standing import Standing, stand


@pytest.fixture(scope="module")
def standing(
    run_folder: Path, broker_jars: Jars, database: Server, reporting_template: str, notify_templates: tuple[str, str]
) -> Iterator[Standing]:
    folder = Path(tempfile.mkdtemp(dir=run_folder))
    broker = OwnBrokers(folder, broker_jars, count())()
    with database.fresh(reporting_template) as url, notify_databases_of(database, notify_templates) as notify:
        databases = {"DATABASE_URL": url, **notify}
        yield stand(Services(folder, count()), broker.bootstrap_servers, databases, folder)
    guard.clear(folder)


@pytest.fixture
def own_tables(standing: Standing, database: Server) -> Iterator[Standing]:
    """With a database that a test may spoil."""
    name = standing.environment["DATABASE_URL"].rpartition("/")[2]
    with database.fresh(name) as url:
        yield standing.with_environment(DATABASE_URL=url)


@pytest.fixture
def own_keys(standing: Standing, tmp_path: Path) -> Standing:
    """With keys that a test may spoil."""
    return replace(standing, keys_dir=Path(shutil.copytree(standing.keys_dir, tmp_path / "keys")))
