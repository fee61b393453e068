"""What a verdict must be: every total that the missing reports may still make is tried, and the undecided both ways."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import pairwise

from services.contracts.programme import Criterion, Grade, Indicator, Period, RulePack, Verdict, units_of
from services.simulator.truth.world import World

_MANY = 10**12
"""More than any report says."""
_COUNTED = frozenset({"flow", "stock"})


def verdicts(world: World) -> Iterator[tuple[tuple[str, str, str], str]]:
    """For (unit, `pack/verdict`, period) the grades that it may still come to; the class of complexity is one, too.

    Of the editions of a pack the one that holds as the period ends, in force or not: packs are compared on any data.
    """
    for period in world.programme.periods():
        for code in dict.fromkeys(pack.code for pack in world.programme.packs):
            pack = world.programme.pack(code, period.end)
            for verdict in pack.verdicts if pack else ():
                for unit in _judged_by(world, verdict, period):
                    if pack and is_known(world, pack, verdict):
                        grades = possible(world, pack, verdict, unit, period)
                        yield (unit, f"{code}/{verdict.code}", period.code), " | ".join(grades)


def _judged_by(world: World, verdict: Verdict, period: Period) -> list[str]:
    if period not in world.programme.periods_from(verdict.frequency):
        return []
    units = world.programme.units.by_id
    return [unit for unit in units_of(world.programme, period) if units[unit].kind in verdict.judges]


def is_known(world: World, pack: RulePack, verdict: Verdict) -> bool:
    """Verdicts over flows and stocks are; a share that a verdict reads is not foretold."""
    codes = {code for grade in verdict.grades for quorum in grade.quorums for code in quorum.of}
    asked = [pack.criteria[code] for code in codes if not pack.criteria[code].provisional]
    reads = [world.programme.indicators[code] for one in asked for code in (*one.reads, *one.per)]
    return all(indicator.kind in _COUNTED for indicator in reads)


def possible(world: World, pack: RulePack, verdict: Verdict, unit: str, period: Period) -> list[str]:
    """The grades that the verdict may still come to, in its order; one alone is its outcome."""
    asked = {code for grade in verdict.grades for quorum in grade.quorums for code in quorum.of}
    states = {code: holds(world, pack.criteria[code], unit, period) for code in asked}
    well = {code: state is not False for code, state in states.items()}
    badly = {code: state is True for code, state in states.items()}
    found = []
    for grade in verdict.grades:
        if _reached(grade, well):
            found.append(grade.code)
        if _reached(grade, badly):
            return found
    return [*found, verdict.otherwise.code]


def holds(world: World, criterion: Criterion, unit: str, period: Period) -> bool | None:
    """Whether a criterion does, whatever is still reported; None where that is not settled."""
    if criterion.provisional:
        return None
    if criterion.each is None:
        return _settled(_answers(world, criterion, unit, period))
    (code,) = criterion.reads
    months = world.programme.base_periods(period, world.programme.indicators[code].frequency)
    answers = [
        _settled(_answers(world, criterion, leaf, month))
        for month in months
        for leaf in world.programme.units.leaves(unit, month)
    ]
    return False if False in answers else None if None in answers else True


def _reached(grade: Grade, states: Mapping[str, bool]) -> bool:
    return any(sum(states[code] for code in quorum.of) >= quorum.need for quorum in grade.quorums)


def _settled(answers: set[bool | None]) -> bool | None:
    return answers.pop() if len(answers) == 1 else None


def _answers(world: World, criterion: Criterion, unit: str, period: Period) -> set[bool | None]:
    """What the criterion says of each total that can still come; None: nothing can be said yet."""
    tops = _total(world, criterion.reads, unit, period)
    unders = _total(world, criterion.per, unit, period) if criterion.per else (1, False)
    if tops is None or unders is None:
        return {None}
    limits = [limit for limit in (criterion.at_least, criterion.at_most, criterion.below) if limit is not None]
    answers: set[bool | None] = set()
    for under in _ends(*unders, [tops[0] / limit for limit in limits if limit]):
        if under == 0:
            answers.add(None)
            continue
        for top in _ends(*tops, [limit * under for limit in limits]):
            answers.add(_holds_of(criterion, top / under))
    return answers


def _ends(known: int, open_ended: bool, limits: list[Fraction]) -> Iterator[Fraction]:
    """The totals at which an answer can change: what is known, each limit above it, more than anybody counts, and one
    between each two. A total is taken for any number, not for a whole one: so the rules say."""
    ends = sorted({Fraction(known), *(limit for limit in limits if open_ended and limit > known)})
    ends += [Fraction(_MANY)] if open_ended else []
    yield from ends
    yield from ((one + next_one) / 2 for one, next_one in pairwise(ends))


def _total(world: World, codes: tuple[str, ...], unit: str, period: Period) -> tuple[int, bool] | None:
    """What is known of the sum, and whether more can come. None before a period opens, or a stock's is closed."""
    known, open_ended = 0, False
    own = world.programme.own_period(unit, period) or period
    for code in codes:
        indicator = world.programme.indicator(code, period)
        closed = own.closes_at <= world.now
        if world.now < own.opens_at or (indicator.kind == "stock" and not closed):
            return None
        bases = world.programme.base_periods(period, indicator.frequency)
        for base in bases if indicator.kind == "flow" else bases[-1:]:
            for leaf in world.programme.units.leaves(unit, period):
                figure = _figure(world, indicator, leaf, base)
                known, open_ended = known + (figure or 0), open_ended or figure is None
    return known, open_ended


def _figure(world: World, indicator: Indicator, leaf: str, base: Period) -> int | None:
    """All its measures added up; None while one of them is not stated."""
    report = world.reports.get((indicator.form or "", leaf, base.code))
    if report is None or report.returned:
        return None
    if report.body.get("nil"):
        return 0
    stated = [report.body["values"].get(measure) for measure in indicator.measures]
    return None if None in stated else sum(stated)


def _holds_of(criterion: Criterion, number: Fraction) -> bool | None:
    """A threshold without a source says nothing: beside others that hold, the criterion is not settled."""
    answers = {
        "at_least": criterion.at_least is None or number >= criterion.at_least,
        "at_most": criterion.at_most is None or number <= criterion.at_most,
        "below": criterion.below is None or number < criterion.below,
    }
    if any(not answer for name, answer in answers.items() if name not in criterion.unsettled):
        return False
    return None if criterion.unsettled else True
