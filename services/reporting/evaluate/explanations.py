"""Explanations computed again: from the facts, to the byte; and from the inputs that they state themselves."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from services.contracts.explanations import Explanation
from services.contracts.programme import Programme, Registry, cells
from services.contracts.readings.pages import AsOf
from services.reporting.domain.expand import expand
from services.reporting.domain.explain import Told
from services.reporting.domain.inputs import Cell
from services.reporting.domain.restated import concluded
from services.reporting.store import past
from services.reporting.store.explanations import derive
from services.reporting.store.now import programme_now
from services.reporting.store.pending import distinct_marks
from services.reporting.store.snapshots import Connection
from services.reporting.store.statuses import Stored, read_all_statuses


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """Where (dotted path) an explanation says something else than is computed: as JSON, None where there is nothing."""

    cell: Cell
    path: str
    said: Any
    computed: Any


@dataclass(frozen=True, slots=True)
class Checked:
    compared: int
    waiting: int
    discrepancies: tuple[Discrepancy, ...]


def check_answer(connection: Connection, registry: Registry, said: Explanation) -> Checked:
    """A saved answer against the facts up to the positions that it names, in the programme's version that it names.

    The caller's transaction must be able to make views, and is left speaking of the past.
    """
    cell = Cell(said.unit, said.indicator, said.period.code)
    programme = registry.get(said.programme, said.target.version)
    if programme is None or Cell(*cell) not in {Cell(*one) for one in cells(programme)}:
        return Checked(1, 0, (Discrepancy(cell, "programme", [said.programme, said.target.version], None),))
    read_to = _read_to(said)
    if past.behind(connection, read_to):
        return Checked(0, 1, ())
    if past.ahead_of(connection, read_to):
        past.go_back(connection, read_to, signers=said.formula.kind == "coverage")
    shown = slice(said.inputs_from, said.inputs_from + len(said.inputs))
    derived = derive(connection, programme, cell, said.evaluated_at)
    computed = derived.explained(shown, Told(said.as_of, said.next, said.stale))
    found = list(_different(cell, msgspec.to_builtins(said), msgspec.to_builtins(computed)))
    return Checked(1, 0, tuple(found or _concluded(said, programme)))


def _read_to(said: Explanation) -> dict[str, list[int]]:
    """Topic -> next offset by partition; what is not named was not read."""
    found: dict[str, list[int]] = {}
    for row in sorted(said.as_of.positions, key=lambda row: (row.topic, row.partition)):
        offsets = found.setdefault(row.topic, [])
        offsets.extend([0] * (row.partition - len(offsets)))
        offsets.append(row.next_offset)
    return found


def check_all(connection: Connection, programme: Programme) -> Checked:
    """Every cell that claims to hold: explained, compared with what is stored, and concluded from its own inputs."""
    now = programme_now(connection, programme.id)
    every = [Cell(*cell) for cell in cells(programme)]
    if now is None:
        return Checked(0, len(every), ())
    marked = expand(distinct_marks(connection, programme.id), programme)
    rows = {stored.cell: stored for stored in read_all_statuses(connection, programme.id)}
    asked = {cell: rows[cell] for cell in every if cell not in marked and cell in rows and _holds(rows[cell], now)}
    found = [one for stored in asked.values() for one in _check(connection, programme, stored, now)]
    return Checked(len(asked), len(every) - len(asked), tuple(found))


def _holds(stored: Stored, now: datetime) -> bool:
    until = stored.status.valid_until
    return not stored.due and (until is None or until > now)


def _check(connection: Connection, programme: Programme, stored: Stored, now: datetime) -> Iterator[Discrepancy]:
    derived = derive(connection, programme, stored.cell, max(now, stored.evaluated_at))
    said = derived.explained(slice(0, len(derived.inputs)), Told(AsOf(generation=0, positions=[])))
    if derived.judged.status != stored.status:
        yield Discrepancy(stored.cell, "status", stored.status.status, said.status)
    for place, one in enumerate(said.inputs):
        counts = one.report is not None and one.state in ("counts", "in_time", "late")
        if not one.events and (counts or (one.signers is not None and one.signers.counted)):
            yield Discrepancy(stored.cell, f"inputs.{place}.events", one.state, None)
    yield from _concluded(said, programme)


def _concluded(said: Explanation, programme: Programme) -> Iterator[Discrepancy]:
    """What its own inputs do not lead to; nothing is said of a page that leaves some out, or withholds a figure."""
    untold = any(one.state == "withheld" for one in said.inputs)
    if len(said.inputs) == said.inputs_in_all and not untold:
        cell = Cell(said.unit, said.indicator, said.period.code)
        yield from _different(cell, msgspec.to_builtins(said), msgspec.to_builtins(concluded(said, programme)))


def _different(cell: Cell, said: Any, computed: Any, path: str = "") -> Iterator[Discrepancy]:
    """The innermost places that differ, in the order of the answer."""
    if isinstance(said, dict) and isinstance(computed, dict):
        for name in {**said, **computed}:
            yield from _different(cell, said.get(name), computed.get(name), f"{path}.{name}" if path else name)
    elif isinstance(said, list) and isinstance(computed, list) and len(said) == len(computed):
        for place, (one, other) in enumerate(zip(said, computed, strict=True)):
            yield from _different(cell, one, other, f"{path}.{place}")
    elif said != computed:
        yield Discrepancy(cell, path, said, computed)
