"""Each process of the platform: how long from its start until it is ready, and what it holds in memory.

Under load agencies post and readers read, at rates that this machine bears; what lasts minutes shows what grows.
"""

import json
import subprocess
import sys
from collections.abc import Mapping
from statistics import median
from time import monotonic, sleep
from typing import Any, NamedTuple

from bench import intake, memory
from bench.clients import KEY, Job, begun, get, post
from bench.figures import Figure, Goal, Size
from bench.memory import Memory
from bench.stage import WARD, Running, Stage
from deploy.laptop.faults import LaptopFault
from deploy.laptop.town import Member

_PATIENCE_S = 60.0
_LOOK_EVERY_S = 0.01
_STEADY = Goal("at most", 1.05)
"""No growth: the last third of the time within 5 % of the second."""


class Rates(NamedTuple):
    """Requests a second to each door, and to serve."""

    each: float
    sample_every_s: float


def run(stage: Stage, size: Size) -> list[Figure]:
    """`stage.wishes.minutes` of load, where the person asked for it; else as long as the size says."""
    starts = size.pick(tiny=1, full=3)
    load_s = stage.wishes.minutes * 60 if stage.wishes.minutes else size.pick(tiny=2.0, full=60.0)
    bare_s = median(_bare_start_s() for _ in range(starts))
    figures: list[Figure] = []
    running: list[Running] = []
    for member in stage.town.members:
        process, took_s = _started(stage, member, starts)
        running.append(process)
        bare = Figure("python -c pass", bare_s, "s")
        figures.append(Figure(f"{member.name}: start to ready", took_s, "s", bare, less_is_better=True))
    idle = {one.member.name: memory.of(one.pid) for one in running}
    return [*figures, *_under_load(stage, running, idle, load_s, size.pick(tiny=Rates(20, 0.1), full=Rates(100, 2.0)))]


def _under_load(
    stage: Stage, running: list[Running], idle: Mapping[str, Memory], load_s: float, rates: Rates
) -> list[Figure]:
    stage.say(f"{rates.each:.0f} requests a second to each door, for {load_s:.0f} s")
    with begun(*_jobs(stage, load_s, rates.each)) as work:
        sampled = memory.sampled([one.pid for one in running], lambda: work.goes_on, rates.sample_every_s)
        for answers in work.found():
            stage.say(f"{answers.per_second:.0f} a second, p99 {answers.percentile_ms(0.99):.0f} ms")
    return [
        figure
        for one, samples in zip(running, sampled, strict=True)
        for figure in _of_memory(one.member.name, idle[one.member.name], samples)
    ]


def _of_memory(name: str, idle: Memory, samples: list[memory.Sample]) -> list[Figure]:
    middle, last = memory.middle_and_last_third(samples)
    second_third = Figure("in the second third of the time", middle, "MiB")
    return [
        Figure(f"{name}: idle, resident", idle.rss, "MiB", less_is_better=True),
        Figure(f"{name}: loaded", max(one.pss for one in samples), "MiB", Figure("idle", idle.pss, "MiB"), None, True),
        Figure(f"{name}: loaded, in the last third", last, "MiB", second_third, _STEADY, less_is_better=True),
        Figure(f"{name}: growth under load", memory.growth_per_minute(samples), "MiB/minute", less_is_better=True),
    ]


def _jobs(stage: Stage, seconds: float, rate: float) -> list[Job]:
    """Sheets of households never seen before, one report again and again, tips, and the table of the town."""
    town = stage.town
    sheet = {**next(iter(intake.sheets(1))), "signers": [{"identity": {"register_number": f"HK-{KEY.decode()}"}}]}
    tip = {"unit": WARD, "category": "use", "channel": "hotline", "received_on": "2024-03-20"}
    report = {"form": "BC-THANG-UBND", "unit": WARD, "period": "2024-M03", "values": {"propaganda_sessions": 2}}
    asked = [
        (town.pledge, _posted("/v1/pledges", stage.token("pledge"), sheet)),
        (town.intake, _posted("/v1/reports", stage.token("report"), report)),
        (town.notify, _posted("/v1/tips", stage.token("tip", agency=f"ca-{WARD}"), tip)),
        (town.serve, get("/v1/status?programme=hong-linh-2024&period=2024-M03")),
    ]
    return [
        Job(member.port, (request,), 200 if member is town.serve else 202, clients=4, seconds=seconds, rate=rate)
        for member, request in asked
    ]


def _posted(path: str, token: str, body: Mapping[str, Any]) -> bytes:
    return post(path, token, json.dumps({"programme": "hong-linh-2024", **body}).encode())


def _started(stage: Stage, member: Member, times: int) -> tuple[Running, float]:
    """The process, ready, and the median of how long that took; all but the last are stopped again."""
    took: list[float] = []
    while True:
        began = monotonic()
        running = stage.begin(member)
        while not member.ready:
            if monotonic() - began > _PATIENCE_S or not running.service.process.alive:
                raise LaptopFault(f"{member.name} does not become ready: {running.service.output}")
            sleep(_LOOK_EVERY_S)
        took.append(monotonic() - began)
        if len(took) == times:
            stage.say(f"{member.name}: ready after {median(took):.2f} s")
            return running, median(took)
        running.stop()


def _bare_start_s() -> float:
    began = monotonic()
    subprocess.run([sys.executable, "-c", "pass"], check=True)
    return monotonic() - began
