"""Order, duplication and batching of delivery, and the number of processes, do not change which facts count."""

from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from services.contracts.events import Event
from services.reporting.store import generations
from services.reporting.store.recount import differences
from tests.support.facts_store import Stream, empty
from tests.support.streams import NOON, W1, W2, approved, event, moved, report, signed, tip, withdrawn

FIRST = date(2024, 3, 1)
days = st.integers(0, 4).map(lambda n: FIRST + timedelta(days=n))
instants = st.integers(0, 5).map(lambda n: NOON + timedelta(hours=9 * n))
units = st.sampled_from([W1, W2])
tokens = st.integers(1, 4)
keys = st.integers(1, 6)
sheets = st.builds(signed, st.dictionaries(tokens, days, min_size=1, max_size=4), units)
withdrawals = st.builds(withdrawn, tokens, days, units)
reports = st.builds(
    report, st.fixed_dictionaries({"propaganda_sessions": st.integers(0, 2)}), revision=st.integers(1, 2)
)
decisions = st.builds(lambda said, returned: approved(said, returned=returned), reports, st.booleans())
tips = st.builds(tip, st.integers(1, 2), on=days)
moves = st.builds(moved, st.integers(1, 2), on=days)
said = st.one_of(sheets, sheets, sheets, withdrawals, withdrawals, reports, decisions, tips, moves)
events = st.builds(lambda data, key, at: event(data, key=key, at=at), said, keys, instants)


@st.composite
def deliveries(draw: st.DrawFn) -> tuple[list[Event], list[list[Sequence[Event]]]]:
    """A stream, and other deliveries of it: shuffled, with copies delivered again, cut into batches."""
    stream = draw(st.lists(events, min_size=1, max_size=14))
    others = []
    for _ in range(2):
        again = draw(st.lists(st.sampled_from(stream), max_size=4))
        shuffled = draw(st.permutations(stream + again))
        cuts = sorted(draw(st.sets(st.integers(1, len(shuffled)), max_size=4)) | {len(shuffled)})
        others.append([shuffled[start:end] for start, end in zip([0, *cuts], cuts, strict=False)])
    return stream, others


@pytest.mark.timeout(600)
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(deliveries())
def test_any_delivery_of_a_stream_gives_the_same_facts_that_count_and_the_counts_equal_a_recount(
    reporting_engine: Engine, delivered: tuple[list[Event], list[list[Sequence[Event]]]]
) -> None:
    stream, others = delivered
    expected = _digest(reporting_engine, [stream])
    for batches in others:
        assert _digest(reporting_engine, batches) == expected


def _digest(engine: Engine, batches: list[Sequence[Event]]) -> dict[str, str]:
    """Writes the batches by turns through two processes, each with partitions of its own."""
    with engine.begin() as connection:
        empty(connection)
    processes = [Stream(engine, partition=0), Stream(engine, partition=1)]
    for number, batch in enumerate(batches):
        processes[number % 2].write(batch)
    with engine.begin() as connection:
        bound = generations.bind(connection, 1)
        assert differences(bound) == {}
        return generations.digest(bound, 1)
