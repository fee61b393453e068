"""Waiting for what processes do, and their memory meanwhile."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from time import perf_counter, sleep
from typing import NamedTuple

from sqlalchemy import text

from bench.stage import Running
from deploy.laptop.faults import LaptopFault
from services.kit.eventlog.port import Partition
from services.reporting.store.positions import positions
from services.reporting.store.snapshots import Engine, snapshot_of

_LOOK_EVERY_S = 0.02
_PATIENCE_S = 3_600.0
_KIB = 1_024
_PENDING = """
    select exists (select from mark)
        or exists (select from status where valid_until <= (select min(now) from programme_now))
        or (select count(*) from programme_now) < (select count(distinct programme) from programme_version)
"""
Ends = Mapping[Partition, int]


class Watched(NamedTuple):
    """How long it took, and the most memory that each process had until then."""

    seconds: float
    peaks_mib: tuple[float, ...]


def watched(
    running: Sequence[Running], done: Callable[[], bool], *, first: Callable[[], None] = lambda: None
) -> Watched:
    """From `first` until it is done. Raises LaptopFault when a process ends before that, or it takes an hour."""
    began = perf_counter()
    first()
    peaks = [0.0] * len(running)
    while True:
        alive = all(one.service.process.alive for one in running)
        peaks = [max(before, peak_mib(one.pid)) for before, one in zip(peaks, running, strict=True)]
        if done():
            return Watched(perf_counter() - began, tuple(peaks))
        if not alive:
            raise LaptopFault("\n".join(one.service.output for one in running))
        if perf_counter() - began > _PATIENCE_S:
            raise LaptopFault(f"not done after {_PATIENCE_S:.0f} s")
        sleep(_LOOK_EVERY_S)


def peak_mib(pid: int) -> float:
    """The kernel's own high-water mark of resident memory; 0 when the process is gone."""
    try:
        said = Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return 0.0
    line = next((line for line in said.splitlines() if line.startswith("VmHWM:")), "VmHWM: 0 kB")
    return int(line.split()[1]) / _KIB


def read_to(database: Engine, generation: int | None = None) -> dict[Partition, int]:
    with snapshot_of(database, generation) as connection:
        return positions(connection)


def has_read(database: Engine, ends: Ends, generation: int | None = None) -> bool:
    read = read_to(database, generation)
    return all(read.get(partition, 0) >= end for partition, end in ends.items())


def is_evaluated(database: Engine, generation: int | None = None) -> bool:
    """Every programme as a whole, with nothing marked and nothing due."""
    with snapshot_of(database, generation) as connection:
        return not connection.scalar(text(_PENDING))


def is_told(database: Engine) -> bool:
    with snapshot_of(database) as connection:
        return not connection.scalar(text("select exists (select from reporting.outbox)"))
