"""Verdicts over criteria: k-of-n in three values, decided only when no completion of the undecided changes it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.contracts.programme import Grade, Period, Programme, Quorum, RulePack, Verdict
from services.reporting.domain.criteria import Judged, Readings, State, cells_read, judged
from services.reporting.domain.inputs import Cell

States = Mapping[str, State]
"""The state of every criterion of a pack, by code."""


@dataclass(frozen=True, slots=True)
class Reached:
    """How far a grade is reached, and each of its quorums."""

    grade: Grade
    state: State
    quorums: tuple[State, ...]


@dataclass(frozen=True, slots=True)
class Ruling:
    """What a verdict comes to. `possible`: the grades it may still come to, in its order; decided when there is one."""

    verdict: Verdict
    possible: tuple[Grade, ...]
    reached: tuple[Reached, ...]

    @property
    def outcome(self) -> Grade | None:
        return self.possible[0] if len(self.possible) == 1 else None


@dataclass(frozen=True, slots=True)
class Judgement:
    """All that a pack says of a unit in a period."""

    pack: RulePack
    criteria: tuple[Judged, ...]
    rulings: tuple[Ruling, ...]


def quorum(need: int, states: Sequence[State]) -> State:
    """At least `need` of them: satisfied when so many are, failed when too many have failed for that to come."""
    if states.count("satisfied") >= need:
        return "satisfied"
    return "undecided" if len(states) - states.count("failed") >= need else "failed"


def any_of(states: Sequence[State]) -> State:
    return quorum(1, states)


def ruling(verdict: Verdict, states: States) -> Ruling:
    """The first grade that is reached, as far as the states decide it."""
    reached = tuple(_reached(grade, states) for grade in verdict.grades)
    return Ruling(verdict, _possible(verdict, reached), reached)


def verdicts_on(programme: Programme, pack: RulePack, unit: str, period: Period) -> tuple[Verdict, ...]:
    """Those of a pack that are given on a unit of this kind for a period of this kind."""
    kind = programme.units.by_id[unit].kind
    return tuple(
        verdict
        for verdict in pack.verdicts
        if kind in verdict.judges and period in programme.periods_from(verdict.frequency)
    )


def needed(programme: Programme, pack: RulePack, unit: str, period: Period) -> set[Cell]:
    """Every cell that `judge` reads."""
    asked = _asked(verdicts_on(programme, pack, unit, period))
    return {
        cell
        for code, criterion in pack.criteria.items()
        if code in asked
        for cell in cells_read(criterion, programme, unit, period)
    }


def judge(
    programme: Programme, pack: RulePack, unit: str, period: Period, readings: Readings, now: datetime | None
) -> Judgement:
    """Pure: the same cells at the same instant, the same judgement. Criteria that no verdict asks for are left out."""
    verdicts = verdicts_on(programme, pack, unit, period)
    asked = _asked(verdicts)
    criteria = tuple(
        judged(criterion, programme, unit, period, readings, now)
        for code, criterion in pack.criteria.items()
        if code in asked
    )
    states = {found.criterion.code: found.state for found in criteria}
    return Judgement(pack, criteria, tuple(ruling(verdict, states) for verdict in verdicts))


def criteria_of(verdict: Verdict) -> frozenset[str]:
    """The codes of the criteria that any grade of a verdict asks for."""
    return frozenset(code for grade in verdict.grades for quorum in grade.quorums for code in quorum.of)


def _asked(verdicts: Iterable[Verdict]) -> frozenset[str]:
    return frozenset[str]().union(*map(criteria_of, verdicts))


def _reached(grade: Grade, states: States) -> Reached:
    found = tuple(_of(each, states) for each in grade.quorums)
    return Reached(grade, any_of(found), found)


def _of(one: Quorum, states: States) -> State:
    return quorum(one.need, [states[code] for code in one.of])


def _possible(verdict: Verdict, reached: Sequence[Reached]) -> tuple[Grade, ...]:
    possible = []
    for found in reached:
        if found.state != "failed":
            possible.append(found.grade)
        if found.state == "satisfied":
            return tuple(possible)
    return (*possible, verdict.otherwise)
