"""The cells of a programme's table: which unit is judged by which indicator in which period."""

from collections.abc import Iterator

from services.contracts.programme.calendars import Period
from services.contracts.programme.model import Programme


def cells(programme: Programme) -> Iterator[tuple[str, str, str]]:
    """Every (unit id, indicator code, period code), by indicator, period, and unit from the root down."""
    for indicator in programme.indicators.values():
        for period in programme.periods_from(indicator.frequency):
            for unit in units_of(programme, period):
                yield unit, indicator.code, period.code


def seats(programme: Programme) -> list[tuple[str, str]]:
    """Every (unit id, period code) in which a unit is judged, by unit. With `judged` they make the cells."""
    return sorted((unit, period.code) for period in programme.periods() for unit in units_of(programme, period))


def judged(programme: Programme) -> list[tuple[str, str]]:
    """Every (indicator code, period code) in which an indicator is judged: the same for all units."""
    return [
        (indicator.code, period.code)
        for indicator in programme.indicators.values()
        for period in programme.periods_from(indicator.frequency)
    ]


def is_cell(programme: Programme, unit: str, indicator: str, period: str) -> bool:
    """Whether the programme has this cell."""
    known, held = programme.indicators.get(indicator), programme.period(period)
    if known is None or held is None or held not in programme.periods_from(known.frequency):
        return False
    return programme.units.within(unit, programme.root) and bool(programme.units.leaves(unit, held))


def units_of(programme: Programme, period: Period) -> tuple[str, ...]:
    """Who reports on some day of a period and everything above them up to the root; the root comes first."""
    known = programme.units_judged
    if period.code not in known:
        known[period.code] = _units_of(programme, period)
    return known[period.code]


def _units_of(programme: Programme, period: Period) -> tuple[str, ...]:
    units, root = programme.units, programme.root
    leaves = units.leaves(root, period)
    below_root = units.subtree(root)
    above = {holder for leaf in leaves for holder in units.ancestors(leaf) if holder in below_root}
    ordered = sorted(above, key=lambda unit: (len(units.ancestors(unit)), unit))
    return (*ordered, *leaves)
