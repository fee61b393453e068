"""The transaction of ingest: one batch of the log becomes facts, counts, marks and positions, or nothing at all."""

from collections import Counter
from collections.abc import Callable
from typing import NamedTuple

from sqlalchemy import Connection, text

from services.contracts.events import TipMoved
from services.kit.eventlog.port import LogIdentity
from services.reporting.store.batch import Batch
from services.reporting.store.events import outcomes, remember
from services.reporting.store.marks import insert_marks, mark_moved, mark_tips
from services.reporting.store.positions import advance, hold
from services.reporting.store.programmes import insert_editions
from services.reporting.store.rejects import close_dead_letters, insert_halt, insert_rejects
from services.reporting.store.signers import count_signers
from services.reporting.store.statements import insert_facts

Step = Callable[[str], None]
CHANNEL = "reporting_facts"
"""NOTIFY on it only shortens the evaluator's wait."""


class Applied(NamedTuple):
    """What became of the records of a batch: (topic, outcome) -> records."""

    outcomes: Counter[tuple[str, str]]


def no_step(name: str) -> None:
    """Tests stop or kill the process at a named step; work does not."""


def apply(connection: Connection, batch: Batch, log: LogIdentity, step: Step = no_step) -> Applied:
    """Writes a batch. The connection speaks of a generation and is in a READ COMMITTED transaction of the caller.

    Raises Fenced when the positions are not where the batch begins. The order of the statements is the order of the
    locks: events by id, signers by key, counts by key, positions by key.
    """
    hold(connection, batch.starts)
    step("held")
    remembered = remember(connection, batch.read)
    step("remembered")
    bodies = remembered.new_bodies()
    count_signers(connection, remembered, bodies, step)
    step("counted")
    insert_facts(connection, bodies)
    insert_rejects(connection, batch.refused)
    insert_editions(connection, batch.editions)
    close_dead_letters(connection, batch.read)
    step("kept")
    insert_marks(connection, batch.marks(), batch.oldest())
    mark_moved(connection, remembered.moved())
    mark_tips(connection, [read.event.data.tip_id for read in batch.read if isinstance(read.event.data, TipMoved)])
    if batch.halt is not None:
        insert_halt(connection, batch.halt)
    step("marked")
    seen = outcomes(connection, remembered)
    seen.update((one.position.topic, _refusal(one.reason)) for one in batch.refused)
    advance(connection, batch.starts, batch.ends, log)
    connection.execute(text("select pg_notify(:channel, '')"), {"channel": CHANNEL})
    step("advanced")
    return Applied(seen)


def _refusal(reason: str) -> str:
    return "corrupt" if reason == "corrupt" else "rejected"
