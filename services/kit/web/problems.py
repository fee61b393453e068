"""Refusals: every error of the API is problem+json (RFC 9457) in Vietnamese and English."""

from collections.abc import Sequence
from http import HTTPStatus

import msgspec
from flask import Response
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from services.contracts.door_answers import Problem, ProblemFault
from services.contracts.errors import FAULT_TEXTS, Fault, Rejected, fault
from services.kit.errors import Unavailable

MEDIA_TYPE = "application/problem+json"
CODES = {
    400: "malformed",
    401: "unauthenticated",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    415: "unsupported_media_type",
    503: "unavailable",
}
_ENCODER = msgspec.json.Encoder()


class ProblemError(Exception):
    """Answer with this. `code` is a key of `contracts.errors.FAULT_TEXTS`; `faults` name every field at fault."""

    def __init__(
        self, status: int, code: str, faults: Sequence[Fault] = (), retry_after_s: int | None = None, allow: str = ""
    ) -> None:
        super().__init__(f"{status} {code}")
        self.status = status
        self.code = code
        self.faults = tuple(faults)
        self.retry_after_s = retry_after_s
        self.allow = allow


def problem_of(error: Exception) -> ProblemError:
    """Which problem an exception is. What is nobody's fault but ours is 500, and says nothing more."""
    match error:
        case ProblemError():
            return error
        case Rejected():
            return ProblemError(422, error.reason.value, [fault(error.field, error.reason.value, error.detail)])
        case Unavailable():
            code = "clocks_apart" if error.dependency == "clock" else "unavailable"
            return ProblemError(503, code, retry_after_s=error.retry_after_s)
        case MethodNotAllowed():
            return ProblemError(405, "method_not_allowed", allow=", ".join(sorted(error.valid_methods or ())))
        case HTTPException():
            return ProblemError(*_of_flask(error.code or 500))
        case _:
            return ProblemError(500, "internal")


def _of_flask(status: int) -> tuple[int, str]:
    if status in CODES:
        return status, CODES[status]
    return (400, "malformed") if status < HTTPStatus.INTERNAL_SERVER_ERROR else (500, "internal")


def answer(problem: ProblemError) -> Response:
    text = FAULT_TEXTS[problem.code]
    body = Problem(
        type=f"urn:binhyen:problem:{problem.code}",
        title=text.vi,
        status=problem.status,
        detail=text.en,
        code=problem.code,
        faults=[ProblemFault(field=f.field, code=f.code, vi=f.vi, en=f.en) for f in problem.faults],
    )
    response = Response(_ENCODER.encode(body), problem.status, content_type=MEDIA_TYPE)
    if problem.retry_after_s is not None:
        response.headers["Retry-After"] = str(problem.retry_after_s)
    if problem.allow:
        response.headers["Allow"] = problem.allow
    if problem.status == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response
