"""Two clocks that must agree: what is proven of their difference, and that nothing is stamped while they do not."""

import math
import threading
from datetime import UTC, datetime, timedelta

import pytest

from services.contracts import metrics as cards
from services.kit.clock_guard import TOLERATED_S, ClockGuard, watch
from services.kit.errors import Unavailable
from services.kit.metrics import Metrics
from tests.support.waiting import until

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
HOUR_S = 3_600.0


class Machine:
    """A machine whose wall clock can be set; its steady one goes on as it should. `there` is the time elsewhere."""

    def __init__(self) -> None:
        self.passed_s = 0.0
        self.set_by_s = 0.0

    def now(self) -> datetime:
        return NOON + timedelta(seconds=self.passed_s + self.set_by_s)

    def monotonic(self) -> float:
        return 50.0 + self.passed_s

    def there(self, took_s: float = 0.0) -> datetime:
        """Told half way between the question and the answer."""
        told = NOON + timedelta(seconds=self.passed_s + took_s / 2)
        self.passed_s += took_s
        return told


@pytest.fixture
def machine() -> Machine:
    return Machine()


@pytest.fixture
def metrics() -> Metrics:
    return Metrics([cards.CLOCK_SKEW])


@pytest.fixture
def guard(machine: Machine, metrics: Metrics) -> ClockGuard:
    return ClockGuard(machine, "log", metrics)


def refusal(guard: ClockGuard) -> Unavailable:
    with pytest.raises(Unavailable) as caught:
        guard.now()
    return caught.value


def test_nothing_is_stamped_before_the_clocks_were_compared(guard: ClockGuard, machine: Machine) -> None:
    assert math.isnan(guard.skew_s())
    assert not guard.ready().ok
    assert refusal(guard).dependency == "clock"
    guard.compare(machine.there)
    assert guard.ready().ok
    assert guard.now() == NOON


@pytest.mark.parametrize(("jump_s", "said"), [(HOUR_S, "3600.0 s ahead of the log"), (-HOUR_S, "3600.0 s behind the")])
def test_a_jump_is_refused_at_the_very_next_reading_shown_and_over_when_it_is_undone(
    guard: ClockGuard, machine: Machine, metrics: Metrics, jump_s: float, said: str
) -> None:
    guard.compare(machine.there)
    machine.passed_s += 60
    machine.set_by_s = jump_s
    assert said in refusal(guard).detail
    assert said in guard.ready().detail
    assert metrics.value(cards.CLOCK_SKEW, against="log") == pytest.approx(jump_s)
    machine.set_by_s = 0
    assert guard.now() == NOON + timedelta(seconds=60)


def test_a_clock_that_was_set_right_is_believed_after_the_next_comparison(guard: ClockGuard, machine: Machine) -> None:
    """Ours was wrong all the time, and so was theirs: both are put right."""
    machine.set_by_s = HOUR_S
    guard.compare(lambda: machine.there() + timedelta(hours=1))
    assert guard.ready().ok
    machine.set_by_s = 0
    assert not guard.ready().ok
    guard.compare(machine.there)
    assert guard.ready().ok


def test_what_is_tolerated_passes_and_what_is_more_does_not(guard: ClockGuard, machine: Machine) -> None:
    guard.compare(machine.there)
    for skew_s, fine in ((TOLERATED_S - 0.1, True), (TOLERATED_S + 0.1, False)):
        for sign in (1, -1):
            machine.set_by_s = sign * skew_s
            assert guard.ready().ok is fine


def test_a_slow_answer_proves_no_more_than_it_can(guard: ClockGuard, machine: Machine) -> None:
    """An answer that took eight seconds may be four seconds old."""
    guard.compare(lambda: machine.there(took_s=8))
    assert guard.skew_s() == 0
    machine.set_by_s = 5
    assert guard.ready().ok
    machine.set_by_s = HOUR_S
    assert not guard.ready().ok


def test_comparing_goes_on_when_nobody_answers(
    guard: ClockGuard, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.kit.clock_guard.TRY_AGAIN_S", 0.01)
    ended, asked = threading.Event(), []

    def there() -> datetime:
        asked.append(1)
        if len(asked) < 3:
            raise Unavailable("log")
        return machine.there()

    watch(guard, there, ended)
    until(lambda: guard.ready().ok)
    ended.set()
    assert len(asked) >= 3
