"""How Python is set for a process that makes and drops some hundred thousand objects a batch, on two threads."""

import gc
import sys
from typing import Final

from services.kit.clock import Clock

COLLECT_EVERY_S: Final = 10.0
SWITCH_EVERY_S: Final = 0.0005
"""By default 5 ms. The thread in the transaction has little to do between two statements; while it waits for its turn,
PostgreSQL waits for it."""


def suit_batches() -> None:
    """For this process, to its end.

    By default the collector looks after 700 new objects: it would walk, many times a batch, over all that the batch
    holds, and find nothing, for none of it refers to itself. `Collecting` looks instead.
    """
    gc.collect()
    gc.freeze()
    gc.disable()
    sys.setswitchinterval(SWITCH_EVERY_S)


class Collecting:
    """Call it as often as you like: every ten seconds it takes away what refers to itself.

    Some hundred objects a second do: the futures of kafka-python, the frames of an error. Left alone they were 2 MiB a
    minute.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._due_at = clock.monotonic() + COLLECT_EVERY_S

    def __call__(self) -> None:
        if self._clock.monotonic() >= self._due_at:
            gc.collect()
            self._due_at = self._clock.monotonic() + COLLECT_EVERY_S
