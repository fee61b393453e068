"""How the simulator reads what the system says."""

from collections.abc import Callable
from datetime import datetime

import httpx
import msgspec
import pytest

from services.contracts.readings.statuses import StatusMatrix
from services.simulator.posting import PlayFailed
from services.simulator.truth import Cell, Expected
from services.simulator.watching import Watcher
from tests.unit.simulator.stage import BAC_HONG, NAM_HONG, SANDBOX, AnsweringSystem, at

NOW = at("2024-02-01")
PERIOD = "2024-M01"
HERE: Cell = (BAC_HONG, "CT11", PERIOD)
THERE: Cell = (NAM_HONG, "CT11", PERIOD)
Answer = Callable[[httpx.Request], httpx.Response]


def matrix(*cells: Cell, now: datetime = NOW, stale: bool = False, following: str | None = None) -> StatusMatrix:
    system = AnsweringSystem({now: {cell: Expected("met", (1, 1)) for cell in cells}}, lambda _, expected: expected)
    system.now = now
    found = system.matrix(PERIOD)
    for row in found.units:
        row.cells[:] = [msgspec.structs.replace(cell, stale=stale) for cell in row.cells]
    return msgspec.structs.replace(found, next=following)


def watcher(answer: Answer, patience_s: float = 30.0) -> Watcher:
    http = httpx.Client(transport=httpx.MockTransport(answer))
    return Watcher(http, "http://serve", SANDBOX, patience_s=patience_s, wait=lambda _: None)


def ok(page: StatusMatrix, etag: str = "") -> httpx.Response:
    return httpx.Response(200, content=msgspec.json.encode(page), headers={"ETag": etag} if etag else {})


def test_all_pages_of_a_matrix_are_read() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return ok(matrix(THERE) if request.url.params.get("cursor") == "abc" else matrix(HERE, following="abc"))

    assert watcher(answer).matrix(PERIOD, NOW).keys() == {HERE, THERE}


def test_an_unchanged_answer_is_not_sent_again_and_is_known_to_stand_at_its_new_instant() -> None:
    tags: list[str] = []
    later = at("2024-02-02")

    def answer(request: httpx.Request) -> httpx.Response:
        tags.append(request.headers.get("If-None-Match", ""))
        if tags[-1] == '"v1"':
            return httpx.Response(304, headers={"As-Of": later.isoformat()})
        return ok(matrix(HERE), '"v1"')

    watching = watcher(answer)
    first = watching.matrix(PERIOD, NOW)
    assert watching.matrix(PERIOD, later) == first
    assert tags == ["", '"v1"']


def test_an_unchanged_answer_at_another_instant_is_not_taken() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if "If-None-Match" in request.headers:
            return httpx.Response(304, headers={"As-Of": NOW.isoformat()})
        return ok(matrix(HERE), '"v1"')

    watching = watcher(answer, patience_s=0.0)
    watching.matrix(PERIOD, NOW)
    with pytest.raises(PlayFailed):
        watching.matrix(PERIOD, at("2024-02-02"))


def test_a_cell_that_is_still_to_be_evaluated_is_waited_for() -> None:
    pages = iter([matrix(HERE, stale=True), matrix(HERE, now=at("2024-01-31")), matrix(HERE)])
    assert watcher(lambda _: ok(next(pages))).matrix(PERIOD, NOW).keys() == {HERE}
    assert list(pages) == []


@pytest.mark.parametrize("status", [503, 404])
def test_a_system_that_stays_away_ends_the_wait(status: int) -> None:
    with pytest.raises(PlayFailed):
        watcher(lambda _: httpx.Response(status), patience_s=0.0).matrix(PERIOD, NOW)


def test_an_answer_that_is_no_matrix_ends_the_play() -> None:
    with pytest.raises(PlayFailed, match="500"):
        watcher(lambda _: httpx.Response(500)).matrix(PERIOD, NOW)
    with pytest.raises(PlayFailed):
        watcher(lambda _: httpx.Response(200, json={"cells": []})).matrix(PERIOD, NOW)
