"""Which numbers of tips may be told: none from which the tips of a single reporting unit can be made out.

A ward has a tip or two a month, so that one more tells its neighbours who was seen at the station. A rule that looked
at the number itself would tell on which day the fifth one came; so the map alone decides of which units a number is
told. Parts of a told number (by channel) are told from five on.
"""

from collections.abc import Mapping
from typing import Final

from services.contracts.fields import TipChannel
from services.contracts.programme import Period, Programme

SMALLEST_TOLD: Final = 5
"""Ours: no source sets the number below which a cell identifies a sender."""


def tips_are_told(programme: Programme, unit: str, period: Period) -> bool:
    """Of units with two or more reporting units, unless one alone beside them could be worked out as the rest."""
    if len(programme.units.leaves(unit, period)) <= 1:
        return False
    parent = programme.units.by_id[unit].parent
    if unit == programme.root or parent is None:
        return True
    return _single_units(programme, parent, period) != 1 and tips_are_told(programme, parent, period)


def _single_units(programme: Programme, unit: str, period: Period) -> int:
    """How many of the units directly below stand for one reporting unit alone."""
    units = programme.units
    below = (*units.holders_below(unit), *units.reporting_directly_below(unit))
    return sum(1 for one in below if len(units.leaves(one, period)) == 1)


def told_parts(counts: Mapping[TipChannel, int]) -> dict[TipChannel, int | None]:
    """Parts of a told number, None where they are hidden: those below five, and never a single one alone."""
    hidden = {part for part, n in counts.items() if n < SMALLEST_TOLD}
    shown = sorted(counts.keys() - hidden, key=lambda part: (counts[part], part))
    if len(hidden) == 1 and shown:
        hidden.add(shown[0])
    return {part: None if part in hidden else n for part, n in counts.items()}
