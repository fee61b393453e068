"""Serving HTTP: gunicorn around an app, and a small server for processes that are loops."""

import json
import multiprocessing
import os
import re
import resource
import sys
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from wsgiref.types import WSGIApplication

from gunicorn.app.base import BaseApplication
from gunicorn.errors import HaltServer
from gunicorn.glogging import Logger

from services.kit import runtime
from services.kit.errors import Misconfigured
from services.kit.health import Checks, Health, report
from services.kit.http_limits import Limits
from services.kit.http_worker import within
from services.kit.logs import get_logger
from services.kit.metrics import Metrics
from services.kit.runtime import MISCONFIGURED, UNDELIVERED, Die

JSON = "application/json"
_USUAL: Final = Limits()
_OWN_FILES: Final = 256
_HEALTH_TIMEOUT_S: Final = 10


@dataclass(frozen=True)
class Served:
    """An app and how to end it: `close` gives up on what is not delivered within its own deadline, and counts it.

    `refused` is told the code of what was refused before the app could see it.
    """

    app: WSGIApplication
    close: Callable[[], int]
    refused: Callable[[str], None] = lambda _code: None


Build = Callable[[Die], Served]


def serve_http(
    build: Build, bind: str, threads: int = 16, graceful_timeout_s: int = 20, limits: Limits = _USUAL
) -> int:
    """Serve until SIGTERM, then drain; returns the exit code.

    `build` runs in the one worker, after the fork, because Kafka clients do not survive one; the `die` it is given
    ends the worker. A worker that ends as Misconfigured, at start or later, ends the server; any other death starts
    a new worker. Records undelivered at the end: exit code 1.
    """
    _allow_files(limits.connections_max)
    server = _Server(build, bind, threads, graceful_timeout_s, limits)
    try:
        server.run()
    except SystemExit as ended:
        return int(server.worker_code.value) or int(ended.code or 0)
    return 0


def _allow_files(connections_max: int) -> None:
    """Each connection is an open file: as many as that, and those of our own, if the system lets us."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = connections_max + _OWN_FILES
    if soft != resource.RLIM_INFINITY and soft < wanted:
        allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))


class _Server(BaseApplication):  # type: ignore[misc]
    def __init__(self, build: Build, bind: str, threads: int, graceful_timeout_s: int, limits: Limits) -> None:
        self._build = build
        self._served: Served | None = None
        self._options: dict[str, Any] = {
            "bind": bind,
            "workers": 1,
            "worker_class": within(limits),
            "worker_connections": limits.connections_max,
            "threads": threads,
            "graceful_timeout": graceful_timeout_s,
            "keepalive": limits.idle_timeout_ms // 1000,
            "accesslog": None,
            "logger_class": _Log,
            "control_socket_disable": True,
            "limit_request_line": 2048,
            "limit_request_fields": 40,
            "limit_request_field_size": 8190,
            "pre_fork": self._before_worker,
            "worker_exit": self._in_ending_worker,
            "child_exit": self._after_worker,
        }
        self.worker_code = multiprocessing.RawValue("i", 0)  # shared with the worker: gunicorn hides its exit code
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> WSGIApplication:
        try:
            self._served = self._build(self._die)
        except Misconfigured as error:
            sys.stderr.writelines(f"{fault}\n" for fault in error.faults)
            self.worker_code.value = MISCONFIGURED
            sys.exit(MISCONFIGURED)
        return self._served.app

    def refused(self, code: str) -> None:
        if self._served is not None:
            self._served.refused(code)

    def _die(self, code: int, message: str) -> None:
        self.worker_code.value = code
        runtime.die(code, message)

    def _before_worker(self, _arbiter: Any, _worker: Any) -> None:
        self.worker_code.value = 0

    def _in_ending_worker(self, _arbiter: Any, _worker: Any) -> None:
        if self._served is None:
            return
        undelivered = self._served.close()
        if undelivered:
            self._die(UNDELIVERED, f"{undelivered} records undelivered")
        # What a library registered to run at exit may wait for a broker that is gone.
        sys.stdout.flush()
        os._exit(0)

    def _after_worker(self, _arbiter: Any, _worker: Any) -> None:
        if self.worker_code.value == MISCONFIGURED:
            raise HaltServer("misconfigured", MISCONFIGURED)


class _Log(Logger):  # type: ignore[misc]
    """Gunicorn in our JSON, without the addresses and URLs that its warnings quote."""

    def setup(self, cfg: Any) -> None:
        self.cfg = cfg
        self.error_log.handlers[:] = []
        self.error_log.propagate = True

    def warning(self, msg: str, *args: Any, **_options: Any) -> None:
        self.error_log.warning(*_impersonal(msg, args))

    def error(self, msg: str, *args: Any, **_options: Any) -> None:
        self.error_log.error(*_impersonal(msg, args))

    def exception(self, msg: str, *args: Any, **_options: Any) -> None:
        self.error_log.exception(*_impersonal(msg, args))


def _impersonal(msg: str, args: tuple[Any, ...]) -> tuple[Any, ...]:
    """Of the arguments the numbers pass; of a message that was filled in already, the words before the first value."""
    if not args:
        return (re.split("[=:]", msg)[0],)
    return (msg, *(arg if isinstance(arg, int) else "-" for arg in args))


class HealthServer:
    """/health/live, /health/ready and /metrics of a process that is a loop, answered by threads of their own."""

    def __init__(self, port: int, health: Health, metrics: Metrics, host: str = "0.0.0.0") -> None:  # noqa: S104
        self._server = ThreadingHTTPServer((host, port), _handler(health, metrics))
        self._server.daemon_threads = True

    @property
    def port(self) -> int:
        """The port in use; of interest when 0 was asked for."""
        return int(self._server.server_address[1])

    def start(self) -> None:
        runtime.spawn("health", self._server.serve_forever)
        get_logger().info("health served", port=self.port)

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def _handler(health: Health, metrics: Metrics) -> type[BaseHTTPRequestHandler]:
    answers: dict[str, Callable[[], tuple[int, bytes, str]]] = {
        "/health/live": lambda: answer_health(health.live),
        "/health/ready": lambda: answer_health(health.ready),
        "/metrics": lambda: (200, *metrics.render()),
    }

    class Handler(BaseHTTPRequestHandler):
        timeout = _HEALTH_TIMEOUT_S

        def do_GET(self) -> None:
            answer = answers.get(self.path.partition("?")[0], lambda: (404, b"{}", JSON))
            status, body, content_type = answer()
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(body)

        do_HEAD = do_GET  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """No access log."""

    return Handler


def answer_health(checks: Checks) -> tuple[int, bytes, str]:
    """Status, body and content type of a health endpoint."""
    ok, body = report(checks)
    return (200 if ok else 503), json.dumps(body).encode(), JSON
