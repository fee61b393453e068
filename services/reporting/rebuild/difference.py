"""What another generation would say otherwise: unit by unit of the facts, cell by cell of the statuses, and why."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final, Literal, NamedTuple

from services.contracts.programme import Programme, cells
from services.contracts.programme.registry import Registry
from services.kit.db import Connection
from services.kit.errors import Unavailable
from services.reporting.domain.expand import expand
from services.reporting.domain.inputs import Cell
from services.reporting.domain.status import definition_of
from services.reporting.evaluate.verify import computed
from services.reporting.store import differences as store
from services.reporting.store import generations
from services.reporting.store.differences import Side
from services.reporting.store.now import now_in
from services.reporting.store.pending import distinct_marks
from services.reporting.store.programmes import read_programmes

Why = Literal["facts", "definition", "programme", "fold"]
MOST_UNSETTLED: Final = 50_000


@dataclass(frozen=True, slots=True)
class Differing:
    """A unit whose facts differ (`cell` None), or a cell. A side is None where that generation says nothing at all.

    `why`: its facts, its definition, or the version of its programme differ; `fold`: none of these, so it is computed
    otherwise.
    """

    programme: str
    unit: str
    cell: Cell | None
    before: Side | None
    after: Side | None
    why: tuple[Why, ...]

    @property
    def what(self) -> str:
        place = () if self.cell is None else (self.cell.indicator, self.cell.period)
        return "/".join((self.programme, self.unit, *place))

    @property
    def change(self) -> str:
        """What is accepted: the words of both statuses and the reasons. Numbers move with every report."""
        if self.cell is None:
            return "facts"
        before, after = ("-" if side is None else side.status.status for side in (self.before, self.after))
        return f"{before}>{after}:{'+'.join(self.why)}"


class Digest:
    """Of all differences in whatever order; how many there were."""

    def __init__(self) -> None:
        self._sum = 0
        self.facts = self.cells = 0

    def add(self, one: Differing) -> None:
        self.facts += one.cell is None
        self.cells += one.cell is not None
        hashed = sha256(f"{one.what} {one.change}".encode()).digest()
        self._sum = (self._sum + int.from_bytes(hashed)) % 2**256

    def __str__(self) -> str:
        return f"{self._sum:064x}"[:16]


class Sides(NamedTuple):
    """The programmes as both generations know them, and the units whose facts differ."""

    before: Registry
    after: Registry
    units: Mapping[str, frozenset[str]]


def differences(connection: Connection, served: int, number: int) -> Iterator[Differing]:
    """One at a time, from one snapshot of both, which must have read as far and stand at one `now`.

    Where a stored status claims nothing yet, the facts are asked. Raises Unavailable while they cannot be compared.
    """
    facts = generations.compare(connection, served, number)
    units: dict[str, set[str]] = {}
    for programme, _, unit in (place.partition("/") for place in facts):
        units.setdefault(programme, set()).add(unit)
        yield Differing(programme, unit, None, None, None, ("facts",))
    before = read_programmes(generations.bind(connection, served)).registry
    after = read_programmes(generations.bind(connection, number)).registry
    sides = Sides(before, after, {programme: frozenset(found) for programme, found in units.items()})
    unsettled = {
        programme: _unsettled(connection, served, number, programme, sides)
        for programme in sorted({*before.ids(), *after.ids()})
    }
    for row in store.differing_cells(connection, served, number):
        if row.cell not in unsettled.get(row.programme, {}):
            yield _differing(row.programme, row.cell, row.before, row.after, sides)
    for programme, asked in unsettled.items():
        yield from _computed(connection, (served, number), programme, asked, sides)


def _differing(programme: str, cell: Cell, before: Side | None, after: Side | None, sides: Sides) -> Differing:
    return Differing(programme, cell.unit, cell, before, after, _why(programme, cell, before, after, sides))


def _why(programme_id: str, cell: Cell, before: Side | None, after: Side | None, sides: Sides) -> tuple[Why, ...]:
    found: list[Why] = []
    old, new = sides.before.active(programme_id), sides.after.active(programme_id)
    named = new or old
    below = named.units.subtree(cell.unit) if named is not None and cell.unit in named.units.by_id else {cell.unit}
    if not below.isdisjoint(sides.units.get(programme_id, ())):
        found.append("facts")
    if before is not None and after is not None and before.definition_hash != after.definition_hash:
        found.append("definition")
    if (old and (old.version, old.hash)) != (new and (new.version, new.hash)):
        found.append("programme")
    return tuple(found) or ("fold",)


def _unsettled(
    connection: Connection, served: int, number: int, programme_id: str, sides: Sides
) -> dict[Cell, datetime]:
    """The cells that one of them still has to evaluate, or was later with; and the instant at which to compare."""
    now = now_in(connection, served, programme_id)
    if now is None or sides.after.active(programme_id) is None:
        return {}
    if now_in(connection, number, programme_id) != now:
        raise Unavailable("generation", detail=f"{programme_id} is not evaluated up to one instant in both")
    found: dict[Cell, datetime] = {}
    for generation, registry in ((served, sides.before), (number, sides.after)):
        programme = registry.active(programme_id)
        bound = generations.bind(connection, generation)
        marked = () if programme is None else expand(distinct_marks(bound, programme_id), programme)
        for cell, at in (*((cell, now) for cell in marked), *store.unsettled(bound, programme_id, now)):
            found[cell] = max(at, found.get(cell, at))
    if len(found) > MOST_UNSETTLED:
        raise Unavailable("generation", detail=f"{len(found)} cells of {programme_id} wait to be evaluated")
    return found


def _computed(
    connection: Connection, pair: tuple[int, int], programme_id: str, asked: Mapping[Cell, datetime], sides: Sides
) -> Iterator[Differing]:
    told = []
    for generation, registry in zip(pair, (sides.before, sides.after), strict=True):
        programme = registry.active(programme_id)
        bound = generations.bind(connection, generation)
        told.append({} if programme is None or not asked else sides_of(bound, programme, _known(programme, asked)))
    for cell in asked:
        before, after = told[0].get(cell), told[1].get(cell)
        if before != after:
            yield _differing(programme_id, cell, before, after, sides)


def _known(programme: Programme, asked: Mapping[Cell, datetime]) -> dict[Cell, datetime]:
    every = {Cell(*cell) for cell in cells(programme)}
    return {cell: at for cell, at in asked.items() if cell in every}


def sides_of(connection: Connection, programme: Programme, asked: Mapping[Cell, datetime]) -> dict[Cell, Side]:
    """What cells of a programme say, each at its instant, computed from the facts of the connection's generation."""
    return {
        cell: Side(status, definition_of(cell, programme).definition_hash)
        for cell, _, status in computed(connection, programme, asked)
    }
