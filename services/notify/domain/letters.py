"""What dead letters give cause for: the operators hear of every one that was not there before. Pure."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import NamedTuple

from services.contracts.programme import Programme
from services.notify.domain.notices import Cause, cause_id


class Letter(NamedTuple):
    """A dead letter by where its record stands in its input topic, and why it was refused."""

    topic: str
    partition: str
    offset: str
    reason: str
    programme: str
    recorded_at: datetime

    @property
    def subject(self) -> str:
        return f"letter/{self.topic}/{self.partition}/{self.offset}"


def letter_of(headers: Mapping[str, str], topic: str, offset: int, timestamp_ms: int) -> Letter:
    """From the headers of a record of a dead-letter topic; what is missing in them is taken from where it stands."""
    return Letter(
        topic=headers.get("dl-topic", topic.removesuffix(".dead")),
        partition=headers.get("dl-partition", "dead"),
        offset=headers.get("dl-offset", str(offset)),
        reason=headers.get("dl-reason", "corrupt"),
        programme=headers.get("ce_programme", ""),
        recorded_at=datetime.fromtimestamp(timestamp_ms / 1000, UTC),
    )


def cause_of(letter: Letter, programme: Programme) -> Cause:
    """For the operators of one programme: the letter's own, or, where it names none that is known, each of them."""
    subject = f"{letter.subject}/{programme.id}"
    return Cause(
        id=cause_id(subject),
        kind="dead_letter",
        programme=programme.id,
        unit=programme.root,
        subject=subject,
        state="waiting",
        at=letter.recorded_at,
        facts={"topic": letter.topic, "reason": letter.reason},
    )
