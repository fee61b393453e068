"""The table of the town, asked for again and again of one serve process, with nothing new to say since the last time.

Sixteen clients on connections of their own, each again as soon as it was answered. With a matching ETag the answer is a
304 without a body. The baseline sends as many bytes from memory, in the same server with as many threads.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import NamedTuple
from urllib.request import Request, urlopen

from bench.clients import Answers, Job, answered, get, percentile
from bench.figures import Figure, Size
from bench.intake import compared
from bench.settled import evaluator_of
from bench.stage import Running, Stage
from bench.turns import in_turn
from services.kit.db import engine

TABLE = "/v1/status?programme=hong-linh-2024&period=2024-M03"


class Plan(NamedTuple):
    """`sheets` of one signer each stand in the table."""

    rounds: int
    seconds: float
    sheets: int


def run(stage: Stage, size: Size) -> list[Figure]:
    plan = size.pick(tiny=Plan(1, 0.3, 60), full=Plan(5, 3.0, 3_000))
    database = engine(stage.database_url, pool_size=1, application_name="bench")
    try:
        evaluator_of(stage, database, plan.sheets).stop()
    finally:
        database.dispose()
    serve = stage.start(stage.town.serve)
    constant = stage.start(compared(stage.town.pledge, "bare"))
    etag, length = _table(serve)
    stage.say(f"the table has {length:,} bytes")
    kept: dict[str, list[Answers]] = {"whole": [], "known": [], "constant": []}
    measure = partial(_per_second, stage, plan.seconds)
    found = in_turn(
        plan.rounds,
        {
            "whole": measure(serve, get(TABLE), 200, kept["whole"]),
            "known": measure(serve, get(TABLE, "", b"If-None-Match: " + etag), 304, kept["known"]),
            "constant": measure(constant, get(f"/v1/status?bytes={length}"), 200, kept["constant"]),
        },
    )
    return _figures(found, {name: _p99_ms(answers[1:]) for name, answers in kept.items()})


def _figures(per_second: Mapping[str, float], p99_ms: Mapping[str, float]) -> list[Figure]:
    constant = Figure("a constant of as many bytes", per_second["constant"], "requests/s")
    constant_ms = Figure("a constant of as many bytes", p99_ms["constant"], "ms")
    named = {"whole": "the whole table", "known": "a matching ETag"}
    return [
        figure
        for key, name in named.items()
        for figure in (
            Figure(name, per_second[key], "requests/s", constant),
            Figure(f"{name}: p99", p99_ms[key], "ms", constant_ms, less_is_better=True),
        )
    ]


def _table(serve: Running) -> tuple[bytes, int]:
    """Its ETag, and how long it is."""
    with urlopen(Request(serve.url + TABLE)) as answer:
        return answer.headers["ETag"].encode(), len(answer.read())


def _per_second(
    stage: Stage, seconds: float, server: Running, request: bytes, status: int, kept: list[Answers]
) -> Callable[[], float]:
    def measure() -> float:
        [answers] = answered(Job(server.member.port, (request,), status, seconds=seconds))
        stage.say(
            f"{server.member.name}: {status}, {answers.per_second:,.0f} a second; clients busy {answers.busy:.0%}"
        )
        kept.append(answers)
        return answers.per_second

    return measure


def _p99_ms(runs: list[Answers]) -> float:
    return percentile([took for answers in runs for took in answers.latencies_ms], 0.99)
