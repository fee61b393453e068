"""Databases for tests: one server, a fresh and empty database for each test."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import psycopg
from psycopg import sql

from deploy.laptop.account import account
from deploy.laptop.database import Database
from deploy.laptop.ports import free_port

EMPTY = "template1"


@dataclass(frozen=True)
class Server:
    """A server on which databases may be made; `url` names any database of it."""

    url: str
    run: str = field(default_factory=lambda: uuid4().hex[:8])
    numbers: "count[int]" = field(default_factory=count)

    def url_of(self, name: str) -> str:
        return urlunsplit(urlsplit(self.url)._replace(path=f"/{name}"))

    @contextmanager
    def fresh(self, template: str = EMPTY) -> Iterator[str]:
        """The URL of a new database, a copy of the template; dropped afterwards, open sessions ended."""
        name = f"test_{self.run}_{next(self.numbers)}"
        self._execute("CREATE DATABASE {} TEMPLATE {}", name, template)
        try:
            yield self.url_of(name)
        finally:
            self._execute("DROP DATABASE {} WITH (FORCE)", name)

    def template(self, fill: Callable[[str], None]) -> str:
        """The name of a database that `fill(url)` has filled, to be copied by `fresh`."""
        name = f"template_{self.run}_{next(self.numbers)}"
        self._execute("CREATE DATABASE {}", name)
        fill(self.url_of(name))
        return name

    def _execute(self, statement: str, *names: str) -> None:
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


@contextmanager
def notify_databases_of(server: Server, templates: tuple[str, str]) -> Iterator[dict[str, str]]:
    """Fresh databases of notify and of its secrets, as the environment names them."""
    with server.fresh(templates[0]) as url, server.fresh(templates[1]) as secrets_url:
        yield {"NOTIFY_DATABASE_URL": url, "NOTIFY_SECRETS_DATABASE_URL": secrets_url}


def start(home: Path) -> Database:
    """A server of our own on a free port."""
    database = Database.create(home, account(), free_port())
    database.start()
    return database


def shared(folder: Path) -> Server:
    named = os.environ.get("DATABASE_URL")
    return Server(named or start(folder / "database").url())
