"""One caller's connection, as the worker's loop and its threads see it."""

import socket
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from services.kit.http_arrival import Arrival


class Phase(Enum):
    """What the loop waits for on a connection."""

    IDLE = auto()
    ARRIVING = auto()
    ANSWERING = auto()
    LINGERING = auto()


class Outbox:
    """What gunicorn takes for the caller's socket. Writing here never waits: what the socket does not take is kept.

    It is all of the connection that an app gets to see, as `gunicorn.socket`; so it says when the last byte of the
    request came that is being answered (`whole_at`, monotonic).
    """

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock
        self._unsent = bytearray()
        self.gone = False
        self.whole_at: float | None = None

    @property
    def unsent_bytes(self) -> int:
        return len(self._unsent)

    def sendall(self, data: bytes) -> None:
        self._unsent += data

    def send(self, _interim: bytes) -> None:
        """Gunicorn's 100 Continue comes when the body is there: the loop has sent one when the head was."""

    def flush(self) -> None:
        """Hands the socket what it takes now."""
        try:
            while self._unsent:
                del self._unsent[: self._socket.send(self._unsent)]
        except BlockingIOError:
            pass
        except OSError:
            self.gone = True

    def setblocking(self, _flag: bool) -> None:
        """It never blocks."""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._socket, name)


@dataclass(eq=False)
class Connection:
    """What gunicorn's threaded worker knows a connection by, and what the loop remembers of it.

    `rest` came after `request` and begins the next one. `held_bytes`: of its request or answer, in memory;
    `left_bytes`: to be discarded at most, before it ends.
    """

    socket: socket.socket
    sock: Outbox
    client: Any
    server: Any
    arrival: Arrival
    request: bytes = b""
    rest: bytes = b""
    parser: Any = None
    initialized: bool = True
    data_ready: bool = True
    is_http2: bool = False
    phase: Phase = Phase.IDLE
    deadline: float = 0.0
    head_came: bool = False
    held_bytes: int = 0
    left_bytes: int = 0
    kept: bool = False

    def init(self) -> None:
        """Gunicorn would make a parser over the socket here."""
