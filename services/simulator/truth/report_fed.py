"""Flows, stocks, flags and ratios: what reports say, and what their silence says."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from services.contracts.programme import Indicator, Period
from services.simulator.truth.withheld import is_withheld
from services.simulator.truth.world import NOT_DUE, Expected, Number, World

Figures = tuple[int, ...]
"""What one report says: the measure, or numerator and denominator of a ratio."""


@dataclass(frozen=True)
class Question:
    """One cell. An input is (leaf, base period); it is missing while no counting report states all its measures."""

    world: World
    unit: str
    indicator: Indicator
    period: Period
    leaves: tuple[str, ...]
    bases: tuple[Period, ...]

    @property
    def closed(self) -> bool:
        return self.period.closes_at <= self.world.now

    def owed(self, base: Period) -> bool:
        return base.closes_at <= self.world.now

    def figures(self, leaf: str, base: Period) -> Figures | None:
        report = self.world.reports.get((self.indicator.form or "", leaf, base.code))
        if report is None or report.returned:
            return None
        if report.body.get("nil"):
            return tuple(0 for _ in self.indicator.measures)
        stated = [report.body["values"].get(measure) for measure in self.indicator.measures]
        return None if None in stated else tuple(stated)

    def silence(self, missing: list[tuple[str, Period]]) -> Expected:
        """Missing inputs: overdue as soon as one of them is past its due date."""
        due = self.world.programme.obligations_of
        form = self.indicator.form or ""
        late = any(self.world.now >= due[form, leaf, base.code].due_at for leaf, base in missing)
        nothing = all(self.figures(leaf, base) is None for leaf in self.leaves for base in self.bases)
        return Expected("overdue" if late else "no_data", stated=nothing)


def report_fed(world: World, unit: str, indicator: Indicator, period: Period) -> Expected:
    if world.now < period.opens_at:
        return NOT_DUE
    question = Question(
        world=world,
        unit=unit,
        indicator=indicator,
        period=period,
        leaves=world.programme.units.leaves(unit, period),
        bases=world.programme.base_periods(period, indicator.frequency),
    )
    return _flow(question) if indicator.kind == "flow" else _current(question)


def _flow(q: Question) -> Expected:
    """All inputs add up. At least: more can still come. At most: what is known can only grow."""
    inputs = [(leaf, base) for leaf in q.leaves for base in q.bases]
    received = [pair for pair in inputs if q.figures(*pair) is not None]
    missing = [pair for pair in inputs if q.figures(*pair) is None]
    total = sum(sum(q.figures(*pair) or ()) for pair in received)
    target = _target(q)
    at_least = q.indicator.target.op == "at_least"
    passes = total >= target if at_least else total <= target
    cannot_pass = not passes and not (at_least and missing)
    cannot_fail = passes and not (not at_least and missing)
    value = (total, 1)
    if q.indicator.auxiliary:
        expected = [pair for pair in inputs if q.owed(pair[1]) or pair in received]
        return _only_counted(q, value, expected, [pair for pair in expected if pair in missing])
    if q.closed:
        if cannot_pass or cannot_fail:
            return Expected("met" if cannot_fail else "not_met", value)
        return q.silence(missing)
    if cannot_pass:
        return Expected("lost", value)
    if at_least and passes:
        return Expected("on_track", value)
    return _flow_open(q, total, inputs, received)


def _only_counted(
    q: Question, value: Number, expected: list[tuple[str, Period]], missing: list[tuple[str, Period]]
) -> Expected:
    """Without a target there is nothing to judge: it is known, or an input is missing."""
    if missing:
        return q.silence(missing)
    return Expected("not_due", value) if expected else NOT_DUE


def _flow_open(
    q: Question, total: int, inputs: list[tuple[str, Period]], received: list[tuple[str, Period]]
) -> Expected:
    owed = [(leaf, base) for leaf, base in inputs if q.owed(base)]
    if not owed and not received:
        return NOT_DUE
    missing = [pair for pair in owed if pair not in received]
    if missing:
        return q.silence(missing)
    if q.indicator.target.op == "at_most":
        return Expected("on_track", (total, 1))
    counted = len([pair for pair in inputs if pair in owed or pair in received])
    enough = total >= _target(q) * Fraction(counted, len(inputs))
    return Expected("on_track" if enough else "at_risk", (total, 1))


def _current(q: Question) -> Expected:
    """Stocks, flags and ratios: only the current input of each leaf matters."""
    current = {leaf: _current_base(q, leaf) for leaf in q.leaves}
    asked = [(leaf, base) for leaf, base in current.items() if base is not None]
    missing = [(leaf, base) for leaf, base in asked if q.figures(leaf, base) is None]
    figures = [found for leaf, base in asked if (found := q.figures(leaf, base)) is not None]
    if not asked:
        return NOT_DUE
    if q.indicator.auxiliary:
        return _only_counted(q, _value(q, figures), asked, missing)
    if missing:
        return _with_missing(q, figures, missing)
    value = _value(q, figures)
    if value[1] == 0:
        return NOT_DUE
    passes = _passes(q, value)
    told = None if _is_withheld(q, {leaf: q.figures(leaf, base) for leaf, base in asked}) else value
    if q.closed:
        return Expected("met" if passes else "not_met", told)
    return Expected("on_track" if passes else "at_risk", told)


def _is_withheld(q: Question, figures: Mapping[str, Figures | None]) -> bool:
    rule = q.world.programme.small_numbers
    if rule is None or q.indicator.code not in rule.indicators or q.indicator.kind != "ratio":
        return False
    return is_withheld(q.world.programme, q.unit, {leaf: found[-1] for leaf, found in figures.items() if found})


def _with_missing(q: Question, figures: list[Figures], missing: list[tuple[str, Period]]) -> Expected:
    """A closed stock may be decided by what is known: it can only grow by what is missing."""
    if q.closed and q.indicator.kind == "stock":
        known = _value(q, figures)
        at_most = q.indicator.target.op == "at_most"
        if at_most is not _passes(q, known):
            return Expected("not_met" if at_most else "met", known)
    return q.silence(missing)


def _current_base(q: Question, leaf: str) -> Period | None:
    """Closed: the last. Open: the latest that is owed, or a later one that came early."""
    if q.closed:
        return q.bases[-1]
    owed = [base for base in q.bases if q.owed(base)]
    early = [base for base in q.bases if not q.owed(base) and q.figures(leaf, base) is not None]
    return (owed + early)[-1] if owed or early else None


def _value(q: Question, figures: list[Figures]) -> Number:
    if q.indicator.kind == "stock":
        return sum(number for stated in figures for number in stated), 1
    if q.indicator.kind == "flag":
        return sum(1 for (flag,) in figures if flag == 1), len(figures)
    return sum(num for num, _ in figures), sum(den for _, den in figures)


def _passes(q: Question, value: Number) -> bool:
    number = Fraction(*value)
    return number >= _target(q) if q.indicator.target.op == "at_least" else number <= _target(q)


def _target(q: Question) -> Fraction:
    target = q.indicator.target
    times = q.period.months * len(q.leaves) if target.per == "unit_month" else 1
    return Fraction(target.num, target.den) * times
