"""Records handed to a producer and not yet answered for: how many, since when, and never more than a limit."""

import threading
from itertools import count

from services.kit.clock import Clock


class InFlight:
    """A place is free again when the log has answered, not when the caller has given up: that bounds memory."""

    def __init__(self, limit: int, clock: Clock) -> None:
        self._limit = limit
        self._clock = clock
        self._tickets = count()
        self._since: dict[int, float] = {}  # in the order of entry, so the first is the oldest
        self._changed = threading.Condition()

    def enter(self, records: int) -> list[int] | None:
        """A ticket for each record, or None if not all of them find a place. Never waits."""
        with self._changed:
            if len(self._since) + records > self._limit:
                return None
            now = self._clock.monotonic()
            tickets = [next(self._tickets) for _ in range(records)]
            self._since.update(dict.fromkeys(tickets, now))
            return tickets

    def leave(self, ticket: int) -> None:
        """Twice is as good as once."""
        with self._changed:
            if self._since.pop(ticket, None) is not None and not self._since:
                self._changed.notify_all()

    def count(self) -> int:
        return len(self._since)

    def oldest_age_s(self) -> float:
        with self._changed:
            first = next(iter(self._since.values()), None)
        return 0.0 if first is None else self._clock.monotonic() - first

    def wait_until_empty(self, timeout_s: float) -> bool:
        with self._changed:
            return self._changed.wait_for(lambda: not self._since, timeout_s)
