"""What refers to itself is taken away while a process goes on, and at no other time than its own."""

import gc
import weakref
from collections.abc import Iterator

import pytest

from services.kit.clock import FakeClock
from services.reporting.ingest.interpreter import COLLECT_EVERY_S, Collecting


class Ring:
    def __init__(self) -> None:
        self.itself = self


@pytest.fixture
def clock() -> Iterator[FakeClock]:
    gc.disable()
    yield FakeClock()
    gc.enable()


def test_what_refers_to_itself_is_gone_when_its_time_has_come_and_not_before(clock: FakeClock) -> None:
    collect, dropped = Collecting(clock), weakref.ref(Ring())
    clock.advance(COLLECT_EVERY_S - 1)
    collect()
    assert dropped() is not None
    clock.advance(1)
    collect()
    assert dropped() is None


def test_the_next_time_is_as_far_away_again(clock: FakeClock) -> None:
    collect = Collecting(clock)
    clock.advance(COLLECT_EVERY_S)
    collect()
    dropped = weakref.ref(Ring())
    collect()
    assert dropped() is not None
    clock.advance(COLLECT_EVERY_S)
    collect()
    assert dropped() is None
