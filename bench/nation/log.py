"""Records straight into the log, as the doors would append them, and how far that goes."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from time import sleep

from services.contracts.metrics import CATALOGUE
from services.contracts.records import Record
from services.contracts.topics import INPUTS, PLEDGE, REPORT
from services.kit.clock import SystemClock
from services.kit.eventlog.kafka import KafkaAdmin, KafkaAppender, LogSettings
from services.kit.eventlog.port import Partition
from services.kit.metrics import Metrics

_AT_ONCE = 500
_PATIENCE_S = 60.0
_LOOK_EVERY_S = 0.02


class Log:
    """One appender for all records: memory holds `_AT_ONCE` of them, whatever the size of the nation."""

    def __init__(self, appender: KafkaAppender, admin: KafkaAdmin) -> None:
        self._appender = appender
        self._admin = admin

    def append(self, records: Iterable[Record]) -> int:
        """How many there were."""
        left, number = iter(records), 0
        while some := list(islice(left, _AT_ONCE)):
            self._appender.append(some, _PATIENCE_S)
            number += len(some)
        return number

    def ends(self) -> dict[Partition, int]:
        """Where every input topic ends."""
        return self._admin.end_offsets([card.name for card in INPUTS])


@contextmanager
def opened(bootstrap_servers: str) -> Iterator[Log]:
    settings = LogSettings(bootstrap_servers, bulk=True)
    appender = KafkaAppender(settings, [PLEDGE, REPORT], Metrics(CATALOGUE), SystemClock())
    appender.start()
    admin = KafkaAdmin(settings)
    try:
        while not appender.ready().ok:
            sleep(_LOOK_EVERY_S)
        yield Log(appender, admin)
    finally:
        admin.close()
        appender.close(0)
