"""`now` of a programme never runs ahead of the log: the instant up to which all that it rests on has been read."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, text

from services.contracts.programme import Programme, local_midnight
from services.contracts.topics import INPUTS
from services.reporting.store.generations import schema_name

IN_FLIGHT: Final = timedelta(seconds=5)
"""Posts accepted before an observed end may still be on their way into the log for so long."""


def time_there(connection: Connection) -> datetime:
    """What time it is where the database is."""
    found: datetime = connection.execute(text("select clock_timestamp()")).scalar_one()
    return found


def programme_now(connection: Connection, programme: str) -> datetime | None:
    """The instant up to which a programme has been evaluated; None before the first time."""
    statement = "select now from programme_now where programme = :programme"
    found: datetime | None = connection.scalar(text(statement), {"programme": programme})
    return found


def now_in(connection: Connection, generation: int | None, programme: str) -> datetime | None:
    """The instant up to which a programme has been evaluated in a generation, whichever the connection speaks of."""
    if generation is None:
        return None
    statement = f"select now from {schema_name(generation)}.programme_now where programme = :programme"  # noqa: S608
    found: datetime | None = connection.scalar(text(statement), {"programme": programme})
    return found


def advance_now(connection: Connection, programme: str, now: datetime) -> None:
    """Never backwards."""
    statement = """
        insert into programme_now (programme, now) values (:programme, :now)
        on conflict (programme) do update set now = greatest(programme_now.now, excluded.now)
    """
    connection.execute(text(statement), {"programme": programme, "now": now})


def target_now(connection: Connection, programme: Programme, wall_clock: datetime) -> datetime | None:
    """The instant to evaluate up to; None while the log has not yet been read to an end it had.

    A sandbox: the latest clock whose ends have been passed, else the day before the programme starts.
    """
    if programme.sandbox:
        return _clock(connection, programme.id) or local_midnight(programme.starts_on - timedelta(days=1))
    read = read_until(connection)
    return None if read is None else min(read, wall_clock)


def read_until(connection: Connection) -> datetime | None:
    """Until when every partition of every input has been read, less what may be in flight.

    Whoever of ingest meets the log opens a position for every partition that it has, also for those of others.
    """
    rows = connection.execute(text("select topic, caught_up_at from position")).all()
    instants = [row.caught_up_at for row in rows]
    if None in instants or {card.name for card in INPUTS} - {row.topic for row in rows}:
        return None
    oldest: datetime = min(instants)
    return oldest - IN_FLIGHT


_CLOCK: Final = """
    select max(c.now) from counting_clock c
    where c.programme = :programme
        and c.now > coalesce((select now from programme_now where programme = :programme), '-infinity')
        and not exists (
            select from jsonb_each(c.ends) as topic (name, offsets)
            cross join jsonb_array_elements_text(topic.offsets) with ordinality as ended (next_offset, number)
            left join position p on p.topic = topic.name and p.partition = ended.number - 1
            where cast(ended.next_offset as bigint) > coalesce(p.next_offset, 0)
        )
"""


def _clock(connection: Connection, programme: str) -> datetime | None:
    """The latest clock whose end offsets the positions have passed, or the one evaluated before it."""
    found: datetime | None = connection.scalar(text(_CLOCK), {"programme": programme})
    return found or programme_now(connection, programme)


def as_of(connection: Connection) -> dict[str, list[int]]:
    """The positions of the snapshot: topic -> next offset by partition (-1: never read)."""
    found: dict[str, list[int]] = {}
    rows = connection.execute(text("select topic, partition, next_offset from position order by topic, partition"))
    for topic, partition, next_offset in rows:
        offsets = found.setdefault(topic, [])
        offsets.extend([0] * (partition - len(offsets)))
        offsets.append(next_offset)
    return found
