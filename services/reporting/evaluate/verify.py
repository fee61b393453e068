"""Stored = computed: every status that claims to hold now is computed again from the facts and compared."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from services.contracts.programme import Programme, cells, local_date
from services.reporting.domain.expand import expand
from services.reporting.domain.inputs import Cell, Value
from services.reporting.domain.needs import needs_of
from services.reporting.domain.status import Status, evaluate
from services.reporting.store.inputs import read_facts
from services.reporting.store.now import programme_now
from services.reporting.store.pending import read_marks
from services.reporting.store.snapshots import Connection
from services.reporting.store.statuses import Stored, read_all_statuses

_CHUNK: Final = 1_000
_EVERY_MARK: Final = 10_000_000


@dataclass(frozen=True, slots=True)
class Difference:
    """A cell whose stored status (None: no row) is not what its facts say at `now`."""

    programme: str
    cell: Cell
    now: datetime
    stored: Status | None
    computed: Status


@dataclass(frozen=True, slots=True)
class Verified:
    """`compared` cells were compared; `waiting` ones are marked or due, so their rows claim nothing."""

    compared: int
    waiting: int
    differences: tuple[Difference, ...]


def verify(connection: Connection, programme: Programme) -> Verified:
    """Compares all cells of a programme in the caller's snapshot of one generation."""
    now = programme_now(connection, programme.id)
    rows = {stored.cell: stored for stored in read_all_statuses(connection, programme.id)}
    every = [Cell(*cell) for cell in cells(programme)]
    if now is None:
        return Verified(0, len(every), ())
    marked = expand(read_marks(connection, programme.id, _EVERY_MARK).marks, programme)
    asked = [cell for cell in every if cell not in marked and not _is_due(rows.get(cell), now)]
    found = computed(connection, programme, {cell: _at(rows.get(cell), now) for cell in asked})
    differences = [
        Difference(programme.id, cell, at, rows[cell].status if cell in rows else None, status)
        for cell, at, status in found
        if cell not in rows or rows[cell].status != status
    ]
    return Verified(len(asked), len(every) - len(asked), tuple(differences))


def _is_due(stored: Stored | None, now: datetime) -> bool:
    if stored is None:
        return False
    until = stored.status.valid_until
    return stored.due or (until is not None and until <= now)


def _at(stored: Stored | None, now: datetime) -> datetime:
    """While its programme is on the way to a later instant, a cell may be there already."""
    return now if stored is None else max(now, stored.evaluated_at)


def computed(
    connection: Connection, programme: Programme, asked: Mapping[Cell, datetime]
) -> Iterator[tuple[Cell, datetime, Status]]:
    """The statuses of cells, each at its own instant, from the facts of the connection's generation."""
    ordered = list(asked)
    for start in range(0, len(ordered), _CHUNK):
        chunk = ordered[start : start + _CHUNK]
        first = local_date(min(asked[cell] for cell in chunk))
        facts = read_facts(connection, programme.id, needs_of(chunk, programme), first)
        for cell in chunk:
            yield cell, asked[cell], evaluate(cell, programme, facts, asked[cell])


def as_json(found: Sequence[Difference]) -> list[dict[str, Any]]:
    """The differences as plain objects; numbers as [numerator, denominator]."""
    return [
        {
            "programme": one.programme,
            **one.cell._asdict(),
            "now": one.now.isoformat(),
            "stored": None if one.stored is None else _shown(one.stored),
            "computed": _shown(one.computed),
        }
        for one in found
    ]


def _shown(status: Status) -> dict[str, Any]:
    def parts(value: Value | None) -> list[int] | None:
        return None if value is None else list(value)

    return {
        "status": status.status,
        "value": parts(status.value),
        "worst": parts(status.worst),
        "best": parts(status.best),
        "flags": list(status.flags),
        "valid_until": None if status.valid_until is None else status.valid_until.isoformat(),
    }
