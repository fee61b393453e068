"""A town whose facts are read and whose statuses stand: what evaluation and reading are measured on."""

from collections.abc import Callable
from time import monotonic, sleep

from sqlalchemy import text

from bench import signed_sheets
from bench.stage import Running, Stage
from deploy.laptop.faults import LaptopFault
from services.kit.eventlog.port import Partition
from services.reporting.store.positions import positions
from services.reporting.store.snapshots import Engine, snapshot_of

LOOK_EVERY_S = 0.02
_PATIENCE_S = 120.0
_AT_REST = """
    select exists (select from programme_now)
        and not exists (select from mark)
        and not exists (select from status where valid_until = '-infinity')
        and not exists (select from reporting.outbox)
"""


def evaluator_of(stage: Stage, database: Engine, sheets: int) -> Running:
    """An evaluator with nothing left to do: so many sheets of one are read, evaluated and told. Ingest is gone."""
    ends = signed_sheets.append(stage.bootstrap_servers, signed_sheets.sheets("ones", sheets, 1))
    ingest, evaluator = stage.start(stage.town.ingests[0]), stage.start(stage.town.evaluate)
    until("ingest reads to the end", lambda: _has_read(database, ends))
    until("all that was read is evaluated and told", lambda: at_rest(database))
    ingest.stop()
    return evaluator


def at_rest(database: Engine) -> bool:
    """No mark is left, no cell is due, and what changed has reached status.v1."""
    with snapshot_of(database) as connection:
        return bool(connection.scalar(text(_AT_REST)))


def until(what: str, holds: Callable[[], bool]) -> None:
    """Waits until it holds. Raises LaptopFault, saying what did not come about."""
    began = monotonic()
    while not holds():
        if monotonic() - began > _PATIENCE_S:
            raise LaptopFault(f"not after {_PATIENCE_S:.0f} s: {what}")
        sleep(LOOK_EVERY_S)


def _has_read(database: Engine, ends: dict[Partition, int]) -> bool:
    with snapshot_of(database) as connection:
        read = positions(connection)
    return all(read.get(partition, 0) >= end for partition, end in ends.items())
