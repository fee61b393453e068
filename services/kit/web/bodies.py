"""Reading a request's body: bounded before it is read, normalised, decoded, and refused with every fault at once."""

import re
import unicodedata
from typing import Any, TypeVar

import msgspec
from flask import request

from services.contracts import details
from services.contracts.errors import Fault, Text, fault
from services.contracts.wire import explain
from services.kit.web.problems import ProblemError

S = TypeVar("S", bound=msgspec.Struct)
MAX_DEPTH = 16
_TOKENS = re.compile(rb'"(?:[^"\\]|\\.)*"?|[\[{]|[\]}]', re.DOTALL)


def body(struct_type: type[S], max_bytes: int = 1_048_576) -> S:
    """The body of the current request. Raises ProblemError: 415, 413, 400 (not JSON), 422 with all faults."""
    if request.mimetype != "application/json":
        raise ProblemError(415, "unsupported_media_type")
    if request.headers.get("Content-Encoding", "").strip().lower() not in {"", "identity"}:
        raise ProblemError(415, "content_encoding")
    return decoded(_read(max_bytes), struct_type)


def decoded(payload: bytes, struct_type: type[S]) -> S:
    """As `body`, from bytes."""
    payload = normalised(payload)
    try:
        # The types bound the depth here; what is generic (the explanation, the normalisation) must be told.
        return msgspec.json.decode(payload, type=struct_type)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _refusal(payload, struct_type, error) from None


def _read(max_bytes: int) -> bytes:
    length = request.content_length
    if length is not None and length > max_bytes:
        raise ProblemError(413, "too_large")
    # A chunked body states no length: read one byte too many and see.
    payload: bytes = request.stream.read(max_bytes + 1)
    if len(payload) > max_bytes:
        raise ProblemError(413, "too_large")
    return payload


def _refusal(payload: bytes, struct_type: type[S], error: Exception) -> ProblemError:
    """The decoder stops at its first fault, which may come before the place where the text is no JSON at all."""
    _bound_depth(payload)
    faults = explain(struct_type, payload)
    if not isinstance(error, msgspec.ValidationError) or (faults and faults[0].code == "malformed"):
        return _malformed(details.NOT_JSON)
    return ProblemError(422, "invalid_field", faults or [_from_decoder(error)])


def _from_decoder(error: msgspec.ValidationError) -> Fault:
    """The one fault that the decoder names, for what no explanation was found."""
    _, found, path = str(error).partition(" - at `$")
    return fault(path.rstrip("`").lstrip(".") if found else "", "invalid_field")


def _malformed(detail: Text) -> ProblemError:
    return ProblemError(400, "malformed", [fault("", "malformed", detail)])


def normalised(payload: bytes) -> bytes:
    """The same JSON with every string in NFC: two ways to write a Vietnamese letter must not be two signers."""
    try:
        text = payload.decode()
    except UnicodeDecodeError:
        raise _malformed(details.NOT_UTF8) from None
    if "\\u" not in text and unicodedata.is_normalized("NFC", text):
        return payload
    _bound_depth(payload)
    try:
        return msgspec.json.encode(_nfc(msgspec.json.decode(payload)))
    except msgspec.DecodeError:
        raise _malformed(details.NOT_JSON) from None


def _nfc(value: Any) -> Any:
    match value:
        case str():
            return unicodedata.normalize("NFC", value)
        case list():
            return [_nfc(item) for item in value]
        case dict():
            return {_nfc(name): _nfc(item) for name, item in value.items()}
        case _:
            return value


def _bound_depth(payload: bytes) -> None:
    if depth(payload) > MAX_DEPTH:
        raise _malformed(details.deeper_than(MAX_DEPTH))


def depth(payload: bytes) -> int:
    """How deep arrays and objects are nested, without parsing: nothing may recurse before this is known."""
    deepest = level = 0
    for token in _TOKENS.finditer(payload):
        first = payload[token.start()]
        if first in b"[{":
            level += 1
            deepest = max(deepest, level)
        elif first in b"]}":
            level -= 1
    return deepest
