"""A record before and after it stands in the log."""

from typing import NamedTuple

Headers = tuple[tuple[str, bytes], ...]


class Record(NamedTuple):
    """What is appended."""

    topic: str
    key: bytes | None
    value: bytes
    headers: Headers = ()


class Position(NamedTuple):
    topic: str
    partition: int
    offset: int


class StoredRecord(NamedTuple):
    """What is read: `timestamp_ms` is the log's own time (LogAppendTime). `value` is None for a tombstone."""

    topic: str
    partition: int
    offset: int
    timestamp_ms: int
    key: bytes | None
    value: bytes | None
    headers: Headers

    @property
    def position(self) -> Position:
        return Position(self.topic, self.partition, self.offset)
