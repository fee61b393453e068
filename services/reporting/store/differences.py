"""What two generations say of every unit and cell, row by row, and which differences were accepted."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, text

from services.reporting.domain.inputs import Cell
from services.reporting.domain.status import Status
from services.reporting.store.bulk import arrays
from services.reporting.store.generations import schema_name
from services.reporting.store.lasting import acceptance, accepted_difference
from services.reporting.store.statuses import status_of

_AT_ONCE: Final = 1_000


class Side(NamedTuple):
    """What one generation says of a cell, and by which definition."""

    status: Status
    definition_hash: str


class DifferingCell(NamedTuple):
    """None: that generation has no row."""

    programme: str
    cell: Cell
    before: Side | None
    after: Side | None


class Accepted(NamedTuple):
    """That `number` may be served in place of `against` with the differences of this digest."""

    number: int
    against: int
    digest: str
    differences: int
    accepted_at: datetime


_COLUMNS: Final = (
    "status",
    "value_num",
    "value_den",
    "worst_num",
    "worst_den",
    "best_num",
    "best_den",
    "flags",
    "definition_hash",
    "valid_until",
)
_SIDES: Final = ", ".join(f"{side}.{name} as {side}_{name}" for side in ("l", "r") for name in _COLUMNS)
_SAME: Final = "({l}) is distinct from ({r})".format(
    **{side: ", ".join(f"{side}.{name}" for name in _COLUMNS) for side in ("l", "r")}
)
_DIFFERING: Final = f"""
    select programme, unit, indicator, period, {_SIDES}
    from {{one}}.status l full join {{other}}.status r using (programme, unit, indicator, period)
    where {_SAME} order by programme, unit, indicator, period
"""  # noqa: S608 - words from above


def differing_cells(connection: Connection, one: int, other: int) -> Iterator[DifferingCell]:
    """Cells whose status, value, bounds, flags, definition or end differ, in order; a thousand of them in memory."""
    statement = text(_DIFFERING.format(one=schema_name(one), other=schema_name(other)))
    streamed = {"stream_results": True, "yield_per": _AT_ONCE}
    for row in connection.execute(statement, execution_options=streamed).mappings():
        cell = Cell(row["unit"], row["indicator"], row["period"])
        yield DifferingCell(row["programme"], cell, _side(row, "l"), _side(row, "r"))


def _side(row: Any, side: str) -> Side | None:
    if row[f"{side}_status"] is None:
        return None
    found = {name: row[f"{side}_{name}"] for name in _COLUMNS}
    return Side(status_of(found), found["definition_hash"])


def unsettled(connection: Connection, programme: str, now: datetime) -> list[tuple[Cell, datetime]]:
    """Cells whose row claims nothing at `now`: they are due, or were evaluated at a later instant (then this one)."""
    statement = """
        select unit, indicator, period, greatest(evaluated_at, :now) from status
        where programme = :programme and (valid_until <= :now or evaluated_at > :now)
    """
    rows = connection.execute(text(statement), {"programme": programme, "now": now})
    return [(Cell(row[0], row[1], row[2]), row[3]) for row in rows]


def accept(
    connection: Connection, number: int, against: int, digest: str, differences: Iterable[tuple[str, str]]
) -> int:
    """Forgets what was accepted before of this generation; how many differences were kept."""
    given = {"number": number}
    for table in (acceptance, accepted_difference):
        connection.execute(table.delete().where(table.c.number == number))
    insert = """
        insert into reporting.accepted_difference (number, what, change)
        select :number, * from unnest(cast(:what as text[]), cast(:change as text[]))
    """
    kept = 0
    for some in _chunks(differences):
        connection.execute(text(insert), {**given, **arrays(("what", "change"), some)})
        kept += len(some)
    statement = """
        insert into reporting.acceptance (number, against, digest, differences)
        values (:number, :against, :digest, :differences)
    """
    connection.execute(text(statement), {**given, "against": against, "digest": digest, "differences": kept})
    return kept


def accepted(connection: Connection, number: int) -> Accepted | None:
    statement = """
        select number, against, digest, differences, accepted_at from reporting.acceptance where number = :number
    """
    row = connection.execute(text(statement), {"number": number}).first()
    return None if row is None else Accepted(*row)


def not_accepted(
    connection: Connection, number: int, differences: Iterable[tuple[str, str]]
) -> Iterator[tuple[str, str]]:
    """Those of the differences that were not accepted as they are."""
    statement = """
        select given.what, given.change
        from unnest(cast(:what as text[]), cast(:change as text[])) as given (what, change)
        where not exists (select from reporting.accepted_difference a
            where a.number = :number and a.what = given.what and a.change = given.change)
    """
    for some in _chunks(differences):
        given = {"number": number, **arrays(("what", "change"), some)}
        yield from ((row.what, row.change) for row in connection.execute(text(statement), given))


def _chunks(rows: Iterable[tuple[str, str]]) -> Iterator[Sequence[tuple[str, str]]]:
    some: list[tuple[str, str]] = []
    for row in rows:
        some.append(row)
        if len(some) == _AT_ONCE:
            yield some
            some = []
    if some:
        yield some
