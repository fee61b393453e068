"""Reading a form as a browser without scripts sends it. Nothing of it touches a disk."""

import unicodedata
from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import IO, NamedTuple

from flask import request
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser

from services.contracts import details
from services.contracts.errors import fault
from services.kit.web.problems import ProblemError

_MIMETYPES = ("application/x-www-form-urlencoded", "multipart/form-data")
_PARTS_MAX = 64


class Form(NamedTuple):
    """`fields` in NFC, line ends as in text files, spaces around them gone; `files` are not empty."""

    fields: Mapping[str, str]
    files: Mapping[str, Sequence[bytes]]


def form(max_bytes: int) -> Form:
    """The form of the current request. Raises ProblemError: 415, 413, 400, 422 (a field given more than once)."""
    if request.mimetype not in _MIMETYPES:
        raise ProblemError(415, "unsupported_media_type")
    if request.content_length is None or request.content_length > max_bytes:
        raise ProblemError(413, "too_large")
    parser = FormDataParser(
        _in_memory,
        max_form_memory_size=max_bytes,
        max_content_length=max_bytes,
        max_form_parts=_PARTS_MAX,
        silent=False,
    )
    try:
        _, fields, files = parser.parse(
            request.stream, request.mimetype, request.content_length, request.mimetype_params
        )
    except RequestEntityTooLarge:
        raise ProblemError(413, "too_large") from None
    except ValueError:
        raise ProblemError(400, "malformed") from None
    for name, values in fields.lists():
        if len(values) > 1:
            raise ProblemError(422, "invalid_field", [fault(name[:40], "invalid_field", details.REPEATED)])
    given = {name: [file.stream.read() for file in listed] for name, listed in files.lists()}
    return Form(
        {name: _clean(value) for name, value in fields.items()},
        {name: [content for content in contents if content] for name, contents in given.items()},
    )


def _in_memory(
    total_content_length: int | None,  # noqa: ARG001 - werkzeug calls by name
    content_type: str | None,  # noqa: ARG001
    filename: str | None,  # noqa: ARG001
    content_length: int | None = None,  # noqa: ARG001
) -> IO[bytes]:
    return BytesIO()


def _clean(value: str) -> str:
    return unicodedata.normalize("NFC", value.replace("\r\n", "\n")).strip()
