"""What a handler asks of the current request beside its body."""

import re

from flask import g, request

from services.contracts import details
from services.contracts.errors import fault
from services.kit.auth import Caller, Unauthenticated, Verifier
from services.kit.clock import Deadline
from services.kit.web.problems import ProblemError

_IDEMPOTENCY_KEY = re.compile(r"[A-Za-z0-9._:-]{8,64}")
_BEARER = re.compile(r"[Bb]earer +([A-Za-z0-9._~+/=-]{1,4096})")


def caller(verifier: Verifier, *roles: str) -> Caller:
    """Who calls, holding one of `roles` (none given: any caller). Raises ProblemError 401 or 403."""
    found = _BEARER.fullmatch(request.headers.get("Authorization", ""))
    if found is None:
        raise ProblemError(401, "unauthenticated")
    try:
        known = verifier.verify(found[1])
    except Unauthenticated as error:
        raise ProblemError(401, error.code) from None
    if roles and not known.roles & set(roles):
        raise ProblemError(403, "forbidden")
    return known


def idempotency_key() -> str:
    """The caller's key of this request. Raises ProblemError 422 when it is missing or not well formed."""
    key = request.headers.get("Idempotency-Key", "")
    if not _IDEMPOTENCY_KEY.fullmatch(key):
        raise ProblemError(422, "idempotency_key", [fault("Idempotency-Key", "idempotency_key")])
    return key


def header(name: str) -> str | None:
    return request.headers.get(name)


def query(name: str) -> str | None:
    """One query parameter; a repeated one is refused, because which of them counts would be a guess."""
    values = request.args.getlist(name)
    if len(values) > 1:
        raise ProblemError(422, "invalid_field", [fault(name, "invalid_field", details.REPEATED)])
    return values[0] if values else None


def left_s() -> float:
    """For how long this request may still wait for others (see `create_app`); 0 when its time has passed."""
    deadline: Deadline = g.deadline
    return deadline.left_s
