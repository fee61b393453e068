"""Clients that post or ask as fast as they are answered, each on a connection of its own, in a process of their own.

One thread and plain sockets: what the clients cost must not be what is measured.
"""

import selectors
import socket
import subprocess
import sys
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import count, cycle
from tempfile import TemporaryFile
from time import monotonic, process_time
from typing import IO
from uuid import uuid4

import msgspec

from deploy.laptop import places

KEY = b"a-key-of-its-own-here"
"""Stands in a request, its body too, where each sending puts a word that was never sent before, as long as this one."""
_END_OF_HEAD = b"\r\n\r\n"
_LENGTH = b"content-length:"
_READ_BYTES = 262_144
_CODE = msgspec.msgpack.Encoder()


@dataclass(frozen=True)
class Job:
    """`requests`: whole HTTP/1.1 requests, taken in turn; `status`: of every answer, or the run fails.

    `rate`: no more than so many a second; without it each client sends again as soon as it was answered.
    """

    port: int
    requests: tuple[bytes, ...]
    status: int = 202
    clients: int = 16
    seconds: float = 3.0
    rate: float | None = None


@dataclass(frozen=True)
class Answers:
    """`busy`: the share of one core that the clients themselves took; near 1, they were the limit.

    `at_s`: when each answer came, on the clock of `time.monotonic`, which all processes of a machine share.
    """

    per_second: float
    latencies_ms: tuple[float, ...] = field(repr=False)
    at_s: tuple[float, ...] = field(repr=False)
    busy: float

    def percentile_ms(self, share: float) -> float:
        return percentile(self.latencies_ms, share)


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which that share of them lies."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def post(path: str, token: str, body: bytes) -> bytes:
    """A request that posts JSON under a key of its own."""
    return _request("POST", path, token, body, (b"Content-Type: application/json", b"Idempotency-Key: " + KEY))


def get(path: str, token: str = "", *headers: bytes) -> bytes:
    return _request("GET", path, token, b"", headers)


def answered(*jobs: Job) -> list[Answers]:
    """What the clients of each job found, all at work at the same time. Raises RuntimeError when any gave up."""
    with begun(*jobs) as work:
        return work.found()


class Work:
    """Clients at work, a process for each job; what each finds goes to a file, for a pipe would fill and stop it."""

    def __init__(self, processes: "Mapping[IO[bytes], subprocess.Popen[bytes]]") -> None:
        self._processes = processes

    @property
    def goes_on(self) -> bool:
        return any(process.poll() is None for process in self._processes.values())

    def found(self) -> list[Answers]:
        """Waits for all of them. Raises RuntimeError when one gave up, after an answer of another status."""
        codes = [process.wait() for process in self._processes.values()]
        if any(codes):
            raise RuntimeError("clients gave up; what they said stands above")
        return [msgspec.msgpack.decode(_read(said), type=Answers) for said in self._processes]

    def end(self) -> None:
        for process in self._processes.values():
            process.kill()
            process.wait()


@contextmanager
def begun(*jobs: Job) -> Iterator[Work]:
    """The clients of every job at work; whatever is left of them at the end is ended."""
    with ExitStack() as ended:
        processes: dict[IO[bytes], subprocess.Popen[bytes]] = {}
        for job in jobs:
            told, said = ended.enter_context(TemporaryFile()), ended.enter_context(TemporaryFile())
            told.write(_CODE.encode(job))
            told.seek(0)
            command = [sys.executable, "-m", "bench.clients"]
            processes[said] = subprocess.Popen(command, stdin=told, stdout=said, cwd=places.ROOT)
        work = Work(processes)
        ended.callback(work.end)
        yield work


def _read(said: IO[bytes]) -> bytes:
    said.seek(0)
    return said.read()


def send(job: Job) -> Answers:
    """As `answered`, in this process. Raises RuntimeError with the first answer of another status."""
    worked = process_time()
    crowd = _Crowd(job)
    began = monotonic()
    crowd.work(began)
    took_s = monotonic() - began
    busy = (process_time() - worked) / took_s
    return Answers(len(crowd.latencies) / took_s, tuple(crowd.latencies), tuple(crowd.at_s), busy)


class _Crowd:
    def __init__(self, job: Job) -> None:
        self.latencies: list[float] = []
        self.at_s: list[float] = []
        self._job = job
        self._requests = _keyed(job.requests)
        self._idle = deque(_Client(job.port, job.status) for _ in range(job.clients))
        self._sent = 0

    def work(self, began: float) -> None:
        """Until the time is over and every request answered."""
        with selectors.DefaultSelector() as waiting:
            while not (late := monotonic() - began > self._job.seconds) or waiting.get_map():
                if not late:
                    self._send(waiting, monotonic() - began)
                for key, _ in waiting.select(0.001 if self._idle and not late else None):
                    self._receive(waiting, key.data)

    def _send(self, waiting: selectors.BaseSelector, passed_s: float) -> None:
        due = float("inf") if self._job.rate is None else passed_s * self._job.rate
        while self._idle and self._sent < due:
            client = self._idle.popleft()
            client.send(next(self._requests))
            waiting.register(client.socket, selectors.EVENT_READ, client)
            self._sent += 1

    def _receive(self, waiting: selectors.BaseSelector, client: "_Client") -> None:
        took_ms = client.received()
        if took_ms is not None:
            self.latencies.append(took_ms)
            self.at_s.append(monotonic())
            waiting.unregister(client.socket)
            self._idle.append(client)


class _Client:
    def __init__(self, port: int, status: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._expected = b" %d " % status
        self._answer = b""
        self._began = 0.0

    def send(self, request: bytes) -> None:
        self._answer = b""
        self._began = monotonic()
        self.socket.sendall(request)

    def received(self) -> float | None:
        """Milliseconds since the request was sent, once its answer is whole."""
        piece = self.socket.recv(_READ_BYTES)
        if not piece:
            raise RuntimeError(f"the server closed the connection after {self._answer[:200]!r}")
        self._answer += piece
        head, found, body = self._answer.partition(_END_OF_HEAD)
        if not found or len(body) < _length(head):
            return None
        if self._expected not in head[:16]:
            raise RuntimeError(f"the answer is {head[:40]!r} {body[:500]!r}")
        return (monotonic() - self._began) * 1_000


def _length(head: bytes) -> int:
    lower = head.lower()
    begin = lower.find(_LENGTH)
    return int(lower[begin + len(_LENGTH) :].split(b"\r\n", 1)[0]) if begin >= 0 else 0


def _keyed(requests: tuple[bytes, ...]) -> Iterator[bytes]:
    run, numbers = uuid4().hex[:12].encode(), count()
    for request in cycle(requests):
        yield request.replace(KEY, b"%s-%08d" % (run, next(numbers)))


def _request(method: str, path: str, token: str, body: bytes, headers: tuple[bytes, ...]) -> bytes:
    own = [f"{method} {path} HTTP/1.1".encode(), b"Host: 127.0.0.1", *headers]
    if token:
        own.append(b"Authorization: Bearer " + token.encode())
    if body:
        own.append(b"Content-Length: %d" % len(body))
    return b"\r\n".join(own) + _END_OF_HEAD + body


if __name__ == "__main__":
    sys.stdout.buffer.write(_CODE.encode(send(msgspec.msgpack.decode(sys.stdin.buffer.read(), type=Job))))
