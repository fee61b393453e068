"""What evaluate still has to do: marks that ingest has made, and cells whose answer has ended."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, NamedTuple

from sqlalchemy import Connection, text

from services.reporting.domain.expand import Mark
from services.reporting.domain.inputs import Cell
from services.reporting.store.bulk import cut

NEVER: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""`evaluated_at` of a cell that waits for its first evaluation."""

CELLS_AT_ONCE: Final = 20_000
SEATS_AT_ONCE: Final = 1_000
"""As many units in periods make some 20,000 cells."""
Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Pending:
    """Marks by id, as far as the snapshot saw them; `more`: there are further ones.

    `times`: when the oldest event behind a mark was accepted and when it was recorded, where that is known.
    """

    ids: tuple[int, ...]
    marks: tuple[Mark, ...]
    times: tuple[tuple[datetime, datetime], ...]
    more: bool


class Due(NamedTuple):
    """A cell that must be evaluated: at the instant at which its answer ended, or (None) as soon as possible."""

    cell: Cell
    at: datetime | None


def read_marks(connection: Connection, programme: str, limit: int) -> Pending:
    """The oldest marks of a programme, by id."""
    statement = """
        select id, unit, source, since, until, accepted_at, recorded_at from mark
        where programme = :programme order by id limit :limit
    """
    rows = connection.execute(text(statement), {"programme": programme, "limit": limit + 1}).all()
    read = rows[:limit]
    return Pending(
        ids=tuple(row.id for row in read),
        marks=tuple(Mark(row.unit, row.source, row.since, row.until) for row in read),
        times=tuple((row.accepted_at, row.recorded_at) for row in read if row.accepted_at is not None),
        more=len(rows) > limit,
    )


def distinct_marks(connection: Connection, programme: str, units: Collection[str] | None = None) -> list[Mark]:
    """What a programme's marks ask for, each once; with `units` only theirs, and those of the programme itself."""
    where = "" if units is None else "and (unit = any(cast(:units as text[])) or source = 'programme')"
    statement = f"""
        select distinct unit, source, since, until from mark where programme = :programme {where}
    """  # noqa: S608 - words from above
    given = {"programme": programme} | ({} if units is None else {"units": list(units)})
    return [Mark(*row) for row in connection.execute(text(statement), given)]


def delete_marks(connection: Connection, ids: Collection[int]) -> None:
    """Exactly those that were read: a mark made meanwhile, with a lower id even, stays."""
    if ids:
        connection.execute(text("delete from mark where id = any(cast(:ids as int8[]))"), {"ids": list(ids)})


def read_due(connection: Connection, programme: str, until: datetime, limit: int) -> list[Due]:
    """Cells to evaluate by `until`, those that were made due first, then by the instant, at most `limit`.

    Nothing else orders them: the index gives the first ones without a look at all that are due.
    """
    rows = connection.execute(text(DUE), {"programme": programme, "until": until, "limit": limit})
    return [Due(Cell(row.unit, row.indicator, row.period), row.at) for row in rows]


DUE: Final = """
    select unit, indicator, period, nullif(valid_until, '-infinity') as at from status
    where programme = :programme and valid_until <= :until order by valid_until limit :limit
"""


def make_due(connection: Connection, programme: str, cells: Iterable[Cell]) -> None:
    """Asks for an evaluation of every cell; one that has none yet shows no data until then."""
    statement = """
        insert into status (programme, unit, indicator, period, status, definition_hash, valid_until, changed_at,
            evaluated_at)
        select :programme, unit, indicator, period, 'no_data', '', '-infinity', :never, :never
        from unnest(cast(:units as text[]), cast(:indicators as text[]), cast(:periods as text[]))
            as cell (unit, indicator, period)
        on conflict (programme, unit, indicator, period) do update set valid_until = '-infinity'
    """
    for asked in cut(sorted(set(cells)), CELLS_AT_ONCE):
        connection.execute(text(statement), {"programme": programme, "never": NEVER, **_arrays(asked)})


def make_all_due(connection: Connection, programme: str, seats: Sequence[Pair], judged: Sequence[Pair]) -> None:
    """Asks for an evaluation of every cell of a programme: (unit, period) x (indicator, period), of one period.

    The pairs are paired in the database, so many at a time that a statement takes seconds at most. Rows that are made
    due together are found again in this order: those of a unit, which rest on the same facts, beside each other.
    """
    for some in cut(seats, SEATS_AT_ONCE):
        given = {"programme": programme, "never": NEVER, **_pairs("seat", some), **_pairs("judged", judged)}
        connection.execute(text(_ALL_DUE), given)


def keep_only(connection: Connection, programme: str, seats: Sequence[Pair], judged: Sequence[Pair]) -> int:
    """Forgets the cells that a new version of the programme no longer has; how many there were."""
    statement = f"""
        delete from status s where s.programme = :programme and (
            not exists (select from {_SEATS} where (seat.unit, seat.period) = (s.unit, s.period))
            or not exists (select from {_JUDGED} where (judged.indicator, judged.period) = (s.indicator, s.period))
        )
    """  # noqa: S608 - names from above
    given = {"programme": programme, **_pairs("seat", seats), **_pairs("judged", judged)}
    return connection.execute(text(statement), given).rowcount


def oldest_work(connection: Connection) -> datetime | None:
    """When the oldest mark was made; None when there is none."""
    oldest: datetime | None = connection.scalar(text("select min(made_at) from mark"))
    return oldest


def drop_orphan_marks(connection: Connection, programmes: Collection[str]) -> None:
    """Marks of programmes of which no version is known: whichever becomes known is evaluated as a whole."""
    statement = "delete from mark where programme <> all(cast(:programmes as text[]))"
    connection.execute(text(statement), {"programmes": list(programmes)})


def _arrays(cells: Sequence[Cell]) -> dict[str, list[str]]:
    return {
        "units": [cell.unit for cell in cells],
        "indicators": [cell.indicator for cell in cells],
        "periods": [cell.period for cell in cells],
    }


def _pairs(name: str, pairs: Iterable[Pair]) -> dict[str, list[str]]:
    listed = list(pairs)
    return {f"{name}_of": [first for first, _ in listed], f"{name}_period": [period for _, period in listed]}


_SEATS: Final = "unnest(cast(:seat_of as text[]), cast(:seat_period as text[])) as seat (unit, period)"
_JUDGED: Final = "unnest(cast(:judged_of as text[]), cast(:judged_period as text[])) as judged (indicator, period)"
_ALL_DUE: Final = f"""
    insert into status (programme, unit, indicator, period, status, definition_hash, valid_until, changed_at,
        evaluated_at)
    select :programme, unit, indicator, period, 'no_data', '', '-infinity', :never, :never
    from {_SEATS} join {_JUDGED} using (period) order by unit, period, indicator
    on conflict (programme, unit, indicator, period) do update set valid_until = '-infinity'
"""  # noqa: S608 - names from above
