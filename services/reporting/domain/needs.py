"""Which facts a set of cells is decided by, so that they can be read in a few queries."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.contracts.programme import REPORT_FED, Indicator, Period, Programme
from services.reporting.domain.inputs import Cell


@dataclass(frozen=True, slots=True)
class Needs:
    """`report_ids` of reports; `signer_kinds` in `signer_units` up to each of `ends`; tips of `tip_units`."""

    report_ids: frozenset[UUID]
    signer_kinds: frozenset[str]
    signer_units: frozenset[str]
    ends: frozenset[date]
    tip_units: frozenset[str]


def needs_of(cells: Iterable[Cell], programme: Programme) -> Needs:
    """The union of what each cell reads (see the rules of its kind)."""
    report_ids: set[UUID] = set()
    kinds: set[str] = set()
    units: set[str] = set()
    ends: set[date] = set()
    tip_units: set[str] = set()
    for cell in cells:
        indicator, period = programme.indicators[cell.indicator], programme.period(cell.period)
        if period is None:
            continue
        if indicator.kind == "tips_in_time":
            tip_units |= programme.units.subtree(cell.unit)
        elif indicator.signer_kind is not None:
            kinds.add(indicator.signer_kind)
            units.update(programme.units.leaves(cell.unit, period))
            ends.add(period.end)
        else:
            report_ids |= _report_ids(cell.unit, indicator, period, programme)
    return Needs(frozenset(report_ids), frozenset(kinds), frozenset(units), frozenset(ends), frozenset(tip_units))


def _report_ids(unit: str, indicator: Indicator, period: Period, programme: Programme) -> set[UUID]:
    own = indicator.kind in REPORT_FED
    forms = [form for form in programme.forms.values() if not own or form.code == indicator.form]
    keys = (
        (form.code, leaf, base.code)
        for form in forms
        for base in programme.base_periods(period, form.frequency)
        for leaf in programme.units.leaves(unit, period)
    )
    owed = (programme.obligations_of.get(key) for key in keys)
    return {obligation.report_id for obligation in owed if obligation is not None}
