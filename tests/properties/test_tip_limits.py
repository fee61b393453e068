"""The day by which a tip must be closed: engine and oracle, written apart, agree on every life of one."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.reporting.domain.tip_limits import Acts, due_day
from services.simulator.truth.counted import _last_lawful_day
from services.simulator.truth.facts import Tip

RECEIVED = st.dates(date(2023, 12, 1), date(2024, 12, 31))
STEPS = ("extended", "extended_again", "suspended", "resumed")
LATER = st.lists(st.integers(0, 200), max_size=2)


@given(RECEIVED, st.fixed_dictionaries(dict.fromkeys(STEPS, LATER)))
def test_engine_and_oracle_agree_on_the_last_lawful_day(received: date, later: dict[str, list[int]]) -> None:
    days = {step: sorted(received + timedelta(days=n) for n in numbers) for step, numbers in later.items()}
    acts = Acts(
        min(days["extended"], default=None),
        min(days["extended_again"], default=None),
        max(days["suspended"], default=None),
        max(days["resumed"], default=None),
    )
    moves = {step: found for step, found in days.items() if found}
    assert due_day(received, received + timedelta(days=20), acts) == _last_lawful_day(Tip("w", received, moves))
