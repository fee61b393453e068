"""When something is tried again: backoff with jitter, and a breaker for each destination. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal, NamedTuple

Chance = Callable[[], float]
"""A number from 0 to 1."""
FIRST_S: Final = 20.0
LONGEST_S: Final = 900.0
JITTER: Final = 0.5
FAILURES: Final = 5
"""So many transient failures in a row open the breaker of a destination."""
OPEN_FOR: Final = timedelta(seconds=60)
OutcomeKind = Literal["accepted", "transient", "throttled", "permanent", "misconfigured"]


class Outcome(NamedTuple):
    """What came of one attempt.

    accepted: the channel took it. transient: try later. throttled: not before `after_s`. permanent: this address will
    never take it. misconfigured: our own settings are wrong; it is tried later, and no address is to blame.
    `code` is the channel's own, without words.
    """

    kind: OutcomeKind
    code: str = ""
    after_s: float | None = None


def wait_s(attempts: int, outcome: Outcome, chance: Chance) -> float:
    """How long until the next attempt after so many: doubling, from half of it to all of it by chance."""
    bound = min(LONGEST_S, FIRST_S * float(1 << min(attempts, 16)))
    backoff = bound * (1 - JITTER * chance())
    return max(backoff, outcome.after_s or 0.0)


@dataclass(frozen=True, slots=True)
class Breaker:
    """`open_until`: nothing is tried before; then one attempt shows whether it is back."""

    failures: int = 0
    open_until: datetime | None = None

    def closed(self, now: datetime) -> bool:
        return self.open_until is None or self.open_until <= now

    def after(self, outcome: Outcome, now: datetime) -> "Breaker":
        """Only what the destination itself could not do counts; that it refused an address shows that it is there."""
        if outcome.kind in ("accepted", "permanent"):
            return Breaker()
        if outcome.kind == "throttled":
            until = now + timedelta(seconds=outcome.after_s or OPEN_FOR.total_seconds())
            return Breaker(self.failures, until)
        failures = self.failures + 1
        return Breaker(failures, now + OPEN_FOR if failures >= FAILURES else None)
