"""Which shares of people are not told: of too few somebody could be made out."""

from collections.abc import Mapping

from services.contracts.programme import Programme


def is_withheld(programme: Programme, unit: str, counted: Mapping[str, int]) -> bool:
    """`counted`: by ward, of how many its share is one. Unit by unit from the bottom up: what can be told is told.

    A unit is told unless taking away all that is told below it would leave one small ward, or several of fewer people
    together than the programme asks for.
    """
    rule = programme.small_numbers
    if rule is None:
        return False
    untold = {ward: {ward} if 0 < of < rule.fewest else set() for ward, of in counted.items()}
    above = {holder for ward in counted for holder in programme.units.ancestors(ward)}
    for holder in sorted(above, key=lambda one: -len(programme.units.ancestors(one))):
        parts = [wards for one, wards in untold.items() if programme.units.by_id[one].parent == holder]
        left: set[str] = set().union(*parts)
        told = sum(counted[ward] for ward in left) >= rule.fewest
        untold[holder] = set() if told else left
    return bool(untold.get(unit))
