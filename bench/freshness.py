"""Freshness: from the 202 of a sheet to the first answer of `GET /v1/status` that counts it, through real processes.

Pledge, ingest, evaluate and serve are processes of their own, as in a town. Each of five wards has one client, which
posts sheets of one household that nobody has seen before, one after the other; all sheets of a ward stand in one
partition, in this order, and each makes the ward's number of households (CT05) greater by one. So the n-th sheet is
visible in the first table in which that number has grown by n: nothing is guessed, and every event is measured. (That
the positions of the table have passed a receipt would be too little: they tell what is read, not what is evaluated.)

One reader asks for the table of the town, again 20 ms after each answer, so what is found includes up to one such
interval and the answer itself; clients and reader take the time of the same cores. At 1,000 events/s sheets come in
batches of ten.
"""

import json
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from http.client import HTTPConnection
from itertools import count, islice
from time import monotonic, sleep
from typing import Any, NamedTuple

import msgspec

from bench.clients import KEY, Job, begun, percentile, post
from bench.figures import Figure, Goal, Size
from bench.reads import TABLE
from bench.settled import until
from bench.stage import Running, Stage

_WARDS = ("18115", "18118", "18121", "18124", "18127")
_HOUSEHOLDS = "CT05"
_LOOK_EVERY_S = 0.02
_GOAL = Goal("at most", 250, of="value")


class Rate(NamedTuple):
    """`wards` that post, batches of `each` sheets (1: a sheet alone), `posts` a second in all."""

    wards: int
    each: int
    posts: float

    @property
    def events(self) -> int:
        return round(self.each * self.posts)


ALONE, MANY, MOST = Rate(1, 1, 5), Rate(5, 1, 200), Rate(5, 10, 100)
Counts = Mapping[str, int]


class Look(NamedTuple):
    """Households of each ward in a table that was answered at that time."""

    at_s: float
    households: Counts


class Found(NamedTuple):
    lags_ms: list[float]
    per_second: list[float]


def run(stage: Stage, size: Size) -> list[Figure]:
    rounds, seconds = size.pick(tiny=(1, 1.0), full=(4, 8.0))
    town = stage.town
    serve, *_ = [stage.start(one) for one in (town.serve, town.pledge, town.ingests[0], town.evaluate)]
    reader = Reader(serve)
    until("the table stands", lambda: all(ward in reader.look().households for ward in _WARDS))
    found = {rate: Found([], []) for rate in (ALONE, MANY, MOST)}
    _measure(stage, reader, MANY, seconds)
    for _ in range(rounds):
        for rate, kept in found.items():
            lags_ms, per_second = _measure(stage, reader, rate, seconds)
            kept.lags_ms.extend(lags_ms)
            kept.per_second.append(per_second)
    return [*_figures(MANY, found), *_figures(MOST, found)]


def _figures(rate: Rate, found: Mapping[Rate, Found]) -> Iterator[Figure]:
    lags_ms, per_second = found[rate]
    name = f"{rate.events:,} events/s"
    asked = Figure("asked for", rate.events, "events/s")
    yield Figure(f"{name}: posted", sum(per_second) / len(per_second), "events/s", asked)
    for percent, goal in ((50, None), (99, _GOAL)):
        share = percent / 100
        alone = Figure(f"{ALONE.events} events/s", percentile(found[ALONE].lags_ms, share), "ms")
        yield Figure(f"{name}: p{percent}", percentile(lags_ms, share), "ms", alone, goal, less_is_better=True)


def _measure(stage: Stage, reader: "Reader", rate: Rate, seconds: float) -> tuple[list[float], float]:
    """How long each event took to be seen, and how many a second were posted."""
    looks = [reader.look()]
    wards = _WARDS[: rate.wards]
    with begun(*(_job(stage, ward, rate, seconds) for ward in wards)) as work:
        while work.goes_on:
            sleep(_LOOK_EVERY_S)
            looks.append(reader.look())
        answers = dict(zip(wards, work.found(), strict=True))
    posted = {ward: [at for at in one.at_s for _ in range(rate.each)] for ward, one in answers.items()}
    expected = {ward: looks[0].households[ward] + len(accepted) for ward, accepted in posted.items()}

    def all_seen() -> bool:
        looks.append(reader.look())
        return all(looks[-1].households[ward] >= number for ward, number in expected.items())

    until("every sheet is seen", all_seen)
    lags_ms = [lag for ward, accepted in posted.items() for lag in lags(accepted, ward, looks)]
    per_second = sum(one.per_second for one in answers.values()) * rate.each
    stage.say(
        f"{per_second:,.0f} events/s of {rate.events:,}: p99 {percentile(lags_ms, 0.99):.0f} ms; {len(looks)} looks"
    )
    return lags_ms, per_second


def lags(accepted: list[float], ward: str, looks: list[Look]) -> Iterator[float]:
    """Milliseconds to the first look that counts each; 0 where a look was faster than the 202."""
    before = looks[0].households[ward]
    counted = [look.households[ward] for look in looks]
    for number, at_s in enumerate(accepted, start=before + 1):
        yield max(0.0, looks[bisect_left(counted, number)].at_s - at_s) * 1_000


class Reader:
    """One connection that asks for the table of the town."""

    def __init__(self, serve: Running) -> None:
        self._connection = HTTPConnection("127.0.0.1", serve.member.port, timeout=30)

    def look(self) -> Look:
        """The households of the wards that have a number already."""
        self._connection.request("GET", TABLE)
        answer = self._connection.getresponse()
        table = msgspec.json.decode(answer.read(), type=_Table) if answer.status == 200 else _Table([])
        return Look(monotonic(), {row.unit.code: value for row in table.units for value in _households(row)})


class _Value(msgspec.Struct):
    num: int


class _Cell(msgspec.Struct):
    indicator: str
    value: _Value | None


class _Unit(msgspec.Struct):
    code: str


class _Row(msgspec.Struct):
    unit: _Unit
    cells: list[_Cell]


class _Table(msgspec.Struct):
    units: list[_Row]


def _households(row: _Row) -> Iterator[int]:
    return (cell.value.num for cell in row.cells if cell.indicator == _HOUSEHOLDS and cell.value is not None)


def _job(stage: Stage, ward: str, rate: Rate, seconds: float) -> Job:
    path = "/v1/pledges" if rate.each == 1 else "/v1/pledges:batch"
    signed = list(islice(_sheets(ward), rate.each))
    body = signed[0] if rate.each == 1 else {"sheets": [{"sheet": str(at), **one} for at, one in enumerate(signed)]}
    token = stage.token("pledge", agency=f"ubnd-{ward}", unit=ward)
    request = post(path, token, json.dumps({"programme": "hong-linh-2024", **body}).encode())
    return Job(stage.town.pledge.port, (request,), clients=1, seconds=seconds, rate=rate.posts / rate.wards)


def _sheets(ward: str) -> Iterator[dict[str, Any]]:
    """Sheets of one household each, another one at each sending."""
    for number in count():
        identity = {"register_number": f"HK-{number}-{KEY.decode()}"}
        yield {
            "unit": ward,
            "kind": "household",
            "group": f"{ward}-tdp-01",
            "method": "paper",
            "text_version": "2024.1",
            "occurred_on": "2024-03-02",
            "declared_count": 1,
            "signers": [{"identity": identity}],
        }
