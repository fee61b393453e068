"""Which facts a set of cells is decided by, so that they can be read in a few queries."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.contracts.programme import REPORT_FED, Indicator, Period, Programme
from services.reporting.domain.inputs import Cell


@dataclass(frozen=True, slots=True)
class Needs:
    """`report_ids` of reports; `signer_kinds` in `signer_units` up to each of `ends`; tips by receiving unit.

    `tip_movers`: of a unit that receives tips, the units that may say of one that it was handed over.
    """

    report_ids: frozenset[UUID]
    signer_kinds: frozenset[str]
    signer_units: frozenset[str]
    ends: frozenset[date]
    tip_movers: Mapping[str, tuple[str, ...]]


def needs_of(cells: Iterable[Cell], programme: Programme) -> Needs:
    """The union of what each cell reads (see the rules of its kind)."""
    report_ids: set[UUID] = set()
    kinds: set[str] = set()
    units: set[str] = set()
    ends: set[date] = set()
    movers: dict[str, tuple[str, ...]] = {}
    for cell in cells:
        indicator, period = programme.indicators[cell.indicator], programme.period(cell.period)
        if period is None:
            continue
        if indicator.kind == "tips_in_time":
            movers |= {unit: _movers(unit, programme) for unit in programme.units.subtree(cell.unit) - movers.keys()}
        elif indicator.signer_kind is not None:
            kinds.add(indicator.signer_kind)
            units.update(programme.units.leaves(cell.unit, period))
            ends.add(period.end)
        else:
            report_ids |= _report_ids(cell.unit, indicator, period, programme)
    return Needs(frozenset(report_ids), frozenset(kinds), frozenset(units), frozenset(ends), movers)


def _movers(unit: str, programme: Programme) -> tuple[str, ...]:
    """The unit itself and those above it: what another one says of its tips is void."""
    return (unit, *programme.units.ancestors(unit))


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
