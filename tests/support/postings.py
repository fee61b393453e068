"""Example programme and postings: the real folder of Hồng Lĩnh, agencies of the ward Bắc Hồng and of the town."""

from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from services.contracts.programme import Programme
from services.contracts.programme.parse import parse
from services.intake.posting import Posting

FOLDER = Path(__file__).parents[2] / "programmes" / "hong-linh-2024"
NOW = datetime(2024, 3, 20, 3, 0, tzinfo=UTC)
WARD = "18115@2018-01-01"
SHEET: dict[str, Any] = {
    "programme": "hong-linh-2024",
    "unit": "18115",
    "kind": "household",
    "group": "18115-tdp-01",
    "method": "paper",
    "text_version": "2024.1",
    "occurred_on": "2024-03-02",
    "declared_count": 1,
    "signers": [{"identity": {"register_number": "HK-000001"}}],
}


@lru_cache(maxsize=1)
def parsed() -> Programme:
    return parse({path.name: path.read_bytes() for path in FOLDER.iterdir() if path.is_file()})


def hong_linh(programme_id: str = "hong-linh-2024", version: int = 3, sandbox: bool = False) -> Programme:
    return parsed().activated(programme_id, version, sandbox=sandbox)


def posting(
    agency: str = "ubnd-18115",
    scope: str = "18115",
    key: str = "key-0001",
    at: datetime = NOW,
    programme: Programme | None = None,
) -> Posting:
    return Posting(programme or hong_linh(), agency, "officer-1", scope, key, at)
