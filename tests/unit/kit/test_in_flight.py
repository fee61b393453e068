"""The bound on what a producer holds, and the age of the oldest of it."""

from services.kit.clock import FakeClock
from services.kit.eventlog.in_flight import InFlight


def test_a_batch_enters_whole_or_not_at_all() -> None:
    places = InFlight(3, FakeClock())
    assert places.enter(2) is not None
    assert places.enter(2) is None
    assert places.count() == 2
    assert places.enter(1) is not None


def test_a_place_is_free_again_once_and_only_once() -> None:
    places = InFlight(2, FakeClock())
    first, _ = places.enter(2) or []
    places.leave(first)
    places.leave(first)
    assert places.count() == 1
    assert places.enter(2) is None
    assert places.enter(1) is not None


def test_the_oldest_is_the_one_that_has_waited_longest_whatever_leaves_before_it() -> None:
    clock = FakeClock()
    places = InFlight(9, clock)
    [oldest] = places.enter(1) or []
    clock.advance(5)
    [younger] = places.enter(1) or []
    clock.advance(1)
    assert places.oldest_age_s() == 6
    places.leave(younger)
    assert places.oldest_age_s() == 6
    places.leave(oldest)
    assert places.oldest_age_s() == 0


def test_waiting_ends_when_the_last_has_left() -> None:
    places = InFlight(1, FakeClock())
    assert places.wait_until_empty(0)
    [ticket] = places.enter(1) or []
    assert not places.wait_until_empty(0)
    places.leave(ticket)
    assert places.wait_until_empty(0)
