"""A request on its way in: what has come of it, and whether that is all. Pure: bytes in, a stage out.

Framing is judged only as far as it takes to know the end; what the request says is judged by the parser, strictly.
Where two ways to find the end exist (RFC 9112, section 6.3), there is none: the request is refused.
"""

import re
from collections.abc import Callable
from enum import Enum, auto
from typing import Final

_HEAD_END: Final = b"\r\n\r\n"
_LINE_END: Final = b"\r\n"
_LENGTH: Final = re.compile(rb"^content-length:[ \t]*(.*?)[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
_CODING: Final = re.compile(rb"^transfer-encoding:", re.IGNORECASE | re.MULTILINE)
_EXPECTS: Final = re.compile(rb"^expect:[ \t]*100-continue[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
_HEX: Final = re.compile(rb"[0-9A-Fa-f]{1,16}")
_DIGITS_MAX: Final = 18
_CHUNK_LINE_MAX_BYTES: Final = 4_096
_TRAILERS_MAX_BYTES: Final = 8_192

End = Callable[[bytearray], int | None]
"""Where the request ends in what has come, or None while its end has not."""


class Stage(Enum):
    """How far a request has come: something of its head, its head, all of it."""

    HEAD = auto()
    BODY = auto()
    WHOLE = auto()


class Refused(Exception):
    """It will not become a request. `code` is a key of `FAULT_TEXTS`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Arrival:
    """One request. `add` what comes until it is WHOLE, then `take` it; what came after it begins the next one."""

    def __init__(self, head_max_bytes: int, body_max_bytes: int) -> None:
        self._head_max_bytes = head_max_bytes
        self._body_max_bytes = body_max_bytes
        self._came = bytearray()
        self._end: End | None = None
        self.expects_continue = False

    @property
    def held_bytes(self) -> int:
        return len(self._came)

    def add(self, piece: bytes) -> Stage:
        """Raises Refused."""
        searched = max(0, len(self._came) - len(_HEAD_END))
        self._came += piece
        if self._end is None:
            at = self._came.find(_HEAD_END, searched)
            if at < 0 or at > self._head_max_bytes:
                self._refuse_unless_head()
                return Stage.HEAD
            self._read_head(at + len(_LINE_END))
        elif len(self._came) > 2 * (self._head_max_bytes + self._body_max_bytes):
            raise Refused("too_large")  # chunks of a byte, each with a long line
        return Stage.BODY if self._ends_at() is None else Stage.WHOLE

    def take(self) -> tuple[bytes, bytes]:
        """The whole request, and what came after it."""
        end = self._ends_at() or 0
        with memoryview(self._came) as came:
            return bytes(came[:end]), bytes(came[end:])

    def _ends_at(self) -> int | None:
        return self._end(self._came) if self._end is not None else None

    def _read_head(self, size: int) -> None:
        head = bytes(self._came[:size])
        self._end = _end_of(head, size + len(_LINE_END), self._body_max_bytes)
        self.expects_continue = _EXPECTS.search(head) is not None

    def _refuse_unless_head(self) -> None:
        if self._came.count(b"\n") != self._came.count(_LINE_END):
            raise Refused("malformed_request")  # its end would never come
        if len(self._came) > self._head_max_bytes:
            raise Refused("headers_too_large" if _LINE_END in self._came else "uri_too_long")


def _end_of(head: bytes, start: int, body_max_bytes: int) -> End:
    lengths: list[bytes] = _LENGTH.findall(head)
    coded = _CODING.search(head) is not None
    if len(lengths) + coded > 1 or not all(length.isdigit() for length in lengths):
        raise Refused("malformed_request")
    if coded:
        return _Chunks(start, body_max_bytes)
    if any(len(length) > _DIGITS_MAX or int(length) > body_max_bytes for length in lengths):
        raise Refused("too_large")
    end = start + sum(map(int, lengths))
    return lambda came: end if len(came) >= end else None


class _Chunks:
    """Finds the end of a chunked body; each chunk is looked at once."""

    def __init__(self, start: int, body_max_bytes: int) -> None:
        self._at = start  # where the next chunk's line begins, or will
        self._left_bytes = body_max_bytes

    def __call__(self, came: bytearray) -> int | None:
        while (line_end := came.find(_LINE_END, self._at)) >= 0:
            size = self._size(came, line_end)
            if size == 0:
                return _after_trailers(came, line_end)
            self._left_bytes -= size
            if self._left_bytes < 0:
                raise Refused("too_large")
            self._at = line_end + size + 2 * len(_LINE_END)
        if len(came) - self._at > _CHUNK_LINE_MAX_BYTES:
            raise Refused("malformed_request")
        return None

    def _size(self, came: bytearray, line_end: int) -> int:
        digits = _HEX.fullmatch(bytes(came[self._at : line_end]).partition(b";")[0].rstrip(b" \t"))
        if digits is None or came[self._at - len(_LINE_END) : self._at] != _LINE_END:
            raise Refused("malformed_request")
        return int(digits[0], 16)


def _after_trailers(came: bytearray, line_end: int) -> int | None:
    """Trailers are lines that end with an empty one; without any, that one follows the last chunk's line at once."""
    end = came.find(_HEAD_END, line_end)
    if end >= 0:
        return end + len(_HEAD_END)
    if len(came) - line_end > _TRAILERS_MAX_BYTES:
        raise Refused("headers_too_large")
    return None
