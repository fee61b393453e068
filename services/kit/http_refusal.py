"""Answers to what never became a request: problem+json like all else. Gunicorn's own pages are HTML and repeat it."""

from http import HTTPStatus
from typing import Final

import msgspec
from gunicorn.http import errors

from services.contracts.door_answers import Problem
from services.contracts.errors import FAULT_TEXTS

STATUS: Final = {
    "malformed_request": HTTPStatus.BAD_REQUEST,
    "request_timeout": HTTPStatus.REQUEST_TIMEOUT,
    "too_large": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "uri_too_long": HTTPStatus.REQUEST_URI_TOO_LONG,
    "headers_too_large": HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
    "internal": HTTPStatus.INTERNAL_SERVER_ERROR,
    "unavailable": HTTPStatus.SERVICE_UNAVAILABLE,
}
CONTINUE: Final = b"HTTP/1.1 100 Continue\r\n\r\n"
_OURS: Final = (errors.InvalidResponseHeader, errors.InvalidResponseHeaderName)


def code_of(error: BaseException) -> str:
    """What an error of gunicorn's parser is called here; what is not the caller's fault is `internal`."""
    match error:
        case errors.LimitRequestLine():
            return "uri_too_long"
        case errors.LimitRequestHeaders():
            return "headers_too_large"
        case errors.ParseException() if not isinstance(error, _OURS):
            return "malformed_request"
        case _:
            return "internal"


def answer(code: str) -> bytes:
    """A whole response, after which the connection ends."""
    status, text = STATUS[code], FAULT_TEXTS[code]
    problem = Problem(type=f"urn:binhyen:problem:{code}", title=text.vi, status=int(status), detail=text.en, code=code)
    body = msgspec.json.encode(problem)
    again = "Retry-After: 1\r\n" if status == HTTPStatus.SERVICE_UNAVAILABLE else ""
    head = (
        f"HTTP/1.1 {int(status)} {status.phrase}\r\nConnection: close\r\nContent-Type: application/problem+json\r\n"
        f"{again}Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
