"""What somebody who checks an installation asks of its database. Nothing here changes anything."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, select, text

from services.reporting.store.lasting import current_generation


class Served(NamedTuple):
    number: int
    projection_version: int


class Origin(NamedTuple):
    """Up to where a partition was read, and of which topic of which cluster."""

    topic: str
    partition: int
    next_offset: int
    cluster_id: str
    topic_id: str


def clock(connection: Connection) -> datetime:
    """The database's, at this moment."""
    now: datetime = connection.execute(text("select clock_timestamp()")).scalar_one()
    return now


def served(connection: Connection) -> Served | None:
    """The generation that is served; None when there is none."""
    row = connection.execute(select(current_generation.c.number, current_generation.c.projection_version)).first()
    return None if row is None else Served(*row)


def origins(connection: Connection) -> list[Origin]:
    """Of the generation that the connection speaks of."""
    rows = connection.execute(
        text("select topic, partition, next_offset, cluster_id, topic_id from position order by topic, partition")
    )
    return [Origin(*row) for row in rows]


def versions(connection: Connection) -> dict[str, int]:
    """The highest version of each programme that was read whole."""
    rows = connection.execute(
        text("select programme, max(version) as version from programme_version group by programme")
    )
    return {row.programme: row.version for row in rows}
