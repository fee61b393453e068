"""The pledge door: posts, events and signatures a second, each acknowledged by the log, of one process.

What it is compared with answers under the same server with the same settings, in turn with it.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import partial
from itertools import count, islice
from typing import Any, NamedTuple

from bench.clients import Job, answered, post
from bench.figures import Figure, Goal, Size
from bench.stage import WARD, Running, Stage
from bench.turns import in_turn
from deploy.laptop import ports
from deploy.laptop.town import Member

_SHEET = {
    "unit": WARD,
    "kind": "household",
    "group": f"{WARD}-tdp-01",
    "method": "paper",
    "text_version": "2024.1",
    "occurred_on": "2024-03-02",
}
_PROGRAMME = {"programme": "hong-linh-2024"}
_BODIES = 100
"""Different ones of each kind, sent in turn."""


class Doors(NamedTuple):
    real: Running
    without_log: Running
    bare: Running


def run(stage: Stage, size: Size) -> list[Figure]:
    """Figures of sheets of one, batches and large sheets; `tiny` answers within seconds and means nothing."""
    doors = _open(stage)
    rounds, seconds = size.pick(tiny=(1, 0.2), full=(5, 3.0))
    measure = partial(_per_second, stage, seconds)
    one, batch = _requests(stage, "/v1/pledges", sheets(1)), _requests(stage, "/v1/pledges:batch", batches())
    large, by_address = _requests(stage, "/v1/pledges", sheets(200)), _requests(stage, "/v1/pledges", addressed(200))
    found = in_turn(
        rounds,
        {
            "one": measure(doors.real, one),
            "one without log": measure(doors.without_log, one),
            "one bare": measure(doors.bare, one),
            "batch": measure(doors.real, batch),
            "batch without log": measure(doors.without_log, batch),
            "large": measure(doors.real, large),
            "large without log": measure(doors.without_log, large),
            "by address": measure(doors.real, by_address),
            "by address without log": measure(doors.without_log, by_address),
        },
    )
    return _figures(found)


def _figures(found: Mapping[str, float]) -> list[Figure]:
    def against(name: str, unit: str, each: int) -> Figure:
        return Figure("the same without a log", found[f"{name} without log"] * each, unit)

    def value(at_least: float) -> Goal:
        return Goal("at least", at_least, of="value")

    half, posts = Goal("at least", 0.5), against("one", "posts/s", 1)
    return [
        Figure("durable posts, sheets of one", found["one"], "posts/s", posts, half),
        Figure("door without a log", posts.value, "posts/s", Figure("Flask alone", found["one bare"], "posts/s")),
        Figure("batches of 100", found["batch"] * 100, "events/s", against("batch", "events/s", 100), value(10_000)),
        Figure(
            "sheets of 200", found["large"] * 200, "signatures/s", against("large", "signatures/s", 200), value(30_000)
        ),
        Figure(
            "sheets of 200, by address",
            found["by address"] * 200,
            "signatures/s",
            against("by address", "signatures/s", 200),
        ),
    ]


def sheets(signers: int) -> Iterable[Mapping[str, Any]]:
    """Sheets signed by register number, no two signers the same."""
    numbers = count(1)
    while True:
        yield {**_PROGRAMME, **_signed({"register_number": f"HK-{next(numbers):06}"} for _ in range(signers))}


def addressed(signers: int) -> Iterable[Mapping[str, Any]]:
    """Sheets signed by address."""
    numbers = count(1)
    while True:
        yield {**_PROGRAMME, **_signed({"address": f"Số {next(numbers)}, ngõ 2, tổ Hoà Bình"} for _ in range(signers))}


def batches() -> Iterable[Mapping[str, Any]]:
    """Batches of 100 sheets of one."""
    numbers = count(1)
    while True:
        signed = [_signed([{"register_number": f"HK-{next(numbers):06}"}]) for _ in range(100)]
        yield {**_PROGRAMME, "sheets": [{"sheet": f"sheet-{at:03}", **one} for at, one in enumerate(signed)]}


def _signed(identities: Iterable[Mapping[str, str]]) -> dict[str, Any]:
    signers = [{"identity": identity} for identity in identities]
    return {**_SHEET, "declared_count": len(signers), "signers": signers}


def _requests(stage: Stage, path: str, bodies: Iterable[Mapping[str, Any]]) -> tuple[bytes, ...]:
    token = stage.token("pledge")
    said = (json.dumps(body, ensure_ascii=False).encode() for body in islice(bodies, _BODIES))
    return tuple(post(path, token, body) for body in said)


def _per_second(stage: Stage, seconds: float, door: Running, requests: tuple[bytes, ...]) -> Callable[[], float]:
    def measure() -> float:
        [answers] = answered(Job(door.member.port, requests, seconds=seconds))
        stage.say(f"{door.member.name}: {answers.per_second:,.0f} posts/s; clients busy {answers.busy:.0%}")
        return answers.per_second

    return measure


def _open(stage: Stage) -> Doors:
    return Doors(
        stage.start(stage.town.pledge),
        stage.start(compared(stage.town.pledge, "without-log")),
        stage.start(compared(stage.town.pledge, "bare")),
    )


def compared(pledge: Member, door: str) -> Member:
    """A door of `bench.doors`, told what pledge is told but on a port of its own."""
    port = ports.free_port()
    settings = {**pledge.settings, "PLEDGE_BIND": f"127.0.0.1:{port}"}
    return replace(pledge, name=door, arguments=("bench.doors", door), settings=settings, port=port)
