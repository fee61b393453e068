"""A number that is withheld is a share of something, and is told nowhere else."""

from collections.abc import Iterable
from typing import Final

from services.contracts.programme.faults import Faults
from services.contracts.programme.indicators import SIGNER_FED, IndicatorKind
from services.contracts.programme.reading.folder import Folder
from services.contracts.programme.reading.indicator_shapes import IndicatorShape
from services.contracts.programme.reading.shapes import SmallNumbersShape

_SHARES: Final[frozenset[IndicatorKind]] = frozenset({"ratio", "coverage"})
"""Their denominator can be a number of people; that of the others is one of units, reports or tips."""


def check_small_numbers(folder: Folder, faults: Faults) -> None:
    rule = folder.programme.small_numbers if folder.programme is not None else None
    if rule is None:
        return
    named = [one for one in folder.indicators if one.code in rule.indicators]
    others = [one for one in folder.indicators if one.code not in rule.indicators]
    if len(set(rule.indicators)) < len(rule.indicators):
        faults.add(rule.place, "indicators", "một chỉ tiêu được ghi hai lần", "an indicator is there twice")
    _check_named(rule, folder, named, faults)
    for one in named:
        for other in others:
            _check_apart(rule, one, other, faults)
    _check_baseline(folder, rule, faults)


def _check_named(rule: SmallNumbersShape, folder: Folder, named: Iterable[IndicatorShape], faults: Faults) -> None:
    known = {one.code for one in folder.indicators}
    for code in rule.indicators:
        if "indicators.yaml" in folder.whole and code not in known:
            faults.add(rule.place, "indicators", f"không có chỉ tiêu {code}", f"there is no indicator {code}")
    for one in named:
        if one.kind not in _SHARES:
            vi, en = f"{one.code} không phải tỷ lệ trên số người", f"{one.code} is no share of a number of people"
            faults.add(rule.place, "indicators", vi, en)


def _check_apart(rule: SmallNumbersShape, one: IndicatorShape, other: IndicatorShape, faults: Faults) -> None:
    """What is withheld here must not be read from another indicator."""
    same_form = one.form is not None and one.form == other.form
    shared = _measures(one) & _measures(other) if same_form else set()
    same_signers = one.kind in SIGNER_FED and other.kind in SIGNER_FED and one.signer_kind == other.signer_kind
    if shared or same_signers:
        told = ", ".join(sorted(shared)) or one.signer_kind
        vi = f"{other.code} cho biết {told}, là số mà {one.code} không được công bố: ghi cả {other.code}"
        en = f"{other.code} tells {told}, which {one.code} may have to withhold: name {other.code} too"
        faults.add(rule.place, "indicators", vi, en)


def _measures(one: IndicatorShape) -> set[str]:
    return {code for code in (one.measure, one.numerator, one.denominator, *one.measures) if code is not None}


def _check_baseline(folder: Folder, rule: SmallNumbersShape, faults: Faults) -> None:
    for row in folder.baseline:
        if row.indicator in rule.indicators and row.den < rule.fewest:
            vi, en = f"số nhỏ hơn {rule.fewest} không được công bố", f"a share of fewer than {rule.fewest} is not told"
            faults.add(row.place, "den", vi, en)
