"""A criterion of a verdict: what its cells say, as an interval, held against its thresholds. Nothing is guessed.

A state is decided only if every completion of what is missing leaves it as it is: whatever is not known, not due, not
settled because its period is still open, or not evaluated anew, leaves the criterion undecided, and says why.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Final, Literal, NamedTuple

from services.contracts.programme import Criterion, Indicator, Period, Programme, ThresholdName
from services.reporting.domain.inputs import Cell, Value
from services.reporting.domain.status import Status

State = Literal["satisfied", "failed", "undecided"]
Reason = Literal["provisional", "not_evaluated", "stale", "not_due", "no_data", "open", "bounds"]
"""Why a criterion is undecided; the first that is met, in this order."""
_REASONS: Final[tuple[Reason, ...]] = ("provisional", "not_evaluated", "stale", "not_due", "no_data", "open", "bounds")


class Reading(NamedTuple):
    """What is stored of a cell (None: nothing yet). `stale`: it is still to be evaluated anew."""

    status: Status | None
    stale: bool = False


Readings = Mapping[Cell, Reading]
NOTHING: Final = Reading(None)


class Span(NamedTuple):
    """All that a number may still be; `high` None: without limit."""

    low: Fraction
    high: Fraction | None


@dataclass(frozen=True, slots=True)
class Judged:
    """A criterion of a unit. `passes_now`: whether what is known today passes, decided or not; None: nothing is known.

    `against`: of several cells that are asked one by one, those that do not satisfy it.
    """

    criterion: Criterion
    state: State
    reason: Reason | None
    passes_now: bool | None
    cells: tuple[Cell, ...]
    against: frozenset[Cell] = frozenset()


def cells_read(criterion: Criterion, programme: Programme, unit: str, period: Period) -> tuple[Cell, ...]:
    """The cells that a criterion stands on: of the unit in the period, or of each reporting unit and base period."""
    if criterion.each is None:
        return tuple(Cell(unit, code, period.code) for code in (*criterion.reads, *criterion.per))
    kind = programme.indicators[criterion.reads[0]].frequency if criterion.reads else "month"
    return tuple(
        Cell(leaf, code, base.code)
        for code in criterion.reads
        for base in programme.base_periods(period, kind)
        for leaf in programme.units.leaves(unit, base)
    )


def judged(
    criterion: Criterion, programme: Programme, unit: str, period: Period, readings: Readings, now: datetime | None
) -> Judged:
    """The state of a criterion at `now`, up to which the cells are evaluated (None: nothing is)."""
    cells = cells_read(criterion, programme, unit, period)
    asked = [(cell,) for cell in cells] if criterion.each else [cells]
    found = [_compared(criterion, of, programme, readings, now) for of in asked]
    state = all_of([state for state, _ in found])
    reason = (_first(reason for _, reason in found) or "no_data") if state == "undecided" else None
    if criterion.provisional:
        state, reason = "undecided", "provisional"
    passes = _all_pass([_passes_now(criterion, of, readings) for of in asked])
    against = (cell for of, (of_it, _) in zip(asked, found, strict=True) if of_it != "satisfied" for cell in of)
    return Judged(criterion, state, reason, passes, cells, frozenset(against))


def all_of(states: Sequence[State]) -> State:
    """Satisfied when all are; failed as soon as one is. Of nothing, nothing is said."""
    if "failed" in states:
        return "failed"
    return "undecided" if "undecided" in states or not states else "satisfied"


def _compared(
    criterion: Criterion, cells: Sequence[Cell], programme: Programme, readings: Readings, now: datetime | None
) -> tuple[State, Reason | None]:
    spans: list[Span] = []
    reasons: list[Reason] = []
    for cell in cells:
        found = _span(cell, programme, readings.get(cell, NOTHING), now)
        if isinstance(found, Span):
            spans.append(found)
        else:
            reasons.append(found)
    if reasons or not cells:
        return "undecided", _first(reasons) or "no_data"
    span = _divided(spans[: len(criterion.reads)], spans[len(criterion.reads) :])
    if span is None:
        return "undecided", "no_data"
    state = _held_against(criterion, span, sourced=True)
    if state != "undecided":
        return state, None
    return state, "bounds" if _held_against(criterion, span) == "undecided" else "provisional"


def _span(cell: Cell, programme: Programme, reading: Reading, now: datetime | None) -> Span | Reason:
    """The interval in which a cell's value must end, or why there is none."""
    status, period = reading.status, programme.period(cell.period)
    if status is None or now is None or period is None:
        return "not_evaluated"
    indicator = programme.indicator(cell.indicator, period)
    if reading.stale:
        return "stale"
    if status.status == "not_due" and status.value is None:
        return "not_due"
    own = programme.own_period(cell.unit, period) or period
    if indicator.kind != "flow" and now < own.closes_at:
        return "open"
    low, high = _bounds(indicator, status)
    if low is None and high is None:
        return "no_data" if status.value is None else Span(status.value.fraction, status.value.fraction)
    return Span(low.fraction if low else Fraction(0), high.fraction if high else None)


def _bounds(indicator: Indicator, status: Status) -> tuple[Value | None, Value | None]:
    worst, best = status.worst, status.best
    return (worst, best) if indicator.target.op == "at_least" else (best, worst)


def _divided(reads: Sequence[Span], per: Sequence[Span]) -> Span | None:
    """The sum of `reads`, over the sum of `per` where there is one; None when it may be divided by zero alone."""
    top = _sum(reads)
    if not per:
        return top
    under = _sum(per)
    if under.high == 0:
        return None
    low = top.low / under.high if under.high else Fraction(0)
    return Span(low, top.high / under.low if under.low and top.high is not None else None)


def _sum(spans: Sequence[Span]) -> Span:
    highs = [span.high for span in spans if span.high is not None]
    low, high = sum((span.low for span in spans), Fraction(0)), sum(highs, Fraction(0))
    return Span(low, high if len(highs) == len(spans) else None)


def _held_against(criterion: Criterion, span: Span, *, sourced: bool = False) -> State:
    """Each threshold is asked for itself: an interval that passes them all lies between them.

    `sourced`: a threshold that no source gives leaves its part undecided.
    """
    asked: dict[ThresholdName, State] = {}
    low, high = span
    if (least := criterion.at_least) is not None:
        asked["at_least"] = _state(low >= least, high is not None and high < least)
    if (most := criterion.at_most) is not None:
        asked["at_most"] = _state(high is not None and high <= most, low > most)
    if (below := criterion.below) is not None:
        asked["below"] = _state(high is not None and high < below, low >= below)
    return all_of(["undecided" if sourced and name in criterion.unsettled else state for name, state in asked.items()])


def _state(surely: bool, never: bool) -> State:
    return "satisfied" if surely else "failed" if never else "undecided"


def _passes_now(criterion: Criterion, cells: Sequence[Cell], readings: Readings) -> bool | None:
    values = [status.value for cell in cells if (status := readings.get(cell, NOTHING).status) is not None]
    known = [Span(value.fraction, value.fraction) for value in values if value is not None]
    if len(known) < len(cells) or not cells:
        return None
    span = _divided(known[: len(criterion.reads)], known[len(criterion.reads) :])
    state = "undecided" if span is None else _held_against(criterion, span)
    return None if state == "undecided" else state == "satisfied"


def _all_pass(found: Sequence[bool | None]) -> bool | None:
    if False in found:
        return False
    return None if None in found or not found else True


def _first(reasons: Iterable[Reason | None]) -> Reason | None:
    met = set(reasons)
    return next((reason for reason in _REASONS if reason in met), None)
