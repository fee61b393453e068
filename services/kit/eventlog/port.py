"""What the project asks of a log: append, read, know which log it is. Nothing here names a product."""

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple, Protocol

from services.contracts.records import Position, Record, StoredRecord
from services.kit.errors import Loggable

FaultKind = Literal["truncated", "beyond_end", "corrupt"]


class Partition(NamedTuple):
    """Compares equal to the plain tuple (topic, partition)."""

    topic: str
    partition: int


class LogIdentity(NamedTuple):
    """Which log this is. A topic that does not exist is absent from `topic_ids`."""

    cluster_id: str
    topic_ids: Mapping[str, str]


class LogFault(Loggable):
    """The log itself is wrong at these places; `positions` are ours, one per partition.

    truncated: the record at our position is gone (retention, deletion); see `Reader.beginning_offsets`.
    beyond_end: our position is after the end, so this is another or a wiped log.
    corrupt: the record at our position cannot be read; call `Reader.skip(position)` before the next poll.
    The other partitions go on.
    """

    def __init__(self, kind: FaultKind, positions: Sequence[Position]) -> None:
        super().__init__(f"{kind} at {', '.join(f'{p.topic}:{p.partition}:{p.offset}' for p in positions)}")
        self.kind: FaultKind = kind
        self.positions = tuple(positions)

    @property
    def position(self) -> Position:
        return self.positions[0]


class CommitFailed(Loggable):
    """The advisory commit did not happen. Count it and go on: the position lives in the database."""


class Appender(Protocol):
    def append(self, records: Sequence[Record], deadline_s: float) -> list[Position]:
        """Write all, and return once every in-sync replica has them: positions in the order of the records.

        `deadline_s`: what is left of the request's one deadline. Raises Unavailable (outcome unknown, also for a
        part of the records) and Rejected(TOO_LARGE).
        """
        ...

    def close(self, deadline_s: float) -> int:
        """Take nothing more, wait for what is in flight; returns how many records were given up."""
        ...


class Reader(Protocol):
    """Reads from where it is told to. One thread uses it; no position is ever chosen by the log."""

    @property
    def generation(self) -> int:
        """Grows with every assignment: when it changed, check the identity of the log again."""
        ...

    def assignment(self) -> frozenset[Partition]: ...

    def poll(self, max_records: int, timeout_ms: int) -> Mapping[Partition, list[StoredRecord]]:
        """What came within `timeout_ms` (at most 500); maybe nothing. Raises LogFault, Unavailable."""
        ...

    def seek(self, partition: Partition, offset: int) -> None:
        """Read on from here. A partition that is no longer ours is left alone."""
        ...

    def skip(self, position: Position) -> None:
        """Go past a corrupt record."""
        ...

    def pause(self, partitions: Sequence[Partition]) -> None: ...

    def resume(self, partitions: Sequence[Partition]) -> None: ...

    def commit(self, next_offsets: Mapping[Partition, int]) -> None:
        """Tell the log's own tools how far we are. Raises CommitFailed only."""
        ...

    def end_offsets(self, partitions: Sequence[Partition] | None = None) -> dict[Partition, int]:
        """One after the last record, of the assigned partitions or of those given. Unavailable after 1 s."""
        ...

    def beginning_offsets(self, partitions: Sequence[Partition] | None = None) -> dict[Partition, int]: ...

    def close(self) -> None:
        """Within 2 s, whatever the log does."""
        ...


class Admin(Protocol):
    """Looks at the log from the side. Every method raises Unavailable; none belongs in a request's path."""

    def identity(self, topics: Sequence[str]) -> LogIdentity: ...

    def partitions(self, topics: Sequence[str]) -> dict[str, int]:
        """How many partitions each existing topic has."""
        ...

    def end_offsets(self, topics: Sequence[str]) -> dict[Partition, int]: ...

    def beginning_offsets(self, topics: Sequence[str]) -> dict[Partition, int]: ...

    def close(self) -> None: ...


def mismatches(expected: LogIdentity, found: LogIdentity) -> list[str]:
    """What proves that this is not the log we know. Missing topics prove nothing: they may be about to be made."""
    faults = []
    if found.cluster_id != expected.cluster_id:
        faults.append(f"the cluster is {found.cluster_id}, not {expected.cluster_id}")
    for topic, topic_id in sorted(found.topic_ids.items()):
        known = expected.topic_ids.get(topic, topic_id)
        if topic_id != known:
            faults.append(f"topic {topic} is {topic_id}, not {known}: it was deleted and made again")
    return faults
