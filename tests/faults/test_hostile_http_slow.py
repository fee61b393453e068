"""Whoever is slow, silent or greedy waits in the loop and holds nobody up: a good client's post is accepted."""

import json
import resource
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import count

import pytest

from services.contracts.errors import FAULT_TEXTS
from tests.support.doors import DoorProcess, Installation, open_door
from tests.support.postings import SHEET
from tests.support.raw_http import RawConnection, request
from tests.support.services import Services
from tests.support.waiting import until

Crowd = Callable[..., list[RawConnection]]
POSTS = 20
HEAD = b"POST /v1/pledges HTTP/1.1\r\nHost: localhost\r\n"
BODY = request(body=b"", content_length="1000000") + b"{"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\n{"


@pytest.fixture
def crowd() -> Iterator[Crowd]:
    """crowd(door, n, begun): so many connections that have sent `begun`, closed after the test."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    with ExitStack() as opened:

        def connect(door: DoorProcess, number: int, begun: bytes = b"", **options: int) -> list[RawConnection]:
            return [
                opened.enter_context(RawConnection(str(door.client.base_url), **options)).send(begun)
                for _ in range(number)
            ]

        yield connect
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.fixture
def open_pledge(start_service: Services, hostile_installation: Installation) -> Callable[..., DoorProcess]:
    def opened(**settings: str) -> DoorProcess:
        environment = {f"PLEDGE_{name.upper()}": value for name, value in settings.items()}
        installation = hostile_installation.with_environment(**environment)
        return open_door(start_service, installation, "PLEDGE", "services.pledge", "serve")

    return opened


@pytest.fixture
def post(hostile_installation: Installation) -> Callable[[DoorProcess], int]:
    """A good client's post, over a connection of its own: the status."""
    numbers, token = count(), hostile_installation.token("pledge")
    return lambda door: (
        door.post("/v1/pledges", SHEET, token, f"slow-{next(numbers):06}", Connection="close").status_code
    )


def test_a_thousand_idle_connections_and_hundreds_of_slow_ones_do_not_keep_a_good_client_from_a_202(
    open_pledge: Callable[..., DoorProcess], post: Callable[[DoorProcess], int], crowd: Crowd
) -> None:
    door = open_pledge()
    idle = crowd(door, 1_000)
    slow = [*crowd(door, 100, HEAD), *crowd(door, 100, BODY), *crowd(door, 100, CHUNKED)]
    statuses = []
    for _ in range(POSTS):
        for connection in slow:
            connection.send(b"a")
        statuses.append(post(door))
    assert statuses == [202] * POSTS
    assert all(connection.is_open() for connection in idle)


def test_callers_that_never_take_their_answers_do_not_keep_a_good_client_from_a_202(
    open_pledge: Callable[..., DoorProcess], post: Callable[[DoorProcess], int], crowd: Crowd
) -> None:
    door = open_pledge()
    asked = request("GET", "/metrics", content_type="", content_length="") * 300
    deaf = crowd(door, 64, asked, receive_buffer_bytes=4_096)
    assert [post(door) for _ in range(POSTS)] == [202] * POSTS
    assert all(connection.answer() is not None for connection in deaf)


def test_a_request_that_does_not_come_in_time_is_answered_408_in_both_languages(
    open_pledge: Callable[..., DoorProcess], crowd: Crowd
) -> None:
    door = open_pledge(head_timeout_ms="300", body_timeout_ms="300")
    late = [connection for begun in (HEAD, BODY, CHUNKED) for connection in crowd(door, 1, begun)]
    for connection in late:
        answer = connection.answer()
        assert answer is not None
        assert (answer.status, answer.headers["content-type"]) == (408, "application/problem+json")
        assert (answer.json()["title"], answer.json()["detail"]) == FAULT_TEXTS["request_timeout"]
    assert 'http_rejections_total{code="request_timeout"} 3.0' in door.client.get("/metrics").text


def test_a_connection_on_which_nothing_is_asked_is_closed_without_a_word(
    open_pledge: Callable[..., DoorProcess], crowd: Crowd
) -> None:
    door = open_pledge(idle_timeout_ms="300")
    asked = request("GET", "/health/live", content_type="", content_length="")
    fresh, kept = [*crowd(door, 1), *crowd(door, 1, asked)]
    answer = kept.answer()
    assert answer is not None
    assert answer.status == 200
    assert fresh.answer() is None
    assert kept.answer() is None


def test_beyond_the_most_connections_who_waited_longest_makes_room_for_a_good_client(
    open_pledge: Callable[..., DoorProcess], post: Callable[[DoorProcess], int], crowd: Crowd
) -> None:
    door = open_pledge(connections_max="32")
    silent = crowd(door, 100)
    assert [post(door) for _ in range(POSTS)] == [202] * POSTS
    assert not silent[0].is_open()
    assert silent[-1].is_open()


def test_bodies_that_together_are_too_large_are_sent_away_with_503_the_oldest_first(
    open_pledge: Callable[..., DoorProcess], post: Callable[[DoorProcess], int], crowd: Crowd
) -> None:
    door = open_pledge(waiting_max_bytes="1048576")
    greedy = crowd(door, 8, BODY + b" " * 200_000)
    until(lambda: not greedy[0].is_open())
    first = greedy[0].answer()
    assert first is not None
    assert (first.status, first.json()["code"], first.headers["retry-after"]) == (503, "unavailable", "1")
    assert greedy[-1].is_open()
    assert post(door) == 202


def test_the_process_ends_in_order_though_callers_wait(
    open_pledge: Callable[..., DoorProcess], post: Callable[[DoorProcess], int], crowd: Crowd
) -> None:
    door = open_pledge()
    silent, begun = crowd(door, 50), crowd(door, 50, BODY)
    assert post(door) == 202  # who came later is answered: the others are waited for
    door.service.stop()
    assert all(connection.answer() is None for connection in silent)
    assert {answer.status for connection in begun if (answer := connection.answer()) is not None} == {503}
    assert all(json.loads(line)["level"] != "critical" for line in door.service.output.splitlines())
