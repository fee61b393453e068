"""On any programme, with whatever is said in it, every status is what a slow and obvious reading of the text finds."""

from datetime import timedelta
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from services.contracts.programme import cells
from services.reporting.domain.inputs import Cell
from services.reporting.domain.status import evaluate
from tests.support.facts_that_count import facts_that_count
from tests.support.random_programmes import random_programme
from tests.support.random_said import instants, random_said
from tests.support.slow_status import SlowStatus
from tests.support.statuses_compared import as_answer, some_cells

SEEDS = st.integers(0, 2**32)


@settings(max_examples=60, deadline=None)
@given(SEEDS)
def test_the_engine_and_the_slow_reading_agree_on_every_cell_of_any_programme(seed: int) -> None:
    chance = Random(seed)
    programme = random_programme(chance)
    said = random_said(programme, chance)
    refused = [unit for unit in programme.units.by_id if chance.random() < 0.1]
    for now in instants(programme, said, chance):
        slow = SlowStatus(programme, [event for event in said if event.accepted_at <= now], now, refused)
        facts = facts_that_count(slow)
        for cell in some_cells(slow, chance, 60):
            found = as_answer(evaluate(Cell(*cell), programme, facts, now))
            assert found == slow.answer(*cell), (seed, cell, now, programme.indicators[cell[1]])


@settings(max_examples=30, deadline=None)
@given(SEEDS)
def test_the_cells_of_any_programme_are_those_that_the_slow_reading_finds(seed: int) -> None:
    programme = random_programme(Random(seed))
    slow = SlowStatus(programme, [], programme.periods()[0].opens_at)
    assert sorted(cells(programme)) == sorted(slow.cells())


@settings(max_examples=30, deadline=None)
@given(SEEDS)
def test_an_answer_in_any_programme_holds_until_it_says(seed: int) -> None:
    chance = Random(seed)
    programme = random_programme(chance)
    said = random_said(programme, chance)
    now, *_ = instants(programme, said, chance)
    slow = SlowStatus(programme, [event for event in said if event.accepted_at <= now], now)
    facts = facts_that_count(slow)
    for cell in some_cells(slow, chance, 40):
        found = evaluate(Cell(*cell), programme, facts, now)
        until = found.valid_until or now + timedelta(days=900)
        assert until > now
        just_before = until - timedelta(microseconds=1)
        for at in (min(now + (until - now) * chance.random(), just_before), just_before):
            assert evaluate(Cell(*cell), programme, facts, at).says_the_same_as(found), (seed, cell, at)
