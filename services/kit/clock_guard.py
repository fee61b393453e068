"""Our wall clock against the clock of those with whom we share instants: while they are apart, nothing is stamped.

Only the difference between their wall clock and our steady one is remembered. So a jump of ours is seen at the very
next reading, not at the next comparison, and is over as soon as it has been undone.
"""

import threading
from collections.abc import Callable
from datetime import datetime
from typing import Final

from services.contracts import metrics as cards
from services.kit.clock import Clock
from services.kit.errors import Unavailable
from services.kit.health import Check
from services.kit.logs import described, get_logger
from services.kit.metrics import Metrics
from services.kit.runtime import Die, die, spawn

TOLERATED_S: Final = 2.0
"""What is less is nobody's business: `now` of the evaluator leaves 5 s for posts in flight, of which a post takes 2."""
COMPARE_EVERY_S: Final = 5.0
TRY_AGAIN_S: Final = 1.0

Ask = Callable[[], datetime]
"""What time is it there? Raises Unavailable."""


class ClockGuard:
    """A Clock whose `now` raises Unavailable while we are apart from `whose` clock, or do not know yet if we are."""

    def __init__(self, clock: Clock, whose: str, metrics: Metrics) -> None:
        self._clock = clock
        self._whose = whose
        self._between: tuple[float, float] | None = None  # their wall clock less our steady one: at least, at most
        metrics.gauge(cards.CLOCK_SKEW, against=whose).set_function(self.skew_s)

    def now(self) -> datetime:
        if fault := self._fault():
            raise Unavailable("clock", detail=fault)
        return self._clock.now()

    def monotonic(self) -> float:
        return self._clock.monotonic()

    def check(self, ask: Ask) -> datetime:
        """Compares, and tells our time. Raises Unavailable."""
        self.compare(ask)
        return self.now()

    def compare(self, ask: Ask) -> None:
        """Their answer was right at some instant between our asking and our hearing it. Raises what `ask` raises."""
        before = self._clock.monotonic()
        theirs = ask().timestamp()
        self._between = (theirs - self._clock.monotonic(), theirs - before)
        if fault := self._fault():
            get_logger().critical("clocks apart", against=self._whose, skew_s=round(self.skew_s(), 3), detail=fault)

    def skew_s(self) -> float:
        """By how much we are ahead (behind: negative), as far as it is proven; NaN before the first comparison."""
        if self._between is None:
            return float("nan")
        ours = self._clock.now().timestamp() - self._clock.monotonic()
        least, most = self._between
        return ours - min(max(ours, least), most)

    def ready(self) -> Check:
        fault = self._fault()
        return Check(not fault, fault or f"{self.skew_s():+.1f} s from the {self._whose}'s")

    def _fault(self) -> str:
        """Empty when the clocks agree."""
        skew_s = self.skew_s()
        if self._between is None:
            return f"not compared with the {self._whose}'s clock yet"
        if abs(skew_s) <= TOLERATED_S:
            return ""
        return f"{abs(skew_s):.1f} s {'ahead of' if skew_s > 0 else 'behind'} the {self._whose}'s clock"


def watch(guard: ClockGuard, ask: Ask, ended: threading.Event, die: Die = die) -> None:
    """Compares every few seconds in a thread of its own, until `ended`."""

    def compare() -> float:
        try:
            guard.compare(ask)
        except Unavailable as away:
            get_logger().warning("clocks not compared", **described(away))
            return TRY_AGAIN_S
        return COMPARE_EVERY_S

    def work() -> None:
        while not ended.wait(compare()):
            pass

    spawn("clock-watch", work, die)
