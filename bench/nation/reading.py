"""Reading a loaded nation: the table of all its units, page by page, and the page of one ward."""

from collections.abc import Iterator
from http.client import HTTPConnection
from statistics import median
from time import perf_counter
from typing import NamedTuple

import msgspec

from bench.nation.land import Land
from bench.stage import Running
from deploy.laptop.faults import LaptopFault

_YEAR, _MONTH = "2024-Y", "2024-M06"
"""All indicators are judged in a year; a ward's page is mostly that of a month."""
_MOST = 500


class Page(msgspec.Struct):
    next: str | None = None
    units: list[msgspec.Raw] = []


class Table(NamedTuple):
    """All pages of it, asked one after the other."""

    seconds: float
    units: int
    bytes: int


def table(serve: Running, land: Land, times: int) -> Table:
    """The median of so many readings, after one that warms up."""
    found = [_table(serve, land) for _ in range(times + 1)][1:]
    return Table(median(one.seconds for one in found), found[0].units, found[0].bytes)


def ward_ms(serve: Running, land: Land, times: int) -> float:
    """The median time of the page of one ward; a ward after the other."""
    wards = list(land.listed())
    some = [wards[number * 7 % len(wards)] for number in range(times + 1)]
    took = [_asked(serve, f"/v1/units/{one.code}/status?programme={land.programme}&period={_MONTH}") for one in some]
    return median(seconds for seconds, _ in took[1:]) * 1_000


def _table(serve: Running, land: Land) -> Table:
    seconds, pages = zip(*_pages(serve, land), strict=True)
    units = sum(len(msgspec.json.decode(page, type=Page).units) for page in pages)
    return Table(sum(seconds), units, sum(map(len, pages)))


def _pages(serve: Running, land: Land) -> Iterator[tuple[float, bytes]]:
    cursor: str | None = ""
    while cursor is not None:
        continued = f"&cursor={cursor}" if cursor else ""
        path = f"/v1/status?programme={land.programme}&period={_YEAR}&limit={_MOST}{continued}"
        seconds, body = _asked(serve, path)
        cursor = msgspec.json.decode(body, type=Page).next
        yield seconds, body


def _asked(serve: Running, path: str) -> tuple[float, bytes]:
    connection = HTTPConnection("127.0.0.1", serve.member.port, timeout=120)
    connection.connect()
    began = perf_counter()
    connection.request("GET", path)
    answer = connection.getresponse()
    body = answer.read()
    took = perf_counter() - began
    connection.close()
    if answer.status != 200:
        raise LaptopFault(f"{path}: {answer.status} {body[:300]!r}")
    return took, body
