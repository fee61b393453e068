"""What the headers of a record say, as far as they are well formed: for the books, also when the record is not."""

import re
from typing import Final
from uuid import UUID

from services.contracts.records import Headers

UNKNOWN: Final = "unknown"
_AGENCY: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_PROGRAMME: Final = re.compile(r"[a-z0-9][a-z0-9-]{1,39}")
_EVENT_ID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_UNIT: Final = re.compile(r"[0-9]{2,5}@[0-9]{4}-[0-9]{2}-[0-9]{2}")


def named(headers: Headers) -> dict[str, str]:
    """The headers that are text; of a repeated one the first counts, as for the codec."""
    found: dict[str, str] = {}
    for name, value in headers:
        if name not in found:
            found[name] = (value or b"").decode(errors="replace")
    return found


def source_of(names: dict[str, str]) -> str:
    """The agency that a record names, or `unknown`. Whether it is registered is asked when the books are read."""
    return _matching(_AGENCY, names.get("ce_source", "")) or UNKNOWN


def programme_of(names: dict[str, str]) -> str:
    return _matching(_PROGRAMME, names.get("ce_programme", ""))


def unit_of(names: dict[str, str]) -> str:
    return _matching(_UNIT, names.get("ce_subject", ""))


def event_id_of(names: dict[str, str]) -> UUID | None:
    named_id = _matching(_EVENT_ID, names.get("ce_id", ""))
    return UUID(named_id) if named_id else None


def _matching(pattern: re.Pattern[str], text: str) -> str:
    return text if pattern.fullmatch(text) else ""
