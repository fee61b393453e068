"""From a mark, which says where facts have changed, to the cells that must be evaluated again."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from services.contracts.programme import Indicator, Period, Programme, cells
from services.reporting.domain.inputs import Cell


@dataclass(frozen=True, slots=True)
class Mark:
    """`source` is "pledge:<signer kind>", "form:<form code>", "tip", "deadletter" or "programme".

    `since` and `until` are the first and last local day touched; None means without limit.
    """

    unit: str
    source: str
    since: date | None = None
    until: date | None = None


def expand(marks: Iterable[Mark], programme: Programme) -> set[Cell]:
    """The indicators a source feeds, for the unit and all above it, in the periods touched; all for a new version."""
    distinct = set(marks)
    if any(mark.source == "programme" for mark in distinct):
        return {Cell(*cell) for cell in cells(programme)}
    return {cell for mark in distinct for cell in _of_mark(mark, programme)}


def waiting(marks: Iterable[Mark], programme: Programme, period: Period, units: Collection[str]) -> set[Cell]:
    """Of the cells of some units in one period those that marks ask for, without expanding the marks to all cells."""
    indicators = [one for one in programme.indicators.values() if period in programme.periods_from(one.frequency)]
    found: set[Cell] = set()
    for mark in set(marks):
        everywhere = mark.source == "programme"
        asked = units if everywhere else {mark.unit, *programme.units.ancestors(mark.unit)}.intersection(units)
        if asked and (everywhere or _touches(mark, period)):
            codes = [one.code for one in indicators if _feeds(mark.source, one)]
            found |= {Cell(unit, code, period.code) for unit in asked for code in codes}
    return found


def _of_mark(mark: Mark, programme: Programme) -> Iterator[Cell]:
    """Cells of one mark; none for a unit that the programme does not know."""
    above = (mark.unit, *programme.units.ancestors(mark.unit))
    units = [unit for unit in above if programme.units.within(unit, programme.root)]
    for indicator in programme.indicators.values():
        if _feeds(mark.source, indicator):
            for period in programme.periods_from(indicator.frequency):
                if _touches(mark, period):
                    yield from _of_units(units, indicator, period, programme)


def _of_units(units: Iterable[str], indicator: Indicator, period: Period, programme: Programme) -> Iterator[Cell]:
    """Only units with somebody below them who reports in the period have a cell (see `programme.cells`)."""
    for unit in units:
        if programme.units.leaves(unit, period):
            yield Cell(unit, indicator.code, period.code)


def _feeds(source: str, indicator: Indicator) -> bool:
    name, _, which = source.partition(":")
    match name:
        case "pledge":
            return indicator.kind == "coverage" and indicator.signer_kind == which
        case "form":
            return indicator.form == which or indicator.kind == "reports_on_time"
        case "tip":
            return indicator.kind == "tips_in_time"
        case _:
            return True


def _touches(mark: Mark, period: Period) -> bool:
    """Signers add up: a signature counts in the period of its day and in all later ones."""
    if mark.since is not None and period.end < mark.since:
        return False
    adds_up = mark.source.startswith("pledge:")
    return adds_up or mark.until is None or period.start <= mark.until
