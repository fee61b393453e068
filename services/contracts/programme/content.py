"""A programme's content on its way through Kafka: canonical, compressed, in numbered parts."""

import json
import zlib
from collections.abc import Mapping
from hashlib import sha256
from typing import Final

FILES: Final = (
    "programme.yaml",
    "units.csv",
    "succession.csv",
    "groups.csv",
    "denominators.csv",
    "organisations.csv",
    "agencies.csv",
    "tip_recipients.csv",
    "holidays.csv",
    "forms.yaml",
    "indicators.yaml",
    "verdicts.yaml",
    "baseline.csv",
    "routes.yaml",
)
"""The files that make a programme. Others (notes on sources) stay in the folder."""

OPTIONAL: Final = frozenset({"verdicts.yaml", "baseline.csv", "tip_recipients.csv", "routes.yaml"})
"""Those a programme may do without: one written before them is still valid, and keeps its hash."""

PART_SIZE_BYTES: Final = 6_291_456
"""In JSON a part is 4/3 as long: 8 MiB, which with its envelope fits the topic's limit of 9 MiB."""

MAX_CONTENT_BYTES: Final = 268_435_456
_LEVEL = 9


class BrokenContent(ValueError):
    """The parts do not make up a content."""


def content_of(files: Mapping[str, bytes]) -> dict[str, str]:
    """The texts of the files that make the programme."""
    return {name: files[name].decode() for name in FILES if name in files}


def canonical_content(content: Mapping[str, str]) -> bytes:
    """Canonical JSON: sorted keys, no spaces, UTF-8."""
    return json.dumps(dict(content), ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def content_hash(content: Mapping[str, str]) -> str:
    """SHA-256 of the canonical content, in hex: independent of how it was compressed and cut."""
    return sha256(canonical_content(content)).hexdigest()


def pack(content: Mapping[str, str], part_size_bytes: int = PART_SIZE_BYTES) -> tuple[bytes, ...]:
    """The parts of a content, at least one, each at most `part_size_bytes` long; part 1 is the first."""
    packed = zlib.compress(canonical_content(content), _LEVEL)
    return tuple(packed[at : at + part_size_bytes] for at in range(0, len(packed), part_size_bytes))


def unpack(parts: Mapping[int, bytes]) -> dict[str, str]:
    """The content of parts by their number from 1; raises BrokenContent when they are not one."""
    if sorted(parts) != list(range(1, len(parts) + 1)):
        raise BrokenContent("parts are missing")
    packed = b"".join(parts[number] for number in sorted(parts))
    try:
        content = json.loads(_inflated(packed))
    except (zlib.error, ValueError) as error:
        raise BrokenContent(str(error)) from error
    if not isinstance(content, dict) or not all(isinstance(text, str) for text in content.values()):
        raise BrokenContent("not a mapping of paths to texts")
    return content


def _inflated(packed: bytes) -> bytes:
    inflater = zlib.decompressobj()
    inflated = inflater.decompress(packed, MAX_CONTENT_BYTES)
    if not inflater.eof or inflater.unused_data:
        raise BrokenContent("too large, cut short or followed by something else")
    return inflated
