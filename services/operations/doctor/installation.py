"""What is looked at: the log and the database that the settings name."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from services.contracts.records import StoredRecord
from services.contracts.topics import INPUTS, PROGRAMME
from services.kit.clock import Clock
from services.kit.db import Connection, Engine, engine, translated
from services.kit.errors import Unavailable
from services.kit.eventlog.kafka import KafkaAdmin, KafkaReader
from services.kit.eventlog.port import Partition, Reader
from services.kit.settings import load
from services.operations.doctor import programmes, reading
from services.operations.doctor.programmes import Told
from services.operations.settings import PREFIX, InstallationSettings
from services.reporting.store.snapshots import snapshot_of

STATEMENT_TIMEOUT_MS = 5_000
T = TypeVar("T")


@dataclass
class Installation:
    """Nothing is connected before it is asked; every answer may raise Unavailable."""

    settings: InstallationSettings
    clock: Clock
    admin: KafkaAdmin
    database: Engine
    notify: Engine
    notify_secrets: Engine

    @classmethod
    def named(cls, environ: Mapping[str, str], clock: Clock) -> "Installation":
        """Raises Misconfigured."""
        settings = load(PREFIX, InstallationSettings, environ)
        admin = KafkaAdmin(settings.log())
        urls = (settings.database_url, settings.notify_database_url, settings.notify_secrets_database_url)
        return cls(settings, clock, admin, *map(_database, urls))

    @cached_property
    def told(self) -> Told:
        """What programme.v1 tells now."""
        there = bool(self.admin.partitions([PROGRAMME.name]))
        read = reading.whole(self.admin, self._reader, PROGRAMME.name, self.clock)
        return programmes.told(read.records, read.unreadable, there=there)

    def newest(self) -> list[StoredRecord]:
        """The last record of every partition of the inputs."""
        return reading.newest(self.admin, self._reader, [card.name for card in INPUTS], self.clock)

    def asked(self, question: Callable[[Connection], T]) -> T:
        """Of the database as a whole."""
        with translated(), self.database.connect() as connection:
            return question(connection)

    def asked_of_facts(self, question: Callable[[Connection], T]) -> T:
        """Of the generation that is served."""
        with snapshot_of(self.database) as connection:
            return question(connection)

    def asked_of_notify(self, question: Callable[[Connection], T]) -> T:
        """Of the tip vault's rows."""
        return _asked(self.notify, question)

    def asked_of_secrets(self, question: Callable[[Connection], T]) -> T:
        """Of the database that holds the tips' secrets."""
        return _asked(self.notify_secrets, question)

    def close(self) -> None:
        self.admin.close()
        for database in (self.database, self.notify, self.notify_secrets):
            database.dispose()

    def _reader(self, at: Mapping[Partition, int]) -> Reader:
        return KafkaReader.of_partitions(self.settings.log(), at)


def _database(url: str) -> Engine:
    return engine(url, pool_size=1, application_name="doctor", statement_timeout_ms=STATEMENT_TIMEOUT_MS)


def _asked(database: Engine, question: Callable[[Connection], T]) -> T:
    """That notify's databases are away says nothing of reporting's."""
    try:
        with translated(), database.connect() as connection:
            return question(connection)
    except Unavailable as away:
        raise Unavailable("notify database", detail=away.detail) from away
