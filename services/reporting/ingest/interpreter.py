"""How Python is set for a process that makes and drops some hundred thousand objects a batch, on two threads."""

import gc
import sys
from typing import Final

NEW_OBJECTS: Final = 1_000_000
"""More than two batches hold. By default the collector looks after 700: it would walk, many times a batch, over all
that the batch holds, and find nothing, for none of it refers to itself. What does (an error's frames) is rare."""
SWITCH_EVERY_S: Final = 0.0005
"""By default 5 ms. The thread in the transaction has little to do between two statements; while it waits for its turn,
PostgreSQL waits for it."""


def suit_batches() -> None:
    """For this process, to its end."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS, 20, 50)
    sys.setswitchinterval(SWITCH_EVERY_S)
