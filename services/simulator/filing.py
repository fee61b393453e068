"""How the agencies of a ward file what they owe: one habit per obligation."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final

from msgspec import structs

from services.contracts.programme import Form, Obligation, Period, local_date
from services.simulator.actions import APPROVED, RETURNED, SUBMITTED, Action
from services.simulator.chance import between, chance
from services.simulator.figures import figures, rows, without_cases
from services.simulator.town import Town, Ward

_SECOND: Final = timedelta(seconds=1)
_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)
_SHIFT_BETWEEN_FORMS: Final = 2


@dataclass(frozen=True)
class Filer:
    """One obligation about to be fulfilled, or not."""

    town: Town
    ward: Ward
    form: Form
    period: Period
    owed: Obligation
    random: Random

    def figures(self, more: int = 0) -> dict[str, Any]:
        return figures(self.town.programme, self.form, self.period, self.ward.story, self.random, more)

    def in_time(self) -> datetime:
        """After the cut-off, an hour or more before it is due."""
        return between(self.random, self.period.closes_at, self.owed.due_at - _HOUR)

    def late(self) -> datetime:
        return between(self.random, self.owed.due_at + _HOUR, self.owed.due_at + 9 * _DAY)

    def report(self, at: datetime, values: dict[str, Any] | None, revision: int = 1, mark: str = "") -> Action:
        """The request that files `values`; None files a nil report."""
        name = f"{self.form.code}:{self.ward.code}:{self.period.code}:{revision}{mark}"
        content = {"nil": True} if values is None else {"values": values, "rows": rows(self.form, values)}
        return Action(
            name=name,
            at=at,
            event_type=SUBMITTED,
            path="/v1/reports",
            body=self._which(revision) | {"received_on": local_date(at).isoformat(), **content},
            agency=self.owed.owner,
            key=name,
        )

    def decision(self, event_type: str, on: Action, at: datetime) -> Action:
        """The town's decision on exactly the body that `on` filed."""
        verb = "approve" if event_type == APPROVED else "return"
        name = f"{verb}:{on.name}"
        reason = {"reason": "figures_do_not_agree"} if event_type == RETURNED else {}
        return Action(
            name=name,
            at=at,
            event_type=event_type,
            path=f"/v1/reports/{self.owed.report_id}:{verb}",
            body=self._which(on.body["revision"]) | {"owner": self.owed.owner, **reason},
            agency=self.town.agencies["people_committee", self.town.programme.root],
            key=name,
            decides=on.name,
        )

    def _which(self, revision: int) -> dict[str, Any]:
        return {
            "programme": self.town.programme.id,
            "form": self.form.code,
            "unit": self.ward.code,
            "period": self.period.code,
            "revision": revision,
        }


Habit = Callable[[Filer], list[Action]]


def reports(town: Town) -> Iterator[Action]:
    """Every report, revision and decision of the year."""
    wards = {ward.id: ward for ward in town.wards}
    forms = list(town.programme.forms)
    for owed in town.programme.obligations:
        period = town.programme.period(owed.period)
        if period is not None and owed.unit in wards and owed.period.startswith(str(town.year)):
            ward, form = wards[owed.unit], town.programme.forms[owed.form]
            random = chance(town.seed, "reports", owed.form, owed.unit, owed.period)
            turn = int(owed.period[-1:]) if period.kind == "quarter" else int(owed.period[-2:])
            turn += forms.index(owed.form) * _SHIFT_BETWEEN_FORMS - 1
            habit = HABITS[ward.story.habits[turn % len(ward.story.habits)]]
            yield from habit(Filer(town, ward, form, period, owed, random))


def _on_time(filer: Filer) -> list[Action]:
    return [filer.report(filer.in_time(), filer.figures())]


def _early(filer: Filer) -> list[Action]:
    return [filer.report(filer.period.closes_at - between_days(filer.random), filer.figures())]


def _edge_on_time(filer: Filer) -> list[Action]:
    return [filer.report(filer.owed.due_at - _SECOND, filer.figures())]


def _edge_late(filer: Filer) -> list[Action]:
    return [filer.report(filer.owed.due_at, filer.figures())]


def _late(filer: Filer) -> list[Action]:
    return [filer.report(filer.late(), filer.figures())]


def _missing(_filer: Filer) -> list[Action]:
    return []


def _nil(filer: Filer) -> list[Action]:
    """Nothing happened, where that is the good answer; else a full report."""
    values = filer.figures()
    return [filer.report(filer.in_time(), None if without_cases(filer.town.programme, filer.form, values) else values)]


def _empty(filer: Filer) -> list[Action]:
    """A nil report whatever was asked: it says zero sessions and no plan."""
    return [filer.report(filer.in_time(), None)]


def _unknown(filer: Filer) -> list[Action]:
    """One figure stated as not known, one left out, for ever."""
    values = filer.figures()
    names = list(values)
    kept = {name: value for name, value in values.items() if name != names[-1]} | {names[0]: None}
    return [filer.report(filer.in_time(), kept)]


def _corrected(filer: Filer) -> list[Action]:
    """A figure that is not known at first and known in time."""
    values = filer.figures()
    unknown = values | {next(iter(values)): None}
    return [
        filer.report(between(filer.random, filer.period.closes_at, filer.owed.due_at - 9 * _HOUR), unknown),
        filer.report(filer.owed.due_at - 8 * _HOUR, values, revision=2),
    ]


def _twice(filer: Filer) -> list[Action]:
    first = filer.report(filer.in_time(), filer.figures())
    return [first, *(_again(first, first.at + after, f":again{n}") for n, after in enumerate((_SECOND, 20 * _DAY)))]


def _revised(filer: Filer) -> list[Action]:
    first = filer.report(filer.in_time(), filer.figures(more=1))
    return [first, filer.report(first.at + _HOUR, filer.figures(), revision=2)]


def _revised_late(filer: Filer) -> list[Action]:
    return [
        filer.report(filer.in_time(), filer.figures(more=1)),
        filer.report(filer.late() + 10 * _DAY, filer.figures(), revision=2),
    ]


def _backwards(filer: Filer) -> list[Action]:
    """The second revision arrives before the first, which then counts for nothing."""
    second = filer.report(filer.in_time(), filer.figures(), revision=2)
    return [second, filer.report(second.at + 2 * _HOUR, filer.figures(more=1), revision=1)]


def _conflict(filer: Filer) -> list[Action]:
    """The same revision twice with different figures: the earlier counts. Returning the other one changes nothing."""
    first = filer.report(filer.in_time(), filer.figures())
    other = filer.report(first.at + _HOUR, filer.figures(more=1), mark=":other")
    return [first, other, filer.decision(RETURNED, other, other.at + _HOUR)]


def _tie(filer: Filer) -> list[Action]:
    """The same revision twice at one instant: the smaller event id counts."""
    first = filer.report(filer.in_time(), filer.figures())
    return [first, filer.report(first.at, filer.figures(more=1), mark=":other")]


def _changed_copy(filer: Filer) -> list[Action]:
    """The same key again with other figures, weeks later: the earlier body counts."""
    first = filer.report(filer.in_time(), filer.figures())
    other = filer.report(first.at + 12 * _DAY, filer.figures(more=1))
    return [first, structs.replace(other, name=f"{first.name}:changed")]


def _approved(filer: Filer) -> list[Action]:
    report = filer.report(filer.in_time(), filer.figures())
    return [report, filer.decision(APPROVED, report, filer.owed.due_at + _DAY)]


def _returned(filer: Filer) -> list[Action]:
    """Returned the next day and filed again, better."""
    bad, good = _returned_and_redone(filer)
    return [bad, filer.decision(RETURNED, bad, filer.owed.due_at + _DAY), good]


def _returned_for_good(filer: Filer) -> list[Action]:
    bad, _ = _returned_and_redone(filer)
    return [bad, filer.decision(RETURNED, bad, filer.owed.due_at - _HOUR)]


def _reinstated(filer: Filer) -> list[Action]:
    """Returned by mistake, and approved after all."""
    report = filer.report(filer.in_time(), filer.figures())
    return [
        report,
        filer.decision(RETURNED, report, filer.owed.due_at + _DAY),
        filer.decision(APPROVED, report, filer.owed.due_at + 4 * _DAY),
    ]


def _returned_and_redone(filer: Filer) -> tuple[Action, Action]:
    return (
        filer.report(filer.in_time(), filer.figures(more=1)),
        filer.report(filer.owed.due_at + 5 * _DAY, filer.figures(), revision=2),
    )


def _again(action: Action, at: datetime, mark: str) -> Action:
    return structs.replace(action, name=f"{action.name}{mark}", at=at)


def between_days(random: Random) -> timedelta:
    return timedelta(hours=random.randint(3, 60))


HABITS: Final[dict[str, Habit]] = {
    "on_time": _on_time,
    "early": _early,
    "edge_on_time": _edge_on_time,
    "edge_late": _edge_late,
    "late": _late,
    "missing": _missing,
    "nil": _nil,
    "empty": _empty,
    "unknown": _unknown,
    "corrected": _corrected,
    "twice": _twice,
    "revised": _revised,
    "revised_late": _revised_late,
    "backwards": _backwards,
    "conflict": _conflict,
    "tie": _tie,
    "changed_copy": _changed_copy,
    "approved": _approved,
    "returned": _returned,
    "returned_for_good": _returned_for_good,
    "reinstated": _reinstated,
}
