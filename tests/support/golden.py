"""The examples on file, as test parameters, and the record in which an example would stand in the log."""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import msgspec

from services.contracts import topics
from services.contracts.codec import CONTENT_TYPE, dataschema
from services.contracts.events import EVENT_TYPES
from services.contracts.records import StoredRecord
from services.contracts.versions import FIRST_VERSION, versions_of

FOLDER = Path("services/contracts/examples")
PREFIX = "vn.binhyen."


class Example(NamedTuple):
    type: str
    version: int
    path: Path

    @property
    def body(self) -> bytes:
        return self.path.read_bytes()

    @property
    def faulty_field(self) -> str:
        """A bad example is named <field>.<code>[.<number>].json; `_` stands for a name that is not repeated (`?`)."""
        return self._name.rpartition(".")[0]

    @property
    def fault_code(self) -> str:
        return self._name.rpartition(".")[2]

    @property
    def _name(self) -> str:
        name, _, number = self.path.stem.rpartition(".")
        return name if number.isdigit() else self.path.stem


def examples(quality: str) -> Iterator[Example]:
    for name in EVENT_TYPES:
        for version in versions_of(name):
            folder = FOLDER / name.removeprefix(PREFIX) / f"v{version}" / quality
            for path in sorted(folder.glob("*.json")):
                yield Example(name, version, path)


def label(example: Example) -> str:
    return f"{example.type.removeprefix(PREFIX)}-v{example.version}-{example.path.stem}"


def topic_of(event_type: str) -> str:
    return topics.TOPIC_OF_TYPE.get(event_type, topics.PLEDGE.name)


def record_of(event_type: str, body: bytes, version: int = FIRST_VERSION) -> StoredRecord:
    """The record whose value is `body`, with the headers that an intake would have written."""
    data = msgspec.json.decode(body)
    stated = data if isinstance(data, dict) else {}
    headers = {
        "content-type": CONTENT_TYPE,
        "ce_specversion": b"1.0",
        "ce_id": b"0b6f7c64-7b0e-5d53-9e6d-2f7d2a5f6c11",
        "ce_source": b"ubnd-18115",
        "ce_type": event_type.encode(),
        "ce_time": b"2024-03-02T02:30:00.000000Z",
        "ce_dataschema": dataschema(event_type, version).encode(),
        "ce_subject": str(stated.get("unit", "18115@2018-01-01")).encode(),
        "ce_programme": str(stated.get("programme", "hong-linh-2024")).encode(),
        "ce_programmeversion": b"1",
        "ce_bodyhash": sha256(body).hexdigest().encode(),
    }
    return StoredRecord(topic_of(event_type), 0, 7, 1_709_346_600_000, b"key", body, tuple(headers.items()))
