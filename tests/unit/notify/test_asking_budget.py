"""Questions are bounded for everybody together, and nobody is counted by an address."""

import pytest

from services.intake.refusal import Refused
from services.kit.clock import FakeClock
from services.notify.domain.receipts import words_of
from services.notify.intake.asking import Budget
from tests.support.postings import NOW

WORDS = words_of(b"x" * 16)


def test_so_many_a_minute_may_ask_and_the_next_minute_begins_anew() -> None:
    clock = FakeClock(NOW)
    budget = Budget(clock, 2)
    for _ in range(2):
        budget.receipt(WORDS)
    with pytest.raises(Refused) as refused:
        budget.receipt(WORDS)
    assert [one.code for one in refused.value.faults] == ["busy"]
    clock.advance(60)
    budget.receipt(WORDS)
