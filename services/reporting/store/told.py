"""Up to where status.v1 and obligation.v1 are known to the database; statuses told beyond, once read back (ADR 18)."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection, Table, select
from sqlalchemy.dialects.postgresql import insert

from services.reporting.domain.inputs import Cell
from services.reporting.store.lasting import obligation_told_position, told_position
from services.reporting.store.now import as_of
from services.reporting.store.pending import make_due
from services.reporting.store.statuses import Published, Stored, Told, read_published, write_published, write_statuses


@dataclass(frozen=True, slots=True)
class Remark:
    """What was told of a cell, and by which definition."""

    told: Told
    definition_hash: str


Positions = Literal["told_position", "obligation_told_position"]


def told_positions(connection: Connection, table: Positions = "told_position") -> dict[int, int]:
    """{partition of the topic: next offset}; a partition that was never told to is absent."""
    rows = connection.execute(select(_table(table)))
    return {row.partition: row.next_offset for row in rows}


def move_told_positions(connection: Connection, ends: Mapping[int, int], table: Positions = "told_position") -> None:
    given = insert(_table(table))
    statement = given.on_conflict_do_update(
        index_elements=["partition"], set_={"next_offset": given.excluded.next_offset}
    )
    for partition in sorted(ends):
        connection.execute(statement, {"partition": partition, "next_offset": ends[partition]})


def _table(name: Positions) -> Table:
    return told_position if name == "told_position" else obligation_told_position


def has_read(connection: Connection, positions: Mapping[str, Sequence[int]]) -> bool:
    """Whether the snapshot stands on all of these positions (topic -> next offset by partition)."""
    read = as_of(connection)
    return all(
        len(read.get(topic, [])) >= len(offsets) and all(map(int.__ge__, read[topic], offsets))
        for topic, offsets in positions.items()
    )


def remember(
    connection: Connection,
    programme: str,
    remarks: Collection[Remark],
    exists: Callable[[Cell], bool],
    positions: Mapping[str, list[int]],
) -> int:
    """Takes what was told and is not known here for what is published, and has its cells evaluated again; how many.

    `exists`: whether the programme has a cell now. A cell goes on from the instant of what was told of it.
    """
    published = read_published(connection, programme, [remark.told.cell for remark in remarks])
    news = [remark for remark in remarks if _sequence(remark) > _known(published.get(remark.told.cell))]
    write_published(connection, programme, [remark.told for remark in news])
    rows = [_stored(remark) for remark in news if exists(remark.told.cell)]
    write_statuses(connection, programme, rows, positions)
    make_due(connection, programme, [row.cell for row in rows])
    return len(news)


def _sequence(remark: Remark) -> int:
    return remark.told.published.sequence


def _known(published: Published | None) -> int:
    return published.sequence if published is not None else 0


def _stored(remark: Remark) -> Stored:
    cell, published, at = remark.told
    return Stored(cell, published.status, remark.definition_hash, changed_at=at, evaluated_at=at)
