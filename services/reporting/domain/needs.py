"""Which facts a set of cells is decided by, so that they can be read in a few queries."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from uuid import UUID

from services.contracts.programme import REPORT_FED, TIP_FED, Form, Indicator, Period, Programme
from services.reporting.domain.inputs import Cell


@dataclass(frozen=True, slots=True)
class Needs:
    """`report_ids` of reports; `signer_kinds` in `signer_units` up to each of `ends`; tips by receiving unit.

    `tip_movers`: of a unit that receives tips, the units that may say of one that it was handed over. `cells` are
    those asked about; `reports_below`: (unit, period) -> every report owed by or below the unit inside the period.
    """

    report_ids: frozenset[UUID]
    signer_kinds: frozenset[str]
    signer_units: frozenset[str]
    ends: frozenset[date]
    tip_movers: Mapping[str, tuple[str, ...]]
    cells: frozenset[Cell] = frozenset()
    reports_below: Callable[[str, str], frozenset[UUID]] = field(
        default=lambda _unit, _period: frozenset(), compare=False
    )


def needs_of(cells: Iterable[Cell], programme: Programme) -> Needs:
    """The union of what each cell reads (see the rules of its kind)."""
    report_ids: set[UUID] = set()
    kinds: set[str] = set()
    units: set[str] = set()
    ends: set[date] = set()
    movers: dict[str, tuple[str, ...]] = {}
    asked = frozenset(cells)
    seen: set[tuple[str, str, str]] = set()
    for cell in asked:
        indicator, period = programme.indicators[cell.indicator], programme.period(cell.period)
        if period is None:
            continue
        if indicator.kind in TIP_FED:
            movers |= {unit: _movers(unit, programme) for unit in programme.units.subtree(cell.unit) - movers.keys()}
        elif indicator.signer_kind is not None:
            kinds.add(indicator.signer_kind)
            units.update(programme.units.leaves(cell.unit, period))
            ends.add((programme.own_period(cell.unit, period) or period).end)
        else:
            for form in _forms(indicator, programme):
                if (cell.unit, cell.period, form.code) not in seen:
                    seen.add((cell.unit, cell.period, form.code))
                    report_ids.update(_report_ids(cell.unit, form, period, programme))
    return Needs(
        frozenset(report_ids),
        frozenset(kinds),
        frozenset(units),
        frozenset(ends),
        movers,
        asked,
        partial(reports_below, programme),
    )


def reports_below(programme: Programme, unit: str, period_code: str) -> frozenset[UUID]:
    """Every report, on whatever form, that is owed by or below a unit for the periods inside a period."""
    period = programme.period(period_code)
    return (
        frozenset()
        if period is None
        else frozenset(one for form in programme.forms.values() for one in _report_ids(unit, form, period, programme))
    )


def _movers(unit: str, programme: Programme) -> tuple[str, ...]:
    """The unit itself, what became of it, and those above: what another one says of its tips is void."""
    own = [unit, *programme.lineage.later(unit)]
    return tuple(dict.fromkeys(holder for one in own for holder in (one, *programme.units.ancestors(one))))


def _forms(indicator: Indicator, programme: Programme) -> list[Form]:
    own = indicator.kind in REPORT_FED
    return [form for form in programme.forms.values() if not own or form.code == indicator.form]


def _report_ids(unit: str, form: Form, period: Period, programme: Programme) -> Iterator[UUID]:
    for base in programme.base_periods(period, form.frequency):
        for leaf in programme.units.leaves(unit, period):
            owed = programme.obligations_of.get((form.code, leaf, base.code))
            if owed is not None:
                yield owed.report_id


@dataclass
class Room:
    """How much may still be read, in reports, units that sign, and units that receive tips. What two cells read alike
    takes its room once."""

    programme: Programme
    left: int
    _taken: set[tuple[str, str, str]] = field(default_factory=set)

    def take(self, cell: Cell, *, anyhow: bool = False) -> bool:
        """Whether there was room for it, or it is taken without."""
        further = {what: number for what, number in width(cell, self.programme).items() if what not in self._taken}
        needed = sum(further.values())
        if needed > self.left and not anyhow:
            return False
        self._taken.update(further)
        self.left -= needed
        return True


def width(cell: Cell, programme: Programme) -> Mapping[tuple[str, str, str], int]:
    """How much a cell reads: it grows with the units below its own, and with the length of its period."""
    indicator, period = programme.indicators[cell.indicator], programme.period(cell.period)
    if period is None:
        return {}
    if indicator.kind in TIP_FED:
        return {(cell.unit, "", "tip"): len(programme.units.subtree(cell.unit))}
    leaves = len(programme.units.leaves(cell.unit, period))
    if indicator.signer_kind is not None:
        return {(cell.unit, "", indicator.signer_kind): leaves}
    return {
        (cell.unit, cell.period, form.code): leaves * len(programme.base_periods(period, form.frequency))
        for form in _forms(indicator, programme)
    }
