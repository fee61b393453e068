"""A programme version tried on the facts there are, before anybody is judged by it: no replay, nothing written."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final, NamedTuple

from services.contracts.programme import Programme, cells
from services.kit.db import Connection
from services.reporting.domain.inputs import Cell
from services.reporting.rebuild.difference import sides_of
from services.reporting.store.differences import Side

AT_ONCE: Final = 1_000


class Tried(NamedTuple):
    """A cell that would say something else. None: that version has no such cell."""

    cell: Cell
    before: Side | None
    after: Side | None


def trial(connection: Connection, before: Programme, after: Programme, now: datetime) -> Iterator[Tried]:
    """Every cell of either version, from the facts of one snapshot at one instant, a thousand at a time.

    What only has another definition, and says the same, is left out.
    """
    has = {id(programme): frozenset(Cell(*cell) for cell in cells(programme)) for programme in (before, after)}
    every = sorted(has[id(before)] | has[id(after)])
    for start in range(0, len(every), AT_ONCE):
        some = every[start : start + AT_ONCE]
        old, new = (
            sides_of(connection, programme, {cell: now for cell in some if cell in has[id(programme)]})
            for programme in (before, after)
        )
        for cell in some:
            one, other = old.get(cell), new.get(cell)
            if _shown(one) != _shown(other):
                yield Tried(cell, one, other)


def _shown(side: Side | None) -> object:
    return None if side is None else side.status.shown
