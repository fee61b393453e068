"""What a cell above the reporting units is added up from, so that no more of it is read than has moved."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from services.contracts.programme import REPORT_FED, Indicator, Period, Programme
from services.reporting.domain.expand import Mark, feeds
from services.reporting.domain.inputs import Cell
from services.reporting.domain.tallies import Key, Part, Tallies


def adds_up(unit: str, indicator: str, period: Period, programme: Programme) -> bool:
    """Whether the parts of a unit can be added up in its own period: as long as the map below it stays the same.

    Else it depends on each reporting unit which of its reports count when, and all are looked at one by one; so they
    are where it depends on each whether the share of its people may be told.
    """
    if programme.small_numbers is not None and indicator in programme.small_numbers.indicators:
        return False
    known = programme.units.by_id[unit]
    return not known.is_leaf and not period.stub and not programme.units.changes_in(unit, period)


def parts_of(indicator: Indicator, period: Period, programme: Programme, at: datetime) -> tuple[Part, ...]:
    """The parts that decide a cell at an instant; none for a kind that no report feeds."""
    if indicator.kind == "reports_on_time":
        return tuple(
            _whole(form.code, base)
            for form in programme.forms.values()
            for base in programme.base_periods(period, form.frequency)
        )
    bases, form = programme.base_periods(period, indicator.frequency), indicator.form or ""
    if indicator.kind not in REPORT_FED or not bases:
        return ()
    if indicator.kind == "flow":
        return tuple(_whole(form, base) for base in bases)
    return (_current(form, bases, len(bases) if at >= period.closes_at else sum(one.closes_at <= at for one in bases)),)


def _whole(form: str, base: Period) -> Part:
    return Part(form, (base.code,), None, base.start, base.end)


def _current(form: str, bases: tuple[Period, ...], owed: int) -> Part:
    """What is older than the latest owed report decides nothing, so it is not looked at."""
    looked_at = bases[max(owed - 1, 0) :]
    codes = tuple(base.code for base in looked_at)
    return Part(form, codes, min(owed, 1), looked_at[0].start, looked_at[-1].end)


def keys_of(cell: Cell, programme: Programme, at: datetime, until: datetime) -> frozenset[Key]:
    """What a cell is added up from at any instant from `at` to `until`; nothing where it is not."""
    indicator, period = programme.indicators[cell.indicator], programme.period(cell.period)
    own = period and programme.own_period(cell.unit, period)
    if own is None or not adds_up(cell.unit, cell.indicator, own, programme):
        return frozenset()
    closings = (base.closes_at for base in programme.base_periods(own, indicator.frequency))
    instants = (at, *(one for one in (*closings, own.closes_at) if at < one <= until))
    parts = {part for instant in instants for part in parts_of(indicator, own, programme, instant)}
    return frozenset(Key(cell.unit, cell.indicator, part) for part in parts)


def unknown(key: Key, programme: Programme, tallies: Tallies) -> Iterator[Key]:
    """The tally itself and those below it that it is made from, as far as none is remembered."""
    if key not in tallies:
        yield key
        for below in programme.units.holders_below(key.unit):
            yield from unknown(key._replace(unit=below), programme, tallies)


def still_true(tallies: Tallies, marks: Iterable[Mark], programme: Programme) -> Tallies:
    """What is remembered at the beginning of a turn, without what the marks it has read say has moved."""
    tallies.begin(programme.id, programme.version)
    for mark in set(marks):
        if mark.source == "programme":
            tallies.forget_all()
        elif mark.source.startswith("form:"):
            fed = [code for code, indicator in programme.indicators.items() if feeds(mark.source, indicator)]
            tallies.forget(programme.units.ancestors(mark.unit), fed, mark.since, mark.until)
    return tallies
