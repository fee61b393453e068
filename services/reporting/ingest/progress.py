"""Until when each partition has been read to its end: `now` of the evaluator never runs ahead of it. Pure."""

from collections.abc import Mapping
from datetime import datetime

from services.kit.eventlog.port import Partition

Seen = tuple[int, datetime]
"""An end offset, and the instant just before it was asked for."""


class CaughtUp:
    """The end that was seen at t is reached at some later time: then everything recorded before t has been read."""

    def __init__(self) -> None:
        self._waiting: dict[Partition, Seen] = {}

    def saw(self, ends: Mapping[Partition, int], at: datetime) -> None:
        """Ends asked for at `at`. One that is still waited for stays: under load a newer one would never be reached."""
        self._waiting = {partition: self._waiting.get(partition, (end, at)) for partition, end in ends.items()}

    def reached(self, positions: Mapping[Partition, int]) -> dict[Partition, Seen]:
        """The ends that these next offsets have reached; they are not waited for any longer."""
        found = {
            partition: seen for partition, seen in self._waiting.items() if positions.get(partition, -1) >= seen[0]
        }
        for partition in found:
            del self._waiting[partition]
        return found
