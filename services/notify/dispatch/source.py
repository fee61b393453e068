"""The topics that dispatch reads, from where its database says, and whether they still are the ones it knows."""

from collections.abc import Callable, Mapping
from typing import Final

from services.contracts.records import StoredRecord
from services.contracts.topics import DEAD_LETTERS, OBLIGATION, STATUS
from services.kit.errors import Misconfigured, Unavailable
from services.kit.eventlog.port import Admin, LogFault, LogIdentity, Partition, Reader, mismatches
from services.kit.logs import get_logger

TOPICS: Final = (STATUS.name, OBLIGATION.name, *(card.name for card in DEAD_LETTERS))
POLL_MS: Final = 500
MOST_RECORDS: Final = 500
OpenReader = Callable[[Mapping[Partition, int]], Reader]
Places = Callable[[Mapping[Partition, int], LogIdentity], dict[Partition, int]]
"""Where the database says that we stand: given where a new partition begins, and which log this is."""


class Source:
    """One reader's life. `expected` is what the settings name; the first log met is the right one where they do not."""

    def __init__(self, admin: Admin, open_reader: OpenReader, expected: LogIdentity | None) -> None:
        self._admin = admin
        self._open_reader = open_reader
        self._expected = expected
        self._reader: Reader | None = None
        self.next: dict[Partition, int] = {}

    def open(self, places: Places) -> None:
        """Raises Unavailable; Misconfigured when this is another log than the one that was read."""
        self.close()
        log = self.identify()
        self.next = places(self._admin.beginning_offsets(TOPICS), log)
        self._reader = self._open_reader(self.next)

    def identify(self) -> LogIdentity:
        found = self._admin.identity(TOPICS)
        missing = [name for name in TOPICS if name not in found.topic_ids]
        if missing:
            raise Unavailable("log", detail=f"no topic {', '.join(missing)}: run topics apply")
        if self._expected is not None and (faults := mismatches(self._expected, found)):
            raise Misconfigured(faults)
        self._expected = found
        return found

    def grown(self) -> bool:
        """Whether there are partitions that nobody reads yet."""
        counts = self._admin.partitions(TOPICS)
        return {Partition(topic, number) for topic, total in counts.items() for number in range(total)} != set(
            self.next
        )

    def poll(self) -> Mapping[Partition, list[StoredRecord]]:
        """What came; maybe nothing. Raises Unavailable, and Misconfigured when the log has lost what we need."""
        assert self._reader is not None
        try:
            return self._reader.poll(MOST_RECORDS, POLL_MS)
        except LogFault as fault:
            if fault.kind != "corrupt":
                raise Misconfigured(
                    [f"{fault}: this is another log, or it kept less than was still to be read"]
                ) from fault
            get_logger().critical("record unreadable", at=[str(tuple(place)) for place in fault.positions])
            self._reader.skip(fault.position)
            return {}

    def ends(self) -> dict[Partition, int]:
        return self._reader.end_offsets() if self._reader is not None else {}

    def close(self) -> None:
        if self._reader is not None:
            self._reader.close()
            self._reader = None
