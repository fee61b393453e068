"""Pages of a list: `limit` at a time, continued by an opaque cursor that names the last item given."""

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import TypeVar

from services.contracts.errors import fault
from services.kit.web import ProblemError

T = TypeVar("T")
DEFAULT_LIMIT = 100


def page(
    items: Sequence[T], key_of: Callable[[T], str], cursor: str | None, limit: int | None
) -> tuple[Sequence[T], str | None]:
    """The items after the cursor, in their order, and the cursor of the next page (None: that was all).

    Raises ProblemError 422 for a cursor that this list did not give.
    """
    start = 0 if cursor is None else _after([key_of(item) for item in items], _read(cursor))
    chosen = items[start : start + (limit or DEFAULT_LIMIT)]
    more = start + len(chosen) < len(items)
    return chosen, _written(key_of(chosen[-1])) if chosen and more else None


def _after(keys: Sequence[str], key: str) -> int:
    if key not in keys:
        raise _refused()
    return keys.index(key) + 1


def _written(key: str) -> str:
    return base64.urlsafe_b64encode(key.encode()).decode().rstrip("=")


def _read(cursor: str) -> str:
    try:
        return base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except (binascii.Error, UnicodeDecodeError):
        raise _refused() from None


def _refused() -> ProblemError:
    return ProblemError(422, "invalid_field", [fault("cursor", "invalid_field")])
