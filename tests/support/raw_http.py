"""HTTP as nobody should write it: bytes over a socket, and whatever comes back."""

import json
import select
import socket
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urlsplit


@dataclass(frozen=True)
class RawAnswer:
    """Header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


class RawConnection:
    """`send` what you like; `answer` is the next answer, None when the other side has closed without one."""

    def __init__(self, url: str, timeout_s: float = 30, receive_buffer_bytes: int = 0) -> None:
        parts = urlsplit(url)
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        if receive_buffer_bytes:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer_bytes)
        self.socket.settimeout(timeout_s)
        self.socket.connect((parts.hostname, parts.port))
        self._file = self.socket.makefile("rb")

    def send(self, data: bytes) -> Self:
        """Until the other side takes no more: who refuses early need not read all."""
        with suppress(BrokenPipeError, ConnectionResetError):
            self.socket.sendall(data)
        return self

    def half_close(self) -> Self:
        self.socket.shutdown(socket.SHUT_WR)
        return self

    def answer(self) -> RawAnswer | None:
        try:
            return self._next()
        except ConnectionResetError:
            return None

    def is_open(self) -> bool:
        """Whether the other side has neither answered nor closed so far."""
        waiting = select.poll()  # unlike select, it takes a descriptor above 1,023
        waiting.register(self.socket, select.POLLIN)
        return not waiting.poll(0)

    def close(self) -> None:
        self._file.close()
        self.socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def _next(self) -> RawAnswer | None:
        line = self._file.readline()
        if not line:
            return None
        status = int(line.split(b" ")[1])
        headers = dict(self._headers())
        if status < 200:
            return self._next()
        return RawAnswer(status, headers, self._file.read(int(headers.get("content-length", 0))))

    def _headers(self) -> Any:
        while line := self._file.readline().strip():
            name, _, value = line.decode("latin-1").partition(":")
            yield name.lower(), value.strip()


def request(method: str = "POST", path: str = "/v1/pledges", body: bytes = b"", **headers: str) -> bytes:
    """A well-formed request; a header is named in Python's way (`content_type`), and left out if empty."""
    usual = {"host": "localhost", "content_type": "application/json", "content_length": str(len(body)), **headers}
    lines = [f"{name.replace('_', '-')}: {value}\r\n" for name, value in usual.items() if value]
    return f"{method} {path} HTTP/1.1\r\n{''.join(lines)}\r\n".encode("latin-1") + body
