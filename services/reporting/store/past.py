"""The facts as they were when the log had been read up to some positions: for checking what was said then.

Temporary views stand in front of the generation's tables until the caller's transaction ends; they are found first by
every statement that names a table without its schema, so nothing is written a second time for the past. Nothing of
the generation itself is changed.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from sqlalchemy import Connection, text

from services.contracts.topics import TIP
from services.reporting.store import views
from services.reporting.store.now import as_of
from services.reporting.store.recount import recount
from services.reporting.store.schema import GENERATION_TABLES

ReadTo = Mapping[str, Sequence[int]]
"""Topic -> next offset by partition."""

_ENDS: Final = """
    create temporary table past_end (
        topic text collate "C", partition integer, next_offset bigint, primary key (topic, partition)
    ) on commit drop
"""
_BY_POSITION: Final = frozenset({"event", "copy", "reject", "redriven"})
"""Tables with a row for each record, under its position."""
_READ_BY_THEN: Final = """
    exists (
        select from pg_temp.past_end p
        where p.topic = r.topic and p.partition = r.partition and r.log_offset < p.next_offset
    )
"""
_COUNTED: Final = "signer_count"
_COUNT: Final = "insert into pg_temp.signer_count values (:programme, :kind, :unit, :group, :day, :recorded_day, :n)"


def ahead_of(connection: Connection, read_to: ReadTo) -> bool:
    """Whether more than that has been read. Tips are left out: their positions are not told."""
    now = _without_tips(as_of(connection))
    return any(offset > _end(read_to, topic, number) for topic, number, offset in _each(now))


def behind(connection: Connection, read_to: ReadTo) -> bool:
    """Whether less than that has been read, so that nothing can be said of it."""
    now = as_of(connection)
    return any(offset > _end(now, topic, number) for topic, number, offset in _each(read_to))


def go_back(connection: Connection, read_to: ReadTo, *, signers: bool) -> None:
    """Lets the connection speak of the facts of then until its transaction ends, which must be able to make views.

    `signers`: their counts as well, which are recounted from all sheets. Of tips everything known is seen.
    """
    schema = connection.scalar(text("select current_schema()"))
    connection.execute(text(_ENDS))
    ends = [*_each(_without_tips(read_to)), *_each({TIP.name: as_of(connection).get(TIP.name, [])})]
    connection.execute(
        text("insert into past_end values (:topic, :partition, :next_offset)"),
        [{"topic": topic, "partition": number, "next_offset": offset} for topic, number, offset in ends],
    )
    for table in GENERATION_TABLES:
        if table.name != _COUNTED:
            connection.execute(text(_view(f"{schema}.{table.name}", table.name)))
    for statement in views.statements("pg_temp"):
        connection.execute(text(statement))
    if signers:
        _count(connection)


def _view(table: str, name: str) -> str:
    whole = f"create temporary view {name} as select r.* from {table} r"  # noqa: S608 - names of our own tables
    return f"{whole} where {_READ_BY_THEN}" if name in _BY_POSITION else whole


def _count(connection: Connection) -> None:
    counts = recount(connection)
    connection.execute(
        text("""
            create temporary table signer_count (
                programme text, kind text, unit text, group_id text, day date, recorded_day date, n bigint
            ) on commit drop
        """)
    )
    rows = [{**place._asdict(), "n": n} for place, n in counts.items()]
    if rows:
        connection.execute(text(_COUNT), rows)


def _without_tips(read_to: ReadTo) -> ReadTo:
    return {topic: offsets for topic, offsets in read_to.items() if topic != TIP.name}


def _each(read_to: ReadTo) -> list[tuple[str, int, int]]:
    return [(topic, number, offset) for topic, offsets in read_to.items() for number, offset in enumerate(offsets)]


def _end(read_to: ReadTo, topic: str, number: int) -> int:
    offsets = read_to.get(topic, ())
    return offsets[number] if number < len(offsets) else 0
