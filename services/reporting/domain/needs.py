"""Which facts a set of cells is decided by, so that they can be read in a few queries."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import partial
from uuid import UUID

from services.contracts.programme import REPORT_FED, TIP_FED, Form, Indicator, Period, Programme
from services.reporting.domain.inputs import Cell
from services.reporting.domain.parts import keys_of, unknown
from services.reporting.domain.tallies import Key, Tallies


@dataclass(frozen=True, slots=True)
class Needs:
    """`report_ids` of reports; `signer_kinds` in `signer_units` up to each of `ends`; tips by receiving unit.

    `tip_movers`: of a unit that receives tips, the units that may say of one that it was handed over. `places` are the
    (unit, period) asked about; `reports_below`: of each -> every report owed by or below the unit inside the period.
    """

    report_ids: frozenset[UUID]
    signer_kinds: frozenset[str]
    signer_units: frozenset[str]
    ends: frozenset[date]
    tip_movers: Mapping[str, tuple[str, ...]]
    places: frozenset[tuple[str, str]] = frozenset()
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
        frozenset((cell.unit, cell.period) for cell in asked),
        partial(reports_below, programme),
    )


def needs_beside(
    starts: Mapping[Cell, datetime], until: datetime, programme: Programme, tallies: Tallies
) -> tuple[Needs, frozenset[Key]]:
    """As `needs_of`, of cells that are evaluated from an instant on, less what is remembered of those that add up.

    Beside it the tallies that can be made once this has been read.
    """
    keys = {cell: keys_of(cell, programme, at, until) for cell, at in starts.items()}
    alone = needs_of((cell for cell, own in keys.items() if not own), programme)
    wanted = {one for own in keys.values() for key in own for one in unknown(key, programme, tallies)}
    places = {(key.unit, key.part.form, key.part.bases) for key in wanted}
    units, owed = programme.units, programme.obligations_of
    asked = (
        (form, leaf, base)
        for unit, form, bases in places
        for leaf in units.reporting_directly_below(unit)
        for base in bases
    )
    ids = alone.report_ids.union(owed[key].report_id for key in asked if key in owed)
    every = frozenset((cell.unit, cell.period) for cell in starts)
    return replace(alone, report_ids=ids, places=every), frozenset(wanted)


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


Width = Mapping[Hashable, int]


@dataclass
class Room:
    """How much may still be read, in reports, units that sign, and units that receive tips. What two cells read alike
    takes its room once. `now`: from which instant on the cells are evaluated."""

    programme: Programme
    tallies: Tallies
    now: datetime
    left: int
    _taken: set[Hashable] = field(default_factory=set)

    def width(self, cell: Cell) -> Width:
        """How much a cell reads: of one that adds up, what is not remembered."""
        keys = keys_of(cell, self.programme, self.now, self.now)
        return _to_add_up(keys, self.programme, self.tallies) if keys else width(cell, self.programme)

    def take(self, cell: Cell, *, anyhow: bool = False) -> bool:
        """Whether there was room for it, or it is taken without."""
        further = {what: number for what, number in self.width(cell).items() if what not in self._taken}
        needed = sum(further.values())
        if needed > self.left and not anyhow:
            return False
        self._taken.update(further)
        self.left -= needed
        return True


def _to_add_up(keys: Iterable[Key], programme: Programme, tallies: Tallies) -> Width:
    made = {one for key in keys for one in unknown(key, programme, tallies)}
    leaves = programme.units.reporting_directly_below
    return {(one.unit, one.part.form, one.part.bases): len(leaves(one.unit)) * len(one.part.bases) for one in made}


def width(cell: Cell, programme: Programme) -> Width:
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
