"""The programmes of a snapshot: read from it once, then only what was added since."""

import threading

from services.contracts.programme import Registry
from services.reporting.store.programmes import NOTHING, Known, read_programmes
from services.reporting.store.read import Snapshot

PROGRAMME_TOPIC = "programme.v1"


class Editions:
    """Keeps what the last snapshots knew, per generation. A snapshot never gets what it cannot see itself."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: tuple[int, Known] = (0, NOTHING)

    def of(self, snapshot: Snapshot) -> Registry:
        generation, known = self._known
        if generation != snapshot.generation or known.next_offset > _read_to(snapshot):
            known = NOTHING
        seen = read_programmes(snapshot.connection, known)
        with self._lock:
            if self._known[0] != snapshot.generation or self._known[1].next_offset < seen.next_offset:
                self._known = (snapshot.generation, seen)
        return seen.registry


def _read_to(snapshot: Snapshot) -> int:
    return max((row.next_offset for row in snapshot.positions if row.topic == PROGRAMME_TOPIC), default=0)
