"""Statuses of a generation, and what was last published of each cell (which stands beside the generations)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple

import msgspec
from sqlalchemy import Connection, Row, text

from services.reporting.domain.inputs import Cell, Value
from services.reporting.domain.status import Status
from services.reporting.store.bulk import arrays
from services.reporting.store.pending import NEVER

_KEY: Final = ("unit", "indicator", "period")
_CELLS: Final = """
    unnest(cast(:unit as text[]), cast(:indicator as text[]), cast(:period as text[])) as cell (unit, indicator, period)
"""


@dataclass(frozen=True, slots=True)
class Stored:
    """A row of the table. `due`: it must be evaluated again, so `status` is not the last word."""

    cell: Cell
    status: Status
    definition_hash: str
    changed_at: datetime
    evaluated_at: datetime
    due: bool = False


@dataclass(frozen=True, slots=True)
class Published:
    """What was last told of a cell, under which number."""

    sequence: int
    status: Status


_READ: Final = """
    select s.unit, s.indicator, s.period, status, value_num, value_den, worst_num, worst_den, best_num, best_den,
        flags, definition_hash, nullif(valid_until, '-infinity') as valid_until, changed_at, evaluated_at,
        coalesce(valid_until = '-infinity', false) as due
    from status s
"""


def read_statuses(connection: Connection, programme: str, cells: Iterable[Cell]) -> dict[Cell, Stored]:
    """Those of the cells that have a row."""
    rows = _of_cells(connection, f"{_READ} join {_CELLS} using (unit, indicator, period)", programme, cells)
    return {stored.cell: stored for stored in map(_stored, rows)}


def read_all_statuses(connection: Connection, programme: str) -> list[Stored]:
    """Every row of a programme, by unit, indicator and period."""
    statement = f"{_READ} where programme = :programme order by unit, indicator, period"
    return [_stored(row) for row in connection.execute(text(statement), {"programme": programme})]


_COLUMNS: Final[Mapping[str, str]] = {
    "unit": "text[]",
    "indicator": "text[]",
    "period": "text[]",
    "status": "text[]",
    "value_num": "int8[]",
    "value_den": "int8[]",
    "worst_num": "int8[]",
    "worst_den": "int8[]",
    "best_num": "int8[]",
    "best_den": "int8[]",
    "flags": "text[]",
    "definition_hash": "text[]",
    "valid_until": "timestamptz[]",
    "changed_at": "timestamptz[]",
    "evaluated_at": "timestamptz[]",
}
_ROWS: Final = ", ".join(f"cast(:{name} as {kind})" for name, kind in _COLUMNS.items())
_READ_BACK: Final = ", ".join("string_to_array(flags, ' ')" if name == "flags" else name for name in _COLUMNS)
_SET: Final = ", ".join(f"{name} = excluded.{name}" for name in (*_COLUMNS, "positions") if name not in _KEY)
_WRITE: Final = f"""
    insert into status (programme, positions, {", ".join(_COLUMNS)})
    select :programme, cast(:positions as jsonb), {_READ_BACK}
    from unnest({_ROWS}) as given ({", ".join(_COLUMNS)}) order by unit, indicator, period
    on conflict (programme, unit, indicator, period) do update set {_SET}
"""  # noqa: S608 - names from above


def write_statuses(
    connection: Connection, programme: str, statuses: Sequence[Stored], positions: Mapping[str, list[int]]
) -> None:
    """Replaces the rows of the cells; `positions` is what the snapshot had read of the log."""
    if not statuses:
        return
    given = arrays(tuple(_COLUMNS), map(_row, statuses))
    as_of = msgspec.json.encode(positions).decode()
    connection.execute(text(_WRITE), {"programme": programme, "positions": as_of, **given})


class Told(NamedTuple):
    """What is now published of a cell."""

    cell: Cell
    published: Published
    at: datetime


def read_published(connection: Connection, programme: str, cells: Iterable[Cell]) -> dict[Cell, Published]:
    statement = f"""
        select p.unit, p.indicator, p.period, p.sequence, p.status
        from reporting.published p join {_CELLS} using (unit, indicator, period)
    """  # noqa: S608 - names from above
    rows = _of_cells(connection, statement, programme, cells)
    return {_cell(row): Published(row.sequence, _from_json(row.status)) for row in rows}


def write_published(connection: Connection, programme: str, told: Sequence[Told]) -> None:
    if not told:
        return
    columns = ("unit", "indicator", "period", "sequence", "status", "at")
    rows = [(*one.cell, one.published.sequence, _to_json(one.published.status), one.at) for one in told]
    statement = """
        insert into reporting.published (programme, unit, indicator, period, sequence, status, published_at)
        select :programme, * from unnest(cast(:unit as text[]), cast(:indicator as text[]), cast(:period as text[]),
            cast(:sequence as int8[]), cast(:status as jsonb[]), cast(:at as timestamptz[]))
        on conflict (programme, unit, indicator, period) do update
        set sequence = excluded.sequence, status = excluded.status, published_at = excluded.published_at
    """
    connection.execute(text(statement), {"programme": programme, **arrays(columns, rows)})


def _of_cells(connection: Connection, statement: str, programme: str, cells: Iterable[Cell]) -> Sequence[Row[Any]]:
    asked = sorted(set(cells))
    if not asked:
        return []
    given = {"programme": programme, **arrays(_KEY, asked)}
    return connection.execute(text(f"{statement} where programme = :programme"), given).all()


def _cell(row: Row[Any]) -> Cell:
    return Cell(row.unit, row.indicator, row.period)


def status_of(row: Mapping[str, Any]) -> Status:
    """From the columns of the table by name."""
    return Status(
        status=row["status"],
        value=_value(row["value_num"], row["value_den"]),
        worst=_value(row["worst_num"], row["worst_den"]),
        best=_value(row["best_num"], row["best_den"]),
        flags=tuple(row["flags"]),
        valid_until=row["valid_until"],
    )


def _stored(row: Row[Any]) -> Stored:
    status = status_of(row._asdict())
    return Stored(_cell(row), status, row.definition_hash, row.changed_at, row.evaluated_at, row.due)


def _row(stored: Stored) -> tuple[Any, ...]:
    found = stored.status
    return (
        *stored.cell,
        found.status,
        *_parts(found.value),
        *_parts(found.worst),
        *_parts(found.best),
        " ".join(found.flags),
        stored.definition_hash,
        found.valid_until,
        stored.changed_at,
        stored.evaluated_at,
    )


def _value(num: int | None, den: int | None) -> Value | None:
    return None if num is None or den is None else Value(num, den)


def _parts(value: Value | None) -> tuple[int | None, int | None]:
    return (None, None) if value is None else value


def _to_json(status: Status) -> str:
    shown = {
        "status": status.status,
        "value": status.value,
        "worst": status.worst,
        "best": status.best,
        "flags": status.flags,
    }
    return msgspec.json.encode(shown).decode()


def _from_json(shown: Mapping[str, Any]) -> Status:
    return Status(
        status=shown["status"],
        value=_pair(shown["value"]),
        worst=_pair(shown["worst"]),
        best=_pair(shown["best"]),
        flags=tuple(shown["flags"]),
    )


def _pair(parts: list[int] | None) -> Value | None:
    return None if parts is None else Value(*parts)


class Counted(NamedTuple):
    """How many units have a status."""

    indicator: str
    status: str
    units: int


def count_statuses(
    connection: Connection, programme: str, periods: Mapping[str, str], units: Sequence[str]
) -> list[Counted]:
    """Of some units, by indicator and status, each indicator in its own period ({indicator: period})."""
    statement = """
        select s.indicator, s.status, count(*) as units
        from status s join unnest(cast(:indicators as text[]), cast(:periods as text[])) as holds (indicator, period)
            using (indicator, period)
        where s.programme = :programme and s.unit = any(cast(:units as text[])) and s.evaluated_at > :never
        group by s.indicator, s.status
    """
    rows = connection.execute(text(statement), _in_periods(programme, periods, units))
    return [Counted(*row) for row in rows]


def present_statuses(
    connection: Connection, programme: str, periods: Mapping[str, str], units: Sequence[str]
) -> dict[tuple[str, str], str]:
    """(unit, indicator) -> status, each indicator in its own period."""
    statement = """
        select s.unit, s.indicator, s.status
        from status s join unnest(cast(:indicators as text[]), cast(:periods as text[])) as holds (indicator, period)
            using (indicator, period)
        where s.programme = :programme and s.unit = any(cast(:units as text[])) and s.evaluated_at > :never
    """
    rows = connection.execute(text(statement), _in_periods(programme, periods, units))
    return {(row.unit, row.indicator): row.status for row in rows}


def _in_periods(programme: str, periods: Mapping[str, str], units: Sequence[str]) -> dict[str, Any]:
    return {
        "programme": programme,
        "indicators": list(periods),
        "periods": list(periods.values()),
        "units": list(units),
        "never": NEVER,
    }
