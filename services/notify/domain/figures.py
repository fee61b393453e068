"""What statuses give cause for: worse than before, the first breach of a zero, a relapse, a step of coverage. Pure.

Remembered of an indicator of a unit as a whole, because one report changes its month, quarter, half and year at once:
the shortest period tells, the longer ones are told of in the ledger only.
"""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, Final, NamedTuple

from msgspec.structs import replace

from services.contracts.events import Event, StatusChanged
from services.contracts.programme import Indicator, Programme
from services.contracts.programme.notices import NoticeKind
from services.notify.domain.notices import Cause, cause_id
from services.notify.domain.watched import Heard, Watched

_GOOD: Final = frozenset({"met", "on_track"})
_WORSE: Final[Mapping[str, int]] = {"met": 0, "on_track": 0, "at_risk": 1, "not_met": 2, "lost": 2}
"""How bad a status is; those that only say that numbers are missing are the reports' business."""


class Found(NamedTuple):
    kind: NoticeKind
    state: str
    step: int | None = None


def subject_of(fact: StatusChanged) -> str:
    return f"figure/{fact.programme}/{fact.unit}/{fact.indicator}"


def heard(known: Watched | None, event: Event, programme: Programme) -> Heard:
    """One change of a cell. Of one cell a sequence that is not higher says nothing new."""
    fact = event.data
    assert isinstance(fact, StatusChanged)
    subject = subject_of(fact)
    watched = known or Watched(subject=subject, programme=fact.programme)
    before = watched.facts.get(fact.period, {})
    indicator = programme.indicators.get(fact.indicator)
    if fact.sequence <= before.get("sequence", 0) or indicator is None:
        return Heard(watched)
    told = _of_status(fact, before, watched.facts, indicator)
    coverage = _of_coverage(fact, before, indicator, programme.routes.coverage_steps)
    cell = {"sequence": fact.sequence, "status": fact.after, "step": coverage[1]}
    standing = _standing(fact, watched.facts, indicator)
    watched = replace(watched, facts={**watched.facts, **standing, fact.period: cell})
    muted = None if _tells(fact, indicator, programme) else "longer_period"
    causes = (_cause(event, fact, found, muted) for found in (told, coverage[0]) if found is not None)
    return Heard(watched, tuple(causes), _put_right(fact, coverage[0]))


def _of_status(
    fact: StatusChanged, before: Mapping[str, Any], known: Mapping[str, Any], indicator: Indicator
) -> Found | None:
    """At most one: a breach is said as a breach, a relapse as a relapse, and the rest as worse than before."""
    if breached(fact, indicator):
        if not known.get("breached"):
            return Found("zero_breached", f"{fact.period}:breached")
        if known.get("clean"):
            return Found("status_relapsed", f"{fact.period}:relapsed")
        return None
    was, now = before.get("status", ""), _WORSE.get(fact.after, -1)
    if now <= _WORSE.get(was, now):
        return None
    if known.get("failed") and known.get("clean") and now == _WORSE["lost"]:
        return Found("status_relapsed", f"{fact.period}:{fact.after}")
    return Found("status_worsened", f"{fact.period}:{fact.after}")


def breached(fact: StatusChanged, indicator: Indicator) -> bool:
    """More than none of what must not be there at all."""
    zero = indicator.target.op == "at_most" and indicator.target.num == 0
    return zero and fact.value is not None and fact.value.num > 0


def _standing(fact: StatusChanged, known: Mapping[str, Any], indicator: Indicator) -> dict[str, bool]:
    """`breached`, `failed`: ever; `clean`: good again since."""
    bad = breached(fact, indicator)
    failed = bad or _WORSE.get(fact.after) == _WORSE["lost"]
    clean = not failed and (bool(known.get("clean")) or fact.after in _GOOD)
    return {
        "breached": bad or bool(known.get("breached")),
        "failed": failed or bool(known.get("failed")),
        "clean": clean,
    }


def _of_coverage(
    fact: StatusChanged, before: Mapping[str, Any], indicator: Indicator, steps: tuple[int, ...]
) -> tuple[Found | None, int]:
    """The step that stands now, and whether that is more or less than before."""
    was = int(before.get("step", 0))
    if indicator.kind != "coverage" or fact.value is None:
        return None, was
    share = Fraction(fact.value.num, fact.value.den)
    now = max((step for step in steps if share >= Fraction(step, 100)), default=0)
    if now > was:
        return Found("coverage_reached", f"{fact.period}:reached:{now}", now), now
    if now < was:
        lowest = min(step for step in steps if step > now)
        return Found("coverage_lost", f"{fact.period}:lost:{lowest}", lowest), now
    return None, now


def _tells(fact: StatusChanged, indicator: Indicator, programme: Programme) -> bool:
    period = programme.period(fact.period)
    shortest = "year" if indicator.kind == "coverage" else indicator.frequency
    return period is not None and period.kind == shortest


def _put_right(fact: StatusChanged, coverage: Found | None) -> tuple[tuple[str, str | None], ...]:
    """What need not be answered any longer: the same period is good again, or the step is back."""
    cell = f"{subject_of(fact)}/{fact.period}"
    found: list[tuple[str, str | None]] = []
    if fact.after in _GOOD:
        found += [(cell, kind) for kind in ("status_worsened", "zero_breached", "status_relapsed")]
    if coverage is not None:
        found.append((cell, "coverage_lost" if coverage.kind == "coverage_reached" else "coverage_reached"))
    return tuple(found)


def _cause(event: Event, fact: StatusChanged, found: Found, muted: Any) -> Cause:
    facts = {"indicator": fact.indicator, "period": fact.period, "status": fact.after}
    if fact.value is not None:
        facts["value"] = f"{fact.value.num}/{fact.value.den}" if fact.value.den != 1 else str(fact.value.num)
    if found.step is not None:
        facts["step"] = str(found.step)
    return Cause(
        id=cause_id(str(event.id), found.kind),
        kind=found.kind,
        programme=fact.programme,
        unit=fact.unit,
        subject=f"{subject_of(fact)}/{fact.period}",
        state=found.state,
        at=event.accepted_at,
        facts=facts,
        muted=muted,
    )
