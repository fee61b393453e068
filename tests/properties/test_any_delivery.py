"""However a stream is delivered to however many processes, the same facts count, and every cell says the same."""

from collections.abc import Sequence
from datetime import datetime
from random import Random
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine

from services.contracts.events import Event
from services.contracts.programme import Programme
from services.contracts.readings.pages import AsOf
from services.reporting.domain.explain import Told
from services.reporting.domain.inputs import Cell
from services.reporting.store import generations
from services.reporting.store.explanations import derive
from services.reporting.store.recount import differences
from tests.support.facts_store import Stream, empty
from tests.support.random_programmes import random_programme
from tests.support.random_said import instants, random_said
from tests.support.slow_status import SlowStatus
from tests.support.statuses_compared import as_answer, some_cells

WHERE = {"topic", "partition", "offset", "events_digest"}
"""Where an event behind an input stands, and the digest of all that: elsewhere in the log when delivered otherwise."""


def deliver(engine: Engine, programme: Programme, said: Sequence[Event], processes: int, chance: Random) -> None:
    """The events in this order, cut into batches which processes with partitions of their own write by turns."""
    with engine.begin() as connection:
        empty(connection)
    streams = [Stream(engine, partition=number) for number in range(processes)]
    rest = list(said)
    while rest:
        size = chance.choice([1, 5, 60])
        stream = chance.choice(streams)
        batch = stream.batch(rest[:size])
        owed = [programme.obligation_of_report.get(getattr(one.event.data, "report_id", None)) for one in batch.read]
        batch.read[:] = [one._replace(owed=about) for one, about in zip(batch.read, owed, strict=True)]
        stream.apply(batch)
        rest = rest[size:]


def explained(connection: Connection, programme: Programme, cell: Cell, now: datetime) -> tuple[Any, Any]:
    """The status of a cell, and its whole explanation without the places of events in the log."""
    derived = derive(connection, programme, cell, now)
    told = derived.explained(slice(0, len(derived.inputs)), Told(AsOf(generation=1, positions=[])))
    return as_answer(derived.judged.status), _without_places(msgspec.to_builtins(told))


def _without_places(node: Any) -> Any:
    if isinstance(node, dict):
        return {name: _without_places(child) for name, child in node.items() if name not in WHERE}
    return [_without_places(child) for child in node] if isinstance(node, list) else node


@pytest.mark.timeout(600)
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 2**32))
def test_any_delivery_to_any_number_of_processes_gives_the_same_facts_statuses_and_explanations(
    reporting_engine: Engine, seed: int
) -> None:
    chance = Random(seed)
    programme = random_programme(chance)
    said = random_said(programme, chance)
    now = chance.choice(instants(programme, said, chance))
    said = [event for event in said if event.accepted_at <= now]
    slow = SlowStatus(programme, said, now)
    cells = some_cells(slow, chance, 25)
    told = []
    for processes in (1, 2, 3):
        deliver(reporting_engine, programme, said, processes, chance)
        with reporting_engine.begin() as connection:
            bound = generations.bind(connection, 1)
            assert differences(bound) == {}
            found = {cell: explained(bound, programme, Cell(*cell), now) for cell in cells}
            told.append((generations.digest(bound, 1), found))
        assert {cell: status for cell, (status, _) in found.items()} == {cell: slow.answer(*cell) for cell in cells}, (
            seed
        )
        assert told[-1] == told[0], seed
        said = said + chance.sample(said, len(said) // 4)
        chance.shuffle(said)
