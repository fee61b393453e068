"""Pages of a list: `limit` at a time, continued by an opaque cursor that names the last item given."""

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import TypeVar

from services.contracts.errors import fault
from services.kit.web.problems import ProblemError

T = TypeVar("T")
DEFAULT_LIMIT = 100


def page(
    items: Sequence[T], key_of: Callable[[T], str], cursor: str | None, limit: int | None
) -> tuple[Sequence[T], str | None]:
    """The items after the cursor, in their order, and the cursor of the next page (None: that was all).

    Raises ProblemError 422 for a cursor that this list did not give.
    """
    start = 0 if cursor is None else _after([key_of(item) for item in items], read_cursor(cursor))
    chosen = items[start : start + (limit or DEFAULT_LIMIT)]
    more = start + len(chosen) < len(items)
    return chosen, write_cursor(key_of(chosen[-1])) if chosen and more else None


def following(fetched: Sequence[T], key_of: Callable[[T], str], limit: int) -> tuple[Sequence[T], str | None]:
    """As `page`, of a list of which one more than `limit` was fetched."""
    chosen = fetched[:limit]
    return chosen, write_cursor(key_of(chosen[-1])) if len(fetched) > limit else None


def refused() -> ProblemError:
    """For a cursor that this list did not give."""
    return ProblemError(422, "invalid_field", [fault("cursor", "invalid_field")])


def _after(keys: Sequence[str], key: str) -> int:
    if key not in keys:
        raise refused()
    return keys.index(key) + 1


def write_cursor(key: str) -> str:
    return base64.urlsafe_b64encode(key.encode()).decode().rstrip("=")


def read_cursor(cursor: str) -> str:
    """The key that a cursor names. Raises ProblemError 422."""
    try:
        return base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except (binascii.Error, UnicodeDecodeError):
        raise refused() from None
