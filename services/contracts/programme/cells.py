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


def units_of(programme: Programme, period: Period) -> tuple[str, ...]:
    """The reporting units of a period and everything above them up to the root; the root comes first."""
    units, root = programme.units, programme.root
    leaves = units.leaves(root, period)
    below_root = units.subtree(root)
    above = {holder for leaf in leaves for holder in units.ancestors(leaf) if holder in below_root}
    ordered = sorted(above, key=lambda unit: (len(units.ancestors(unit)), unit))
    return (*ordered, *leaves)
