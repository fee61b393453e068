"""How far each generation is, for whoever waits for one to be filled."""

from datetime import datetime
from typing import Final, NamedTuple

from sqlalchemy import Connection, text

from services.reporting.store import generations
from services.reporting.store.differences import Accepted, accepted
from services.reporting.store.generations import schema_name


class Standing(NamedTuple):
    """`read` records of the `of` that the served generation has read; `waiting`: marks; `now` by programme."""

    number: int
    served: bool
    projection_version: int
    read: int
    of: int
    cells: int
    waiting: int
    now: dict[str, datetime]
    accepted: Accepted | None


def standing(connection: Connection) -> list[Standing]:
    """Of every generation, from one snapshot."""
    served = generations.current(connection)
    return [_of(connection, number, served) for number in generations.numbers(connection)]


def _of(connection: Connection, number: int, served: int | None) -> Standing:
    schema = schema_name(number)
    limit = schema_name(served or number)
    row = connection.execute(text(_COUNTS.format(schema=schema, limit=limit))).one()
    statement = f"select programme, now from {schema}.programme_now order by 1"  # noqa: S608 - a generation's schema
    reached = connection.execute(text(statement))
    return Standing(
        number,
        number == served,
        generations.projection_version(connection, number),
        row.read,
        row.of,
        row.cells,
        row.waiting,
        {programme: now for programme, now in reached},  # noqa: C416 - rows are no pairs to the type checker
        accepted(connection, number),
    )


_COUNTS: Final = """
    select
        (select cast(coalesce(sum(least(coalesce(p.next_offset, 0), l.next_offset)), 0) as int8)
            from {limit}.position l left join {schema}.position p using (topic, partition)) as read,
        (select cast(coalesce(sum(next_offset), 0) as int8) from {limit}.position) as of,
        (select count(*) from {schema}.status) as cells,
        (select count(*) from {schema}.mark) as waiting
"""
