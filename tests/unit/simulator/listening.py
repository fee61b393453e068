"""The answering system behind real HTTP on the loopback address, for the command line."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx

from tests.unit.simulator.stage import AnsweringSystem


@contextmanager
def listening(system: AnsweringSystem) -> Iterator[str]:
    """The address of the system while it listens."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._answer("GET", b"")

        def do_POST(self) -> None:
            self._answer("POST", self.rfile.read(int(self.headers["Content-Length"])))

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
            """The test's own output is enough."""

        def _answer(self, method: str, body: bytes) -> None:
            url = f"http://{self.headers['Host']}{self.path}"
            answer = system.answer(httpx.Request(method, url, headers=dict(self.headers), content=body))
            self.send_response(answer.status_code)
            self.send_header("Content-Length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
