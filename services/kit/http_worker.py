"""The worker of gunicorn: one loop waits for all callers, and its threads only ever get whole requests (ADR 5).

Gunicorn's own threads read from the caller: sixteen that send a byte a second would hold all of them.
"""

import errno
import io
import selectors
import socket
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from typing import Any, Final

from gunicorn.http.parser import RequestParser
from gunicorn.workers.gthread import ThreadWorker

from services.kit.http_arrival import Arrival, Refused, Stage
from services.kit.http_connection import Connection, Outbox, Phase
from services.kit.http_limits import Limits
from services.kit.http_refusal import CONTINUE, STATUS, answer, code_of

_PIECE_BYTES: Final = 65_536
_LINGER_MS: Final = 2_000
_LINGER_MAX_BYTES: Final = 8_388_608
_SWEEP_EVERY_S: Final = 0.25
_NO_ROOM: Final = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)

Wake = Callable[[Connection], None]


class Worker(ThreadWorker):  # type: ignore[misc]
    """`limits` is set by a subclass (`within`). All but `handle` and what it calls runs in the loop's thread."""

    limits = Limits()

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._waiting: dict[Connection, None] = {}  # who began to wait first comes first
        self._held_bytes = 0
        self._swept_at = 0.0

    def accept(self, listener: socket.socket) -> None:
        try:
            accepted, client = listener.accept()
        except OSError as error:
            if error.errno in _NO_ROOM:
                self._make_room()
            return  # all else that can go wrong here is the caller's going away
        accepted.setblocking(False)
        connection = Connection(accepted, Outbox(accepted), client, listener.getsockname(), self._arrival())
        self.nr_conns += 1
        self._wait(connection, Phase.IDLE, self.limits.idle_timeout_ms)
        if self.nr_conns >= self.worker_connections:
            self._make_room()

    def _arrival(self) -> Arrival:
        return Arrival(self.limits.head_max_bytes, self.limits.max_body_bytes)

    # What comes

    def _arrived(self, connection: Connection) -> None:
        piece = self._received(connection)
        if piece:
            self._proceed(connection, piece)

    def _proceed(self, connection: Connection, piece: bytes) -> None:
        try:
            stage = connection.arrival.add(piece)
        except Refused as refused:
            self._refuse(connection, refused.code)
            return
        self._hold(connection, connection.arrival.held_bytes)
        if stage is Stage.WHOLE:
            self._pause(connection)
            connection.request, connection.rest = connection.arrival.take()
            connection.arrival, connection.head_came = self._arrival(), False
            connection.sock.whole_at = time.monotonic()
            self.enqueue_req(connection)
            return
        self._expect_rest(connection, stage)
        while self._held_bytes > self.limits.waiting_max_bytes and self._make_room(holding=True):
            pass

    def _expect_rest(self, connection: Connection, stage: Stage) -> None:
        if connection.phase is Phase.IDLE:
            self._extend(connection, Phase.ARRIVING, self.limits.head_timeout_ms)
        if stage is Stage.BODY and not connection.head_came:
            connection.head_came = True
            self._extend(connection, Phase.ARRIVING, self.limits.body_timeout_ms)
            if connection.arrival.expects_continue:
                connection.sock.sendall(CONTINUE)
                connection.sock.flush()

    def _received(self, connection: Connection) -> bytes:
        try:
            piece = connection.socket.recv(_PIECE_BYTES)
        except BlockingIOError:
            return b""
        except OSError:
            piece = b""
        if not piece:
            self._drop(connection)
        return piece

    # What a thread does

    def handle(self, conn: Connection) -> bool:
        conn.parser = RequestParser(self.cfg, [conn.request], conn.client)
        kept = super().handle(conn)
        conn.sock.flush()
        return bool(kept)

    def handle_request(self, req: Any, conn: Connection) -> Any:
        req.body = io.BytesIO(req.body.read())  # a body that is malformed is refused before the app reads it
        return super().handle_request(req, conn)

    def _keepalive_after(self, conn: Connection, keepalive: bool) -> bool:
        """Not when the parser saw another end than `Arrival` did: where the next request begins is then unknown."""
        return bool(keepalive) and not conn.parser.unreader.take_buffered()

    def handle_error(self, _req: Any, client: Outbox, _addr: Any, exc: BaseException) -> None:
        code = code_of(exc)
        if code == "internal":
            self.log.exception("request failed")  # noqa: LOG004 - called while it is handled
        self._tell(client, code)

    # What goes out

    def finish_request(self, conn: Connection, fs: "Future[bool]") -> None:
        conn.parser, conn.request = None, b""  # who idles then holds no memory
        conn.kept = not fs.cancelled() and fs.exception() is None and fs.result()
        self._hold(conn, conn.sock.unsent_bytes)
        self._answer(conn)

    def _answer(self, connection: Connection) -> None:
        connection.sock.flush()
        self._hold(connection, connection.sock.unsent_bytes)
        if connection.sock.gone:
            self._drop(connection)
        elif connection.sock.unsent_bytes:
            if connection.phase is not Phase.ANSWERING:
                self._wait(connection, Phase.ANSWERING, self.limits.answer_timeout_ms)
        elif connection.kept:
            self._begin_next(connection)
        else:
            self._linger(connection)

    def _begin_next(self, connection: Connection) -> None:
        self._wait(connection, Phase.IDLE, self.limits.idle_timeout_ms)
        rest, connection.rest = connection.rest, b""
        if rest:
            self._proceed(connection, rest)

    def _refuse(self, connection: Connection, code: str) -> None:
        connection.kept = False
        self._pause(connection)
        self._tell(connection.sock, code)
        self._answer(connection)

    def _tell(self, outbox: Outbox, code: str) -> None:
        self.log.warning("request refused with %d", int(STATUS[code]))
        self.app.refused(code)
        outbox.sendall(answer(code))

    def _linger(self, connection: Connection) -> None:
        """Who is still sending would never see the answer if the socket were closed at once (RFC 9112, section 9.6)."""
        with suppress(OSError):
            connection.socket.shutdown(socket.SHUT_WR)
        connection.left_bytes = _LINGER_MAX_BYTES
        self._wait(connection, Phase.LINGERING, _LINGER_MS)

    def _discard(self, connection: Connection) -> None:
        connection.left_bytes -= len(self._received(connection))
        if connection.left_bytes < 0:
            self._drop(connection)

    # Who waits, for how long, and who has to go

    def _wait(self, connection: Connection, phase: Phase, timeout_ms: int) -> None:
        self._pause(connection)
        self._waiting[connection] = None
        self._extend(connection, phase, timeout_ms)
        events = selectors.EVENT_WRITE if phase is Phase.ANSWERING else selectors.EVENT_READ
        self.poller.register(connection.socket, events, lambda _: self._wake(connection))

    def _wake(self, connection: Connection) -> None:
        if connection not in self._waiting:
            return  # sent away by another one whose turn came before
        match connection.phase:
            case Phase.ANSWERING:
                self._answer(connection)
            case Phase.LINGERING:
                self._discard(connection)
            case _:
                self._arrived(connection)

    def _extend(self, connection: Connection, phase: Phase, timeout_ms: int) -> None:
        connection.phase = phase
        connection.deadline = time.monotonic() + timeout_ms / 1000

    def _pause(self, connection: Connection) -> None:
        if connection in self._waiting:
            del self._waiting[connection]
            self.poller.unregister(connection.socket)

    def _drop(self, connection: Connection) -> None:
        self._pause(connection)
        self._hold(connection, 0)
        self.nr_conns -= 1
        connection.socket.close()

    def _hold(self, connection: Connection, size: int) -> None:
        self._held_bytes += size - connection.held_bytes
        connection.held_bytes = size

    def _make_room(self, *, holding: bool = False) -> bool:
        """Sends away who has waited longest (`holding`: of those of whom something is held); False: nobody waits."""
        oldest = next((one for one in self._waiting if one.held_bytes or not holding), None)
        if oldest is None:
            return False
        if oldest.phase is Phase.ARRIVING:
            self._tell(oldest.sock, "unavailable")
            oldest.sock.flush()
        self._drop(oldest)
        return True

    def murder_keepalived(self, force: bool = False) -> None:
        """Gunicorn's loop calls this each round: who has used up the time is sent away (`force`: everybody)."""
        now = time.monotonic()
        if now < self._swept_at + _SWEEP_EVERY_S and not force:
            return
        self._swept_at = now
        for connection in [one for one in self._waiting if force or one.deadline <= now]:
            if connection.phase is Phase.ARRIVING and not force:
                self._refuse(connection, "request_timeout" if self.alive else "unavailable")
            else:
                self._drop(connection)

    def _cap_keepalive(self, deadline: float) -> None:
        for connection in self._waiting:
            connection.deadline = min(connection.deadline, deadline)


def within(limits: Limits) -> type[Worker]:
    """The worker that keeps to these limits: gunicorn makes workers from a class."""
    return type("Worker", (Worker,), {"limits": limits})
