"""What is looked at: the log and the database that the settings name."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from services.contracts.records import StoredRecord
from services.contracts.topics import INPUTS, PROGRAMME
from services.kit.clock import Clock
from services.kit.db import Connection, Engine, engine, translated
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

    @classmethod
    def named(cls, environ: Mapping[str, str], clock: Clock) -> "Installation":
        """Raises Misconfigured."""
        settings = load(PREFIX, InstallationSettings, environ)
        admin = KafkaAdmin(settings.log())
        database = engine(
            settings.database_url,
            pool_size=1,
            application_name="doctor",
            statement_timeout_ms=STATEMENT_TIMEOUT_MS,
        )
        return cls(settings, clock, admin, database)

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

    def close(self) -> None:
        self.admin.close()
        self.database.dispose()

    def _reader(self, at: Mapping[Partition, int]) -> Reader:
        return KafkaReader.of_partitions(self.settings.log(), at)
