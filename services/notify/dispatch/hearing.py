"""From records of the log and rows of the vault's outbox to what was heard, with what was remembered before."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from services.contracts.codec import decode, header_texts
from services.contracts.errors import Rejected
from services.contracts.events import Event, StatusChanged
from services.contracts.programme import Programme
from services.contracts.records import StoredRecord
from services.notify.dispatch.deciding import ProgrammeOf
from services.notify.domain import figures, letters, owing, tips
from services.notify.domain.letters import Letter
from services.notify.domain.tips import VaultRow
from services.notify.domain.watched import Heard, Watched

_DEAD = ".dead"


class Memory(Protocol):
    """The part of `store.book.Book` that is needed here."""

    def watched(self, subjects: Collection[str]) -> dict[str, Watched]: ...


class Listened(NamedTuple):
    """`skipped`: records that nobody here understands, with the reason: never any of ours."""

    heard: list[Heard]
    skipped: list[tuple[StoredRecord, str]]


def listen(
    memory: Memory, records: Iterable[StoredRecord], programme_of: ProgrammeOf, programmes: Collection[str]
) -> Listened:
    """Records in the order of their partitions. `programmes`: all that are known, for letters that name none."""
    events: list[Event] = []
    found = Listened([], [])
    for record in records:
        try:
            if record.topic.endswith(_DEAD):
                found.heard.extend(_of_letter(_letter(record), programme_of, programmes))
            else:
                events.append(decode(record))
        except Rejected as refused:
            found.skipped.append((record, refused.reason.value))
    known = memory.watched({_subject(event) for event in events})
    for event in events:
        programme = programme_of(event.data.programme)
        if programme is not None:
            heard = _of_event(known.get(_subject(event)), event, programme)
            known[heard.watched.subject] = heard.watched
            found.heard.append(heard)
    return found


def take_over(memory: Memory, rows: Sequence[VaultRow], programme_of: ProgrammeOf, now: datetime) -> list[Heard]:
    """Rows of the vault. Those of a programme that is not known are nobody's."""
    known = memory.watched({tips.subject_of(row.tip_id) for row in rows})
    found: list[Heard] = []
    for row in rows:
        programme = programme_of(row.programme)
        if programme is not None:
            heard = tips.heard(known.get(tips.subject_of(row.tip_id)), row, programme, now)
            known[heard.watched.subject] = heard.watched
            found.append(heard)
    return found


def _subject(event: Event) -> str:
    return figures.subject_of(event.data) if isinstance(event.data, StatusChanged) else owing.subject_of(_fact(event))


def _fact(event: Event) -> owing.Fact:
    assert isinstance(event.data, owing.FACTS)
    return event.data


def _of_event(known: Watched | None, event: Event, programme: Programme) -> Heard:
    if isinstance(event.data, StatusChanged):
        return figures.heard(known, event, programme)
    return owing.heard(known, event, programme)


def _letter(record: StoredRecord) -> Letter:
    """Also of a record whose headers cannot be read: it is a dead letter all the same."""
    try:
        headers = header_texts(record.headers)
    except Rejected:
        headers = {}
    return letters.letter_of(headers, record.topic, record.offset, record.timestamp_ms)


def _of_letter(letter: Letter, programme_of: ProgrammeOf, programmes: Collection[str]) -> Iterator[Heard]:
    named = programme_of(letter.programme) if letter.programme in programmes else None
    concerned = [named] if named is not None else [programme_of(one) for one in sorted(programmes)]
    for programme in concerned:
        if programme is not None:
            cause = letters.cause_of(letter, programme)
            yield Heard(Watched(subject=cause.subject, programme=programme.id), (cause,))
