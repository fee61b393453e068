"""The worker of gunicorn, answering what never became a request as everything else is answered: problem+json."""

from http import HTTPStatus
from typing import Any

import msgspec
from gunicorn import util
from gunicorn.http import errors
from gunicorn.workers.gthread import ThreadWorker

from services.contracts.errors import FAULT_TEXTS
from services.contracts.requests import Problem

_OURS = (errors.InvalidResponseHeader, errors.InvalidResponseHeaderName)


class Worker(ThreadWorker):  # type: ignore[misc]
    """Gunicorn's own pages are HTML and repeat what was sent."""

    def handle_error(self, _req: Any, client: Any, _addr: Any, exc: BaseException) -> None:
        status, code = _refusal(exc)
        if status == HTTPStatus.INTERNAL_SERVER_ERROR:
            self.log.exception("request failed")  # noqa: LOG004 - called while it is handled
        else:
            self.log.warning("request refused with %d", int(status))
        try:
            util.write_nonblock(client, _answer(status, code))
        except OSError:
            self.log.debug("the caller has gone")


def _refusal(error: BaseException) -> tuple[HTTPStatus, str]:
    match error:
        case errors.LimitRequestLine():
            return HTTPStatus.REQUEST_URI_TOO_LONG, "uri_too_long"
        case errors.LimitRequestHeaders():
            return HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "headers_too_large"
        case errors.ParseException() if not isinstance(error, _OURS):
            return HTTPStatus.BAD_REQUEST, "malformed_request"
        case _:
            return HTTPStatus.INTERNAL_SERVER_ERROR, "internal"


def _answer(status: HTTPStatus, code: str) -> bytes:
    text = FAULT_TEXTS[code]
    problem = Problem(type=f"urn:binhyen:problem:{code}", title=text.vi, status=int(status), detail=text.en, code=code)
    body = msgspec.json.encode(problem)
    head = (
        f"HTTP/1.1 {int(status)} {status.phrase}\r\nConnection: close\r\nContent-Type: application/problem+json\r\n"
        f"Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
