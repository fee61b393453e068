"""From a mark, which says where facts have changed, to the cells that must be evaluated again."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from services.contracts.programme import SIGNER_FED, TIP_FED, Indicator, Period, Programme, cells
from services.reporting.domain.inputs import Cell
from services.reporting.domain.small_numbers import tips_are_told


@dataclass(frozen=True, slots=True)
class Mark:
    """`source` is "pledge:<signer kind>", "form:<form code>", "tip", "deadletter", "published" or "programme".

    `since` and `until` are the first and last local day touched; None means without limit.
    """

    unit: str
    source: str
    since: date | None = None
    until: date | None = None


def expand(marks: Iterable[Mark], programme: Programme) -> set[Cell]:
    """The indicators a source feeds, for the unit and all above it, in the periods touched; all for a new version."""
    alike: dict[tuple[str, str], list[Mark]] = defaultdict(list)
    for mark in set(marks):
        alike[mark.unit, mark.source].append(mark)
    if any(source == "programme" for _, source in alike):
        return {Cell(*cell) for cell in cells(programme)}
    return {cell for (unit, source), same in alike.items() for cell in _of_marks(unit, source, same, programme)}


def waiting(marks: Iterable[Mark], programme: Programme, period: Period, units: Collection[str]) -> set[Cell]:
    """Of the cells of some units in one period those that marks ask for, without expanding the marks to all cells."""
    indicators = [one for one in programme.indicators.values() if period in programme.periods_from(one.frequency)]
    found: set[Cell] = set()
    for mark in set(marks):
        everywhere = mark.source == "programme"
        asked = units if everywhere else {mark.unit, *programme.units.ancestors(mark.unit)}.intersection(units)
        if asked and (everywhere or _touches(mark, period)):
            fed = [one for one in indicators if feeds(mark.source, one)]
            found |= {Cell(*at, period.code) for at in _shown(mark.source, asked, fed, period, programme)}
    return found


def beside_published(marks: Iterable[Mark], published: Iterable[Period]) -> set[Mark]:
    """What reports ask for beside what they feed: a hand in one can make void what was published of its unit."""
    of_reports = {mark for mark in marks if mark.source.startswith("form:")}
    return {
        Mark(mark.unit, "published", period.start, period.end)
        for period in published
        for mark in of_reports
        if _touches(mark, period)
    }


def _of_marks(unit: str, source: str, marks: Iterable[Mark], programme: Programme) -> Iterator[Cell]:
    """Cells of all marks of a unit and a source, each once; none for a unit that the programme does not know.

    Only units with somebody below them who reports in the period have a cell (see `programme.cells`).
    """
    above = (unit, *programme.units.ancestors(unit))
    units = [one for one in above if programme.units.within(one, programme.root)]
    for indicator in programme.indicators.values():
        if feeds(source, indicator):
            for period in programme.periods_from(indicator.frequency):
                if any(_touches(mark, period) for mark in marks):
                    there = [one for one in units if programme.units.leaves(one, period)]
                    yield from (Cell(*at, period.code) for at in _shown(source, there, [indicator], period, programme))


def _shown(
    source: str, units: Iterable[str], indicators: Iterable[Indicator], period: Period, programme: Programme
) -> Iterator[tuple[str, str]]:
    """(unit, indicator). What tips say is not told of every unit; a cell that was looked at for one would tell it."""
    codes = [indicator.code for indicator in indicators]
    for unit in units:
        if source != "tip" or tips_are_told(programme, unit, period):
            yield from ((unit, code) for code in codes)


def feeds(source: str, indicator: Indicator) -> bool:
    name, _, which = source.partition(":")
    match name:
        case "pledge":
            return indicator.kind in SIGNER_FED and indicator.signer_kind == which
        case "form":
            return indicator.form == which or indicator.kind == "reports_on_time"
        case "tip":
            return indicator.kind in TIP_FED
        case _:
            return True


def _touches(mark: Mark, period: Period) -> bool:
    """Signers add up: a signature counts in the period of its day and in all later ones."""
    if mark.since is not None and period.end < mark.since:
        return False
    adds_up = mark.source.startswith("pledge:")
    return adds_up or mark.until is None or period.start <= mark.until
