"""Dead letters as facts, what closed them, and the halt that stops every ingest process."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from sqlalchemy import Connection, text

from services.contracts.events import DeadletterDiscarded
from services.contracts.records import Position
from services.reporting.store.batch import Halt, Read, Refused
from services.reporting.store.bulk import insert_rows
from services.reporting.store.schema import redriven, reject

_REJECT: Final = (
    "topic",
    "partition",
    "log_offset",
    "first_topic",
    "first_partition",
    "first_offset",
    "reason",
    "field",
    "source",
    "programme",
    "unit",
    "recorded_at",
    "logged_on",
    "event_id",
)
_REDRIVEN: Final = _REJECT[:6]


def insert_rejects(connection: Connection, refused: Iterable[Refused]) -> None:
    rows = [(*one.position, *one.first, *one[2:9], one.event_id) for one in refused]
    insert_rows(connection, reject, _REJECT, rows)


def close_dead_letters(connection: Connection, reads: Sequence[Read]) -> None:
    """Keeps what closes a dead letter (a redriven copy; discards are facts already) and marks the units concerned."""
    redrives = [(*read.position, *read.redrives) for read in reads if read.redrives is not None]
    insert_rows(connection, redriven, _REDRIVEN, redrives)
    discards = [read.event.data for read in reads if isinstance(read.event.data, DeadletterDiscarded)]
    closed = [row[3:] for row in redrives] + [(data.topic, data.partition, data.offset) for data in discards]
    if not closed:
        return
    topics, partitions, offsets = map(list, zip(*closed, strict=True))
    statement = """
        insert into mark (programme, unit, source)
        select distinct r.programme, r.unit, 'deadletter' from reject r
        join unnest(cast(:topics as text[]), cast(:partitions as int4[]), cast(:offsets as int8[]))
            as c (topic, partition, log_offset)
            on c.topic in (r.topic, r.first_topic) and c.partition in (r.partition, r.first_partition)
            and c.log_offset in (r.log_offset, r.first_offset)
        where r.programme <> '' and r.unit <> ''
    """
    connection.execute(text(statement), {"topics": topics, "partitions": partitions, "offsets": offsets})


def halted(connection: Connection) -> Halt | None:
    """The halt that holds now, the oldest one; None when ingest may work."""
    row = connection.execute(
        text("select since, topic, source, rejects, reason from reporting.halt where lifted_at is null order by id")
    ).first()
    return None if row is None else Halt(*row)


def insert_halt(connection: Connection, halt: Halt) -> None:
    statement = """
        insert into reporting.halt (since, topic, source, rejects, reason)
        values (:since, :topic, :source, :rejects, :reason)
    """
    connection.execute(text(statement), halt._asdict())


def lift_halts(connection: Connection, at: datetime) -> list[Halt]:
    """Lets ingest go on; the halts that were lifted."""
    statement = """
        update reporting.halt set lifted_at = :at where lifted_at is null
        returning since, topic, source, rejects, reason
    """
    return [Halt(*row) for row in connection.execute(text(statement), {"at": at})]


class Letter(NamedTuple):
    """A dead letter that nobody has closed. Unknown names are empty."""

    position: Position
    first: Position
    reason: str
    programme: str
    unit: str


def waiting_letters(connection: Connection, topic: str) -> list[Letter]:
    """Those of a topic, in the order of the log."""
    statement = """
        select topic, partition, log_offset, first_topic, first_partition, first_offset, reason, programme, unit
        from dead_letter where state = 'waiting' and topic = :topic order by partition, log_offset
    """
    rows = connection.execute(text(statement), {"topic": topic})
    return [Letter(Position(*row[:3]), Position(*row[3:6]), *row[6:]) for row in rows]


def waiting(connection: Connection) -> dict[str, int]:
    """Dead letters neither redriven nor discarded, by topic."""
    rows = connection.execute(
        text("select topic, count(*) as n from dead_letter where state = 'waiting' group by topic")
    )
    return {row.topic: row.n for row in rows}
