"""A migrated database for each test, with the pilot programme read into it, and an app that serves it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from services.contracts.programme import Programme
from services.kit import db
from services.reporting.store.migrate import migrate
from tests.support.database import Server
from tests.support.facts_store import Stream
from tests.support.programme_folder import pilot
from tests.support.reading import Reader, reader
from tests.support.streams import PROGRAMME, activated


@pytest.fixture(scope="module")
def migrated(database: Server) -> str:
    def fill(url: str) -> None:
        filled = db.engine(url, pool_size=1, application_name="template")
        migrate(filled)
        filled.dispose()

    return database.template(fill)


@pytest.fixture
def engine(database: Server, migrated: str) -> Iterator[Engine]:
    with database.fresh(migrated) as url:
        made = db.engine(url, pool_size=4, application_name="test")
        yield made
        made.dispose()


@pytest.fixture
def stream(engine: Engine) -> Stream:
    """The programme is read; nothing else has been said."""
    started = Stream(engine)
    started.write(activated())
    return started


@pytest.fixture
def ask(engine: Engine, stream: Stream, tmp_path: Path) -> Reader:
    return reader(engine, tmp_path)


@pytest.fixture
def programme() -> Programme:
    return pilot().activated(PROGRAMME, 1, sandbox=False)
