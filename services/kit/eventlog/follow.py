"""Keeping up with a small topic: read from 0 in a thread of its own, folded into an immutable value."""

import threading
from collections.abc import Callable, Mapping
from typing import Generic, TypeVar

from services.contracts.errors import Rejected
from services.contracts.records import StoredRecord
from services.kit.errors import Unavailable
from services.kit.eventlog.port import Admin, LogFault, LogIdentity, Partition, Reader, mismatches
from services.kit.health import Check
from services.kit.logs import described, get_logger
from services.kit.runtime import Die, die, spawn

S = TypeVar("S")
OpenReader = Callable[[Mapping[Partition, int]], Reader]
POLL_MS = 500
MAX_RECORDS = 1_000
RETRY_AFTER_S = 1.0
IDENTITY_EVERY_POLLS = 20
"""With polls of half a second: the identity is checked every ten seconds."""


class Follower(Generic[S]):
    """`state` is whole at any time: another thread sees the value before or after a record, never between.

    A record that `step` refuses (Rejected), or that cannot be read, is skipped and counted in `skipped`. A topic that
    was deleted, made again or wiped stops the following: `error` says so, the last state stays, `ready` is false.
    """

    def __init__(
        self,
        topic: str,
        open_reader: OpenReader,
        admin: Admin,
        step: Callable[[S, StoredRecord], S],
        start: S,
        die: Die = die,
    ) -> None:
        self._topic = topic
        self._open_reader = open_reader
        self._admin = admin
        self._step = step
        self._state = start
        self._known: LogIdentity | None = None
        self._target: dict[Partition, int] | None = None
        self._next: dict[Partition, int] = {}
        self._ends: dict[Partition, int] = {}
        self._skipped = 0
        self._error: str | None = None
        self._caught_up = threading.Event()
        self._ended = threading.Event()
        self._die = die
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        self._thread = spawn(f"follow-{self._topic}", self._run, self._die)

    def stop(self) -> None:
        self._ended.set()
        if self._thread is not None:
            self._thread.join(timeout=5)

    @property
    def state(self) -> S:
        return self._state

    @property
    def skipped(self) -> int:
        return self._skipped

    @property
    def error(self) -> str | None:
        return self._error

    @property
    def caught_up(self) -> bool:
        """Whether everything that was there at the start has been read."""
        return self._caught_up.is_set()

    def wait_until_caught_up(self, timeout_s: float) -> bool:
        return self._caught_up.wait(timeout_s)

    @property
    def lag(self) -> int:
        """Records between us and the end last seen."""
        return sum(max(0, end - self._next.get(partition, 0)) for partition, end in self._ends.items())

    def ready(self) -> Check:
        if self._error is not None:
            return Check(False, self._error)
        return Check(self.caught_up, f"{self._topic}: {self.lag} records behind")

    def _run(self) -> None:
        while not self._ended.is_set() and self._error is None:
            try:
                self._follow()
            except Unavailable as error:
                get_logger().warning("following waits", topic=self._topic, **described(error))
                self._ended.wait(RETRY_AFTER_S)

    def _follow(self) -> None:
        """One reader's life, from where the last one ended."""
        self._check_identity()
        if self._error is not None:
            return
        reader = self._open_reader(dict(self._next))
        try:
            polls = 0
            while not self._ended.is_set() and self._error is None:
                self._take(reader)
                polls += 1
                if polls % IDENTITY_EVERY_POLLS == 0:
                    self._check_identity()
                if reader.assignment() != frozenset(self._next):
                    return  # the topic has grown
        finally:
            reader.close()

    def _check_identity(self) -> None:
        found = self._admin.identity([self._topic])
        if self._topic not in found.topic_ids:
            if self._known is None:
                raise Unavailable("log", detail=f"no topic {self._topic}")
            self._error = f"topic {self._topic} is gone"
            return
        self._known = self._known or found
        if faults := mismatches(self._known, found):
            self._error = "; ".join(faults)
            return
        begins = self._admin.beginning_offsets([self._topic])
        self._next = {partition: self._next.get(partition, begin) for partition, begin in begins.items()}
        if self._target is None:
            self._target = self._admin.end_offsets([self._topic])
            self._ends = dict(self._target)

    def _take(self, reader: Reader) -> None:
        try:
            read = reader.poll(MAX_RECORDS, POLL_MS)
        except LogFault as fault:
            self._on_fault(reader, fault)
            read = {}
        for partition, records in read.items():
            for record in records:
                self._fold(record)
            self._next[partition] = records[-1].offset + 1
        if not read:
            self._ends = reader.end_offsets()
        if self._target is not None and all(self._next[where] >= end for where, end in self._target.items()):
            self._caught_up.set()

    def _fold(self, record: StoredRecord) -> None:
        try:
            self._state = self._step(self._state, record)
        except Rejected as error:
            self._skipped += 1
            get_logger().warning("record skipped", topic=self._topic, offset=record.offset, **described(error))

    def _on_fault(self, reader: Reader, fault: LogFault) -> None:
        if fault.kind != "corrupt":
            self._error = str(fault)
            return
        self._skipped += 1
        get_logger().error("record unreadable", topic=self._topic, offset=fault.position.offset)
        reader.skip(fault.position)
        self._next[Partition(self._topic, fault.position.partition)] = fault.position.offset + 1
