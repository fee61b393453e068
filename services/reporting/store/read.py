"""What serve reads: every answer from one snapshot of the generation that is served."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import ProgrammingError

from services.contracts.fields import FlagName
from services.contracts.records import Position
from services.contracts.topics import TIP
from services.kit.db import translated
from services.kit.errors import Unavailable
from services.reporting.store import generations, known
from services.reporting.store.decisions import IS_VOID
from services.reporting.store.known import then

UNDATED: Final = date(1970, 1, 1)
"""The day of records that could not even be read; they belong to every answer of the books."""


@dataclass(frozen=True)
class Snapshot:
    """A transaction that sees one state of one generation and can change nothing."""

    connection: Connection
    generation: int

    @cached_property
    def positions(self) -> "list[PartitionPosition]":
        """How far it has read the log: asked for by several parts of an answer, read once."""
        return [PartitionPosition(*row) for row in self.connection.execute(text(_POSITIONS))]


Snapshots = Callable[[], AbstractContextManager[Snapshot]]
"""Opens one snapshot; raises Unavailable."""


@contextmanager
def snapshot(engine: Engine) -> Iterator[Snapshot]:
    """REPEATABLE READ, READ ONLY. Raises Unavailable when the database is away or not yet migrated."""
    with translated(), engine.connect() as plain:
        connection = plain.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        number = _current(connection)
        yield Snapshot(generations.bind(connection, number), number)
        connection.rollback()


def _current(connection: Connection) -> int:
    try:
        number = generations.current(connection)
    except ProgrammingError as error:
        raise Unavailable("database", detail="not migrated") from error
    if number is None:
        raise Unavailable("database", detail="no generation is served yet")
    return number


class PartitionPosition(NamedTuple):
    topic: str
    partition: int
    next_offset: int
    caught_up_at: datetime | None


class StatusRow(NamedTuple):
    """A stored status; numbers are exact fractions, None where there is none. `stale`: due for evaluation."""

    unit: str
    indicator: str
    status: str
    value_num: int | None
    value_den: int | None
    worst_num: int | None
    worst_den: int | None
    best_num: int | None
    best_den: int | None
    flags: list[FlagName]
    definition_hash: str
    changed_at: datetime
    valid_until: datetime | None
    stale: bool


class DeadLetterRow(NamedTuple):
    unit: str
    topic: str
    partition: int
    log_offset: int
    reason: str
    field: str
    recorded_at: datetime


class CopyRow(NamedTuple):
    """One record of an event and what became of it; the copy that counts comes first. `void`: see `IS_VOID`."""

    topic: str
    partition: int
    log_offset: int
    source: str
    accepted_at: datetime
    recorded_at: datetime
    body_hash: bytes
    outcome: str
    void: bool


class RejectRow(NamedTuple):
    """A record that was refused; its id and source are what its headers say."""

    topic: str
    partition: int
    log_offset: int
    reason: str
    recorded_at: datetime


class CountedPosition(NamedTuple):
    """How far the independent reader has counted a partition, and how far ingest has read it."""

    topic: str
    partition: int
    next_offset: int
    counted_at: datetime
    read_to: int


class LogCount(NamedTuple):
    topic: str
    source: str
    day: date
    records: int


class OutcomeCount(NamedTuple):
    topic: str
    source: str
    day: date
    outcome: str
    records: int


def statuses(connection: Connection, programme: str, period: str, units: Sequence[str]) -> list[StatusRow]:
    """The stored statuses of some units in a period, in no order."""
    given = {"programme": programme, "period": period, "units": list(units)}
    return [StatusRow._make(row) for row in connection.execute(text(_STATUSES), given).all()]


def waiting_dead_letters(
    connection: Connection, programme: str, units: Sequence[str], limit: int, known_on: date | None = None
) -> list[DeadLetterRow]:
    """Dead letters of some units that are neither redriven nor discarded, oldest first.

    Anyone may read this, so those of tips are not in it: they would tell the second of a tip.
    """
    at = then(known_on)
    given = {"programme": programme, "units": list(units), "limit": limit, "unshown": TIP.name, **at.given}
    return [DeadLetterRow(*row) for row in connection.execute(at.ask(_DEAD_LETTERS, known.DEAD_LETTERS), given)]


def copies(connection: Connection, event_id: UUID) -> list[CopyRow]:
    """Every record of an event that was read and fit."""
    return [CopyRow(*row) for row in connection.execute(text(_COPIES), {"id": event_id})]


def reject_at(connection: Connection, position: Position) -> RejectRow | None:
    """The refusal of the record at a position, if it was refused."""
    row = connection.execute(text(_REJECT), position._asdict()).first()
    return None if row is None else RejectRow(*row)


def rejects_of(connection: Connection, event_id: UUID, source: str) -> list[RejectRow]:
    """The refusals of an event that a source named as its own, in the order of the log."""
    rows = connection.execute(text(_REJECTS), {"id": event_id, "source": source})
    return [RejectRow(*row) for row in rows]


def counted_positions(connection: Connection) -> list[CountedPosition]:
    return [CountedPosition(*row) for row in connection.execute(text(_COUNTED))]


def log_counts(connection: Connection, since: date, until: date) -> list[LogCount]:
    """What the independent reader counted on the days [since, until], and what has no day."""
    rows = connection.execute(text(_LOG_COUNTS), {"since": since, "until": until, "undated": UNDATED})
    return [LogCount(*row) for row in rows]


def outcome_counts(connection: Connection, since: date, until: date) -> list[OutcomeCount]:
    """What became of the records that the independent reader has counted too: as `log_counts`."""
    rows = connection.execute(text(_OUTCOME_COUNTS), {"since": since, "until": until, "undated": UNDATED})
    return [OutcomeCount(*row) for row in rows]


_POSITIONS: Final = "select topic, partition, next_offset, caught_up_at from position order by topic, partition"
_STATUSES: Final = """
    select unit, indicator, status, value_num, value_den, worst_num, worst_den, best_num, best_den, flags,
        definition_hash, changed_at, nullif(valid_until, '-infinity'), coalesce(valid_until = '-infinity', false)
    from status where programme = :programme and period = :period and unit = any(cast(:units as text[]))
"""
_DEAD_LETTERS: Final = """
    select unit, topic, partition, log_offset, reason, field, recorded_at from dead_letter
    where programme = :programme and unit = any(cast(:units as text[])) and state = 'waiting' and topic <> :unshown
    order by recorded_at, topic, partition, log_offset limit :limit
"""
# The rules of the view `outcome`, asked of one event: the view would sort every report there is.
_COPIES: Final = f"""
    select c.topic, c.partition, c.log_offset, c.source, c.accepted_at, c.recorded_at, c.body_hash,
        case
            when c.body_hash <> w.body_hash then 'conflict'
            when (c.topic, c.partition, c.log_offset) <> (w.topic, w.partition, w.log_offset) then 'duplicate'
            when beaten.revision > r.revision then 'superseded'
            when beaten.event_id <> c.event_id then 'conflict'
            else 'applied'
        end,
        coalesce(binding.void, false)
    from copies c
    join standing w on w.event_id = c.event_id
    left join report r on r.event_id = c.event_id and r.body_hash = c.body_hash
    left join lateral (
        select l.event_id, l.revision from counting_report l where l.report_id = r.report_id
        order by l.revision desc, l.accepted_at, l.event_id limit 1
    ) beaten on true
    left join decision d on d.event_id = c.event_id and d.body_hash = c.body_hash
    left join lateral ({IS_VOID}) binding on true
    where c.event_id = :id and w.event_id = :id
    order by c.accepted_at, c.body_hash, c.topic, c.partition, c.log_offset
"""  # noqa: S608 - a statement from decisions.py
_REJECT: Final = """
    select topic, partition, log_offset, reason, recorded_at from reject
    where topic = :topic and partition = :partition and log_offset = :offset
"""
_REJECTS: Final = """
    select topic, partition, log_offset, reason, recorded_at from reject
    where event_id = :id and source = :source order by topic, partition, log_offset
"""
_COUNTED: Final = """
    select c.topic, c.partition, c.next_offset, c.counted_at, coalesce(p.next_offset, 0)
    from reporting.log_count_position c
    left join position p on p.topic = c.topic and p.partition = c.partition
    order by c.topic, c.partition
"""
_LOG_COUNTS: Final = """
    select topic, source, day, cast(sum(records) as int8) from reporting.log_count
    where day between :since and :until or day = :undated group by topic, source, day
"""
_OUTCOME_COUNTS: Final = """
    select o.topic, o.source, o.logged_on, o.outcome, count(*) from outcome o
    join reporting.log_count_position c on c.topic = o.topic and c.partition = o.partition
    where o.log_offset < c.next_offset and (o.logged_on between :since and :until or o.logged_on = :undated)
    group by o.topic, o.source, o.logged_on, o.outcome
"""
