"""Answers: JSON and pages, with an ETag where a caller may already hold them."""

from hashlib import sha256
from typing import Any, Literal

import msgspec
from flask import Response, request

_ENCODER = msgspec.json.Encoder()
_PAGE_POLICY = (
    "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "frame-ancestors 'none'; form-action 'self'; base-uri 'none'"
)

Answer = Response
Etag = str | Literal[True] | None


def json_answer(value: Any, status: int = 200, etag: Etag = None) -> Response:
    """`value`: a struct, or anything that JSON can hold. `etag`: a version, or True for the hash of the body."""
    return _conditional(Response(_ENCODER.encode(value), status, content_type="application/json"), etag)


def html_answer(text: str, etag: Etag = True, status: int = 200) -> Response:
    """A page that needs nothing from elsewhere and runs no scripts."""
    response = Response(text, status, content_type="text/html; charset=utf-8")
    response.headers["Content-Security-Policy"] = _PAGE_POLICY
    return _conditional(response, etag)


def _conditional(response: Response, etag: Etag) -> Response:
    if etag is None:
        return response
    response.set_etag(sha256(response.get_data()).hexdigest()[:32] if etag is True else etag)
    response.headers["Cache-Control"] = "no-cache"
    response.make_conditional(request)
    return response
