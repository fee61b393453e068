"""Waiting for something that will come true, instead of for a time to pass."""

import time
from collections.abc import Callable


def until(
    holds: Callable[[], object], otherwise: Callable[[], str] = lambda: "it never held", limit_s: float = 30
) -> None:
    """Returns as soon as `holds()` is true; fails with `otherwise()` after `limit_s`."""
    deadline = time.monotonic() + limit_s
    while not holds():
        assert time.monotonic() < deadline, otherwise()
        time.sleep(0.02)
