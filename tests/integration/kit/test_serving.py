"""A serving process drains at the end, says how it ended, and outlives its worker except when it is misconfigured."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from services.contracts.errors import FAULT_TEXTS
from tests.support.logs import wait_until
from tests.support.ports import free_port

Start = Callable[..., "Small"]


@dataclass(frozen=True)
class Small:
    process: "subprocess.Popen[bytes]"
    url: str
    log: Path

    def get(self, path: str) -> httpx.Response | None:
        try:
            return httpx.get(self.url + path, timeout=10)
        except httpx.HTTPError:
            return None

    def is_up(self) -> bool:
        answer = self.get("/health/live")
        return answer is not None and answer.status_code == 200

    def pid(self) -> int:
        answer = self.get("/slow")
        assert answer is not None
        return int(answer.json()["pid"])

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)

    def exit_code(self) -> int:
        return self.process.wait(20)

    @property
    def output(self) -> str:
        return self.log.read_text()


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    running: list[subprocess.Popen[bytes]] = []

    def started(**settings: str) -> Small:
        bind = f"127.0.0.1:{free_port()}"
        chosen = {f"SMALL_{name.upper()}": value for name, value in {"bind": bind, **settings}.items()}
        log = tmp_path / "log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.support.small_service"],
                env={**os.environ, **chosen},
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        running.append(process)
        return Small(process, f"http://{bind}", log)

    yield started
    for process in running:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)


def test_a_request_in_progress_is_answered_before_the_end(start: Start) -> None:
    small = start(answer_after_s="1.0")
    wait_until(small.is_up)
    answers: list[httpx.Response | None] = []
    asking = threading.Thread(target=lambda: answers.append(small.get("/slow")))
    asking.start()
    wait_until(lambda: "slow began" in small.output)
    small.stop()
    asking.join()
    assert answers[0] is not None
    assert answers[0].status_code == 200
    assert small.exit_code() == 0


def test_what_could_not_be_delivered_shows_in_the_exit_code(start: Start) -> None:
    small = start(undelivered="3")
    wait_until(small.is_up)
    small.stop()
    assert small.exit_code() == 1
    assert "3 records undelivered" in small.output


def test_a_misconfigured_process_ends_at_once_with_every_fault(start: Start) -> None:
    small = start(broken="true")
    assert small.exit_code() == 78
    assert "a is wrong\nb is wrong\n" in small.output


def test_a_worker_that_dies_is_replaced(start: Start) -> None:
    small = start()
    wait_until(small.is_up)
    first = small.pid()
    small.get("/die/70")
    wait_until(small.is_up)
    assert small.pid() != first
    small.stop()
    assert small.exit_code() == 0


def test_a_worker_that_finds_itself_misconfigured_later_ends_the_server(start: Start) -> None:
    small = start()
    wait_until(small.is_up)
    small.get("/die/78")
    assert small.exit_code() == 78


def test_the_log_is_json_and_names_neither_requests_nor_addresses(start: Start) -> None:
    small = start()
    wait_until(small.is_up)
    small.get("/nothing/secret-path?secret=query")
    httpx.get(small.url + "/slow", headers={"Secret-Header": "x" * 10_000})
    small.stop()
    small.exit_code()
    lines = [json.loads(line) for line in small.output.splitlines()]
    assert all(line["service"] == "small" for line in lines)
    assert "secret" not in small.output.lower()
    assert "ip=1" not in small.output


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        (b"GET / HTTP/1.1\r\n" + b"".join(b"X-Secret-%d: hoa\r\n" % n for n in range(41)), 431, "headers_too_large"),
        (b"GET / HTTP/1.1\r\nX-Secret: " + b"a" * 9_000 + b"\r\n", 431, "headers_too_large"),
        (b"GET /secret" + b"a" * 3_000 + b" HTTP/1.1\r\n", 414, "uri_too_long"),
        (b"secret nonsense\r\n", 400, "malformed_request"),
        (b"GET / HTTP/1.1\r\nSecret Name: x\r\n", 400, "malformed_request"),
    ],
)
def test_what_is_no_request_is_refused_like_all_else_and_repeats_nothing(
    start: Start, sent: bytes, status: int, code: str
) -> None:
    small = start()
    wait_until(small.is_up)
    host, port = small.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(sent + b"\r\n")
        answer = b"".join(iter(lambda: connection.recv(65_536), b""))
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 %d " % status)
    assert b"application/problem+json" in head
    problem = json.loads(body)
    assert (problem["status"], problem["code"]) == (status, code)
    assert (problem["title"], problem["detail"]) == FAULT_TEXTS[code]
    assert b"secret" not in answer.lower()
    assert "secret" not in small.output.lower()
