"""Ingest: sheets of one against a bare loop and against Quix Streams, two processes, and sheets of 200 among millions.

Each loop that is compared runs in a process of its own, in turn with the others, over the same records; starting it,
its connections and its programme are left out of the time. Whole processes are measured with all that is in them:
health, metrics, and the second reading for the books, which one of them does.
"""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import count, pairwise
from pathlib import Path
from time import perf_counter, sleep
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection, Engine, text

from bench import known_signers, signed_sheets
from bench.figures import Figure, Goal, Size
from bench.loops import Job
from bench.quix import environment
from bench.stage import Stage
from bench.turns import in_turn
from deploy.laptop import places
from deploy.laptop.faults import LaptopFault
from services.contracts.topics import PLEDGE, PROGRAMME
from services.kit.db import engine
from services.kit.eventlog.port import Partition
from services.reporting.store import generations
from services.reporting.store.positions import positions

_LOOK_EVERY_S = 0.01
_PATIENCE_S = 120.0
_STATEMENT_MS = 600_000
_OF_200 = 200
_HALF = Goal("at least", 0.5)
_AHEAD = Goal("at least", 1.0)
_SIGNATURES = Goal("at least", 60_000, of="value")
_QUIX = places.ROOT / "bench" / "quix" / "fold.py"
Ends = Mapping[Partition, int]


class Plan(NamedTuple):
    """`ones`: sheets of one, read again by each loop; `of_200`: sheets a turn; `known`: signers known before."""

    rounds: int
    ones: int
    of_200: int
    known: int


@dataclass(frozen=True)
class Ground:
    """What the loops work on. Every one that writes is given a generation of its own."""

    stage: Stage
    database: Engine
    numbers: "count[int]" = field(default_factory=lambda: count(2))

    def generation(self) -> int:
        number = next(self.numbers)
        with self.database.begin() as connection:
            generations.create(connection, number)
        return number

    def forget(self, generation: int) -> None:
        with self.database.begin() as connection:
            generations.drop(connection, generation)

    def loop(self, name: str, ends: Ends, starts: Ends | None = None, generation: int = 0, tokens: int = 0) -> float:
        """The seconds that a loop of `bench.loops` took."""
        read = [(*partition, (starts or {}).get(partition, 0), end) for partition, end in sorted(ends.items())]
        servers, database = self.stage.bootstrap_servers, self.stage.database_url
        job = Job(servers=servers, database=database, read=read, generation=generation, tokens=tokens)
        return _seconds([sys.executable, "-m", "bench.loops", name], msgspec.json.encode(job).decode())


def run(stage: Stage, size: Size) -> list[Figure]:
    plan = size.pick(tiny=Plan(1, 600, 6, 2_000), full=Plan(3, 60_000, 1_000, 5_000_000))
    database = engine(stage.database_url, pool_size=2, application_name="bench", statement_timeout_ms=_STATEMENT_MS)
    try:
        ground = Ground(stage, database)
        stage.say(f"{plan.ones:,} sheets of one")
        ends = signed_sheets.append(stage.bootstrap_servers, signed_sheets.sheets("ones", plan.ones, 1))
        return [*_ones(ground, plan, ends), *_processes(ground, plan, ends), _of_200(ground, plan, ends)]
    finally:
        database.dispose()


def _ones(ground: Ground, plan: Plan, ends: Ends) -> list[Figure]:
    python = environment.python()
    groups = count()
    pledges = {where: end for where, end in ends.items() if where.topic == PLEDGE.name}

    def ours() -> float:
        number = ground.generation()
        took_s = ground.loop("fold", ends, generation=number)
        ground.forget(number)
        return plan.ones / took_s

    def quix(shape: str) -> float:
        return plan.ones / _quix_s(ground.stage, python, f"quix-{shape}-{next(groups)}", plan.ones, shape)

    ground.stage.say("a bare loop, ours, Quix Streams, in turn")
    found = in_turn(
        plan.rounds,
        {
            "bare": lambda: plan.ones / ground.loop("bare", pledges),
            "ours": ours,
            "same": partial(quix, "same"),
            "lean": partial(quix, "lean"),
        },
    )
    bare = Figure("a loop that only polls and decodes JSON", found["bare"], "events/s")
    same = Figure("Quix Streams, the same fold", found["same"], "events/s")
    lean = Figure("Quix Streams, a lean fold", found["lean"], "events/s")
    return [
        Figure("sheets of one", found["ours"], "events/s", bare, _HALF),
        Figure("sheets of one, beside the same fold", found["ours"], "events/s", same, _AHEAD),
        Figure("sheets of one, beside a lean fold", found["ours"], "events/s", lean),
    ]


def _quix_s(stage: Stage, python: Path, group: str, records: int, shape: str) -> float:
    job = {
        "servers": stage.bootstrap_servers, "topic": PLEDGE.name, "group": group, "records": records, "shape": shape
    }  # fmt: skip
    return _seconds([str(python), str(_QUIX)], json.dumps(job))


def _seconds(command: Sequence[str], job: str) -> float:
    done = subprocess.run([*command, job], cwd=places.ROOT, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise LaptopFault(f"{' '.join(command)} ended with {done.returncode}:\n{done.stderr}")
    return float(done.stdout.splitlines()[-1])


def _processes(ground: Ground, plan: Plan, ends: Ends) -> list[Figure]:
    ground.stage.say("one whole process, and two")
    pledges = {where: end for where, end in ends.items() if where.topic == PLEDGE.name}
    found = in_turn(
        max(1, plan.rounds - 1), {str(number): partial(_together, ground, pledges, number) for number in (1, 2)}
    )
    one = Figure("one process", found["1"], "events/s")
    return [Figure("two processes", found["2"], "events/s", one)]


def _together(ground: Ground, ends: Ends, number: int) -> float:
    """Events a second of so many processes, while each of them has something to read."""
    generation = ground.generation()
    with ground.database.begin() as connection:
        generations.make_current(connection, generation)
        connection.execute(text("truncate reporting.log_count, reporting.log_count_position"))
    group = {"REPORTING_INGEST_GROUP": f"bench-{generation}"}
    running = [ground.stage.begin(member, **group) for member in ground.stage.town.ingests[:number]]
    try:
        return _rate(ends, _looked(ground.database, generation))
    finally:
        for one in running:
            one.stop()


def _looked(database: Engine, generation: int) -> Iterator[tuple[float, Ends]]:
    """When, and how far each partition was read then."""
    until = perf_counter() + _PATIENCE_S
    while perf_counter() < until:
        with database.begin() as connection:
            yield perf_counter(), positions(generations.bind(connection, generation))
        sleep(_LOOK_EVERY_S)
    raise LaptopFault("ingest did not read to the end")


def _rate(ends: Ends, looked: Iterator[tuple[float, Ends]]) -> float:
    """From the first look at which all partitions have moved to the first at which one is read to its end.

    Where that is one look (there was little to read), from the look before.
    """
    before, seen = (0.0, 0), list[tuple[float, int]]()
    for at, read in looked:
        look = (at, sum(read.get(partition, 0) for partition in ends))
        if all(read.get(partition, 0) > 0 for partition in ends):
            seen.append(look)
        else:
            before = look
        if any(read.get(partition, 0) >= end for partition, end in ends.items()) and seen:
            break
    (began, first), (ended, last) = seen[0] if len(seen) > 1 else before, seen[-1]
    return (last - first) / (ended - began)


def _of_200(ground: Ground, plan: Plan, ends: Ends) -> Figure:
    signatures = plan.of_200 * _OF_200
    ground.stage.say(f"{plan.known:,} signers known, and {plan.rounds + 1} times {plan.of_200:,} sheets of 200")
    generation = _among_many(ground, plan.known, ends)
    stops = [ends, *_appended(ground.stage, plan)]
    turns = pairwise(stops)

    def ours() -> float:
        starts, until = next(turns)
        return signatures / ground.loop("fold", until, starts, generation)

    found = in_turn(plan.rounds, {"ours": ours, "sql": lambda: signatures / ground.loop("sql", {}, tokens=signatures)})
    bare = Figure("set-based SQL alone", found["sql"], "signatures/s")
    return Figure("sheets of 200, among millions known", found["ours"], "signatures/s", bare, _SIGNATURES)


def _appended(stage: Stage, plan: Plan) -> Iterator[Ends]:
    """Where the log ends after the sheets of each turn."""
    for turn in range(plan.rounds + 1):
        sheets = signed_sheets.sheets(f"of 200, {turn}", plan.of_200, _OF_200)
        yield signed_sheets.append(stage.bootstrap_servers, sheets)


def _among_many(ground: Ground, known: int, ends: Ends) -> int:
    """A generation that has read the programme and stands at `ends`, with so many signers; the bare table as well."""
    generation = ground.generation()
    opened = {where: end if where.topic == PROGRAMME.name else 0 for where, end in ends.items()}
    ground.loop("fold", opened, generation=generation)
    with ground.database.begin() as connection:
        known_signers.fill(connection, generation, known)
        known_signers.fill_bare(connection, known)
        _stand_at(generations.bind(connection, generation), ends)
    return generation


def _stand_at(connection: Connection, ends: Ends) -> None:
    for partition, end in ends.items():
        place = {"topic": partition.topic, "partition": partition.partition, "end": end}
        connection.execute(
            text("update position set next_offset = :end where topic = :topic and partition = :partition"), place
        )
