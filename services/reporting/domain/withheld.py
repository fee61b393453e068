"""What is not told: of too few somebody could be made out, by a ward's figure or by subtraction.

Of tips the map says it (`small_numbers`), of shares of people their numbers, here. Whatever can be worked out from all
that is told is a sum over at least two small units that are enough together (`docs/adr/0029-...`): a total from which
less would be left is withheld with them.
"""

from collections import defaultdict
from collections.abc import Mapping

from services.contracts.programme import SmallNumbers, Units
from services.reporting.domain.branches import TOO_SMALL_TO_SHOW
from services.reporting.domain.case import Case, Cause, Finding
from services.reporting.domain.coverage import Covered
from services.reporting.domain.received import Input


def too_small(case: Case, cause: Cause) -> bool:
    """Whether the figures of an input are not told, counted or not."""
    rule = _rule(case)
    match cause:
        case Input() if rule is not None and cause.report is not None:
            return not rule.may_tell(cause.report.measure(case.indicator.denominator or ""))
        case Covered() if rule is not None:
            return not rule.may_tell(cause.denominator.value if cause.denominator else None)
    return False


def withheld(case: Case, finding: Finding) -> tuple[str, ...]:
    """The units for whose sake the value of a finding is not told; none: it is told."""
    if finding.branch is TOO_SMALL_TO_SHOW:
        return (case.unit,)
    rule = _rule(case)
    if rule is None or finding.value is None:
        return ()
    small = {unit: of for unit, of in (_counted(case, cause) for cause in finding.causes) if of}
    return tuple(sorted(_left(case.programme.units, case.unit, small, rule))) if small else ()


def _rule(case: Case) -> SmallNumbers | None:
    rule = case.programme.small_numbers
    return rule if rule is not None and case.indicator.code in rule.indicators else None


def _counted(case: Case, cause: Cause) -> tuple[str, int]:
    """A small unit, and of how many the value counts a share there; 0 where it is not small, or nothing counts."""
    match cause:
        case Input() if cause.measures is not None and too_small(case, cause):
            return cause.owing.unit, cause.measures[-1]
        case Covered() if cause.denominator is not None and too_small(case, cause):
            return cause.unit, cause.denominator.value
    return "", 0


def _left(units: Units, unit: str, small: Mapping[str, int], rule: SmallNumbers) -> Mapping[str, int]:
    """The small units whose sum would be left of the unit's value once all that is told below it is taken away."""
    if unit in small:
        return small
    below: dict[str, dict[str, int]] = defaultdict(dict)
    for leaf, of in small.items():
        chain = (leaf, *units.ancestors(leaf))
        below[chain[chain.index(unit) - 1]][leaf] = of
    left: dict[str, int] = {}
    for child, of_child in below.items():
        left |= _left(units, child, of_child, rule)
    return left if sum(left.values()) < rule.fewest else {}  # one small unit alone is never enough
