"""When ingest must stop instead of draining into the dead letters, and what a dead letter is made of."""

from collections import Counter, deque
from datetime import datetime
from typing import Final

from services.contracts.records import Record, StoredRecord
from services.contracts.topics import dead_letter_topic
from services.reporting.store.batch import Halt, Refused

WINDOW: Final = 1_000
LEAST: Final = 100
SHARE: Final = 0.2
SERVICE: Final = b"reporting-ingest"
CUT_HEADER: Final = "dl-cut"
OURS: Final = 6
"""How many headers a dead letter has beside those of the original, at the end."""


class RejectWindow:
    """The last 1,000 records across batches. Copied before a batch and kept after it: a repeated batch counts once."""

    def __init__(self, least: float = LEAST, records: "deque[Refused | None] | None" = None) -> None:
        self._least = least
        self._records: deque[Refused | None] = deque(records or (), maxlen=WINDOW)

    def copy(self) -> "RejectWindow":
        return RejectWindow(self._least, self._records)

    def add(self, refused: Refused | None) -> None:
        """One more record; None when it was fit."""
        self._records.append(refused)

    def halt(self, now: datetime) -> Halt | None:
        """At least 100 rejects, and more than a fifth of the last 1,000 records."""
        rejects = [one for one in self._records if one is not None]
        if len(rejects) < self._least or len(rejects) <= SHARE * len(self._records):
            return None
        topic, source, reason = (_most(column) for column in zip(*map(_named, rejects), strict=True))
        return Halt(now, topic, source, len(rejects), reason)


def dead_letter(record: StoredRecord, refused: Refused) -> Record:
    """The original, unchanged, with what was wrong. Its identity is topic:partition:offset: a repeat is harmless."""
    return Record(
        topic=dead_letter_topic(record.topic),
        key=record.key,
        value=record.value or b"",
        headers=(
            *record.headers,
            ("dl-topic", record.topic.encode()),
            ("dl-partition", str(record.partition).encode()),
            ("dl-offset", str(record.offset).encode()),
            ("dl-reason", refused.reason.encode()),
            ("dl-field", refused.field.encode()),
            ("dl-service", SERVICE),
        ),
    )


def without_value(letter: Record) -> Record:
    """For a record that the dead-letter topic cannot hold: its position says where the original stands."""
    return letter._replace(value=b"", headers=(*letter.headers, (CUT_HEADER, b"1")))


def only_its_place(letter: Record) -> Record:
    """For a record whose key and headers alone are too large."""
    return letter._replace(key=None, value=b"", headers=(*letter.headers[-OURS:], (CUT_HEADER, b"1")))


def _named(refused: Refused) -> tuple[str, str, str]:
    return refused.position.topic, refused.source, refused.reason


def _most(names: tuple[str, ...]) -> str:
    return Counter(names).most_common(1)[0][0]
