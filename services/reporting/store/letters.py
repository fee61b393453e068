"""Dead letters as operators, units and the books are shown them: what was refused, why, and what has closed it."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final, Literal, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, text

from services.contracts.records import Position
from services.reporting.store.known import DEAD_LETTERS, NOW, Then

LetterState = Literal["waiting", "redriven", "discarded"]


class DeadLetter(NamedTuple):
    """One refused record. `first`: where it stood before it was sent again; unknown names are empty.

    `discarded_for`: the reason given by whoever discarded it.
    """

    position: Position
    first: Position
    state: LetterState
    reason: str
    field: str
    source: str
    programme: str
    unit: str
    recorded_at: datetime
    event_id: UUID | None
    discarded_for: str | None


class Wanted(NamedTuple):
    """Which letters; None: whichever."""

    programme: str | None = None
    topic: str | None = None
    state: LetterState | None = None
    units: Sequence[str] | None = None


class WaitingLetters(NamedTuple):
    """Letters of a unit that wait, each once, by why it was refused last; `since`: the local day of the first."""

    unit: str
    reason: str
    letters: int
    since: date


class LetterCount(NamedTuple):
    """Refused records of a source and local day, by what has become of them."""

    topic: str
    source: str
    day: date
    state: LetterState
    records: int


def dead_letters(connection: Connection, wanted: Wanted, after: Position | None, limit: int) -> list[DeadLetter]:
    """In the order of topic, partition and offset, from behind `after`."""
    given = {**wanted._asdict(), "units": None if wanted.units is None else list(wanted.units)}
    place = dict(zip(("after_topic", "after_partition", "after_offset"), after or ("", 0, 0), strict=True))
    rows = connection.execute(text(_LETTERS), {**given, **place, "limit": limit})
    return [DeadLetter(Position(*row[:3]), Position(*row[3:6]), *row[6:]) for row in rows]


def waiting_letters_of(connection: Connection, programme: str, at: Then = NOW) -> list[WaitingLetters]:
    """Of every unit that a letter waits for."""
    return [
        WaitingLetters(*row)
        for row in connection.execute(at.ask(_WAITING, DEAD_LETTERS), {"programme": programme, **at.given})
    ]


def letter_counts(connection: Connection, since: date, until: date, undated: date) -> list[LetterCount]:
    """Of the days [since, until], and of what has no day, as far as the independent reader has counted."""
    given = {"since": since, "until": until, "undated": undated}
    return [LetterCount(*row) for row in connection.execute(text(_COUNTS), given)]


_LETTERS: Final = """
    select l.topic, l.partition, l.log_offset, l.first_topic, l.first_partition, l.first_offset, l.state, l.reason,
        l.field, l.source, l.programme, l.unit, l.recorded_at, l.event_id, case when l.state = 'discarded' then (
            select d.reason from counting_discard d where (d.topic, d.partition, d.log_offset)
                in ((l.first_topic, l.first_partition, l.first_offset), (l.topic, l.partition, l.log_offset))
            order by d.accepted_at, d.event_id limit 1
        ) end
    from dead_letter l
    where (cast(:programme as text) is null or l.programme = :programme)
        and (cast(:topic as text) is null or l.topic = :topic)
        and (cast(:state as text) is null or l.state = :state)
        and (cast(:units as text[]) is null or l.unit = any(cast(:units as text[])))
        and (l.topic, l.partition, l.log_offset) > (:after_topic, :after_partition, :after_offset)
    order by l.topic, l.partition, l.log_offset limit :limit
"""
_WAITING: Final = """
    select unit, reason, count(*), min(since) from (
        select distinct on (first_topic, first_partition, first_offset) unit, reason,
            min(logged_on) over (partition by first_topic, first_partition, first_offset) as since
        from dead_letter where programme = :programme and unit <> '' and state = 'waiting'
        order by first_topic, first_partition, first_offset, recorded_at desc, partition, log_offset desc
    ) latest group by unit, reason order by unit, reason
"""
_COUNTS: Final = """
    select l.topic, l.source, l.logged_on, l.state, count(*) from dead_letter l
    join reporting.log_count_position c on c.topic = l.topic and c.partition = l.partition
    where l.log_offset < c.next_offset and (l.logged_on between :since and :until or l.logged_on = :undated)
    group by l.topic, l.source, l.logged_on, l.state
"""
