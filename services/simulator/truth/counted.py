"""Coverage by signers, signers and tips that are only counted, tips in time, reports on time."""

from datetime import date, timedelta
from fractions import Fraction
from typing import Final

from services.contracts.programme import Indicator, Obligation, Period
from services.simulator.truth.facts import Tip
from services.simulator.truth.world import NOT_DUE, Expected, World

LEGAL_LIMIT: Final = timedelta(days=20)
"""Bộ luật Tố tụng hình sự 2015, article 147: 20 days from the day of receipt."""
_MONTHS: Final = {"extended": 2, "extended_again": 4, "resumed": 1}
"""Articles 147.2, 148.2 and 149: from receipt, and from the day of resumption."""


def coverage(world: World, unit: str, indicator: Indicator, period: Period) -> Expected:
    """Signers on the last day that has come, over the newest denominators of the period."""
    if world.now < period.opens_at:
        return NOT_DUE
    leaves = world.programme.units.leaves(unit, period)
    kind = indicator.signer_kind or ""
    entries = [world.programme.denominators.latest(leaf, kind, period.end) for leaf in leaves]
    if None in entries:
        return Expected("no_data", stated=False)
    households = sum(entry.value for entry in entries if entry is not None)
    if households == 0:
        return NOT_DUE
    closed = period.closes_at <= world.now
    day = min(period.end, world.today)
    signers = _signers(world, kind, leaves, day)
    enough = Fraction(signers, households) >= _required(world, indicator, period.end if closed else world.today)
    names = ("met", "not_met") if closed else ("on_track", "at_risk")
    return Expected(names[0] if enough else names[1], (signers, households), quality=signers > households)


def signers(world: World, unit: str, indicator: Indicator, period: Period) -> Expected:
    """How many have signed by the last day that has come. Nobody judges it."""
    if world.now < period.opens_at:
        return NOT_DUE
    leaves = world.programme.units.leaves(unit, period)
    day = min(period.end, world.today)
    return Expected("not_due", (_signers(world, indicator.signer_kind or "", leaves, day), 1))


def tips_received(world: World, unit: str, _indicator: Indicator, period: Period) -> Expected:
    """How many tips came on the days of the period. Of a single ward it is not told."""
    if world.now < period.opens_at or not _may_be_told(world, unit, period):
        return NOT_DUE
    below = world.programme.units.subtree(unit)
    days = [tip.received_on for tip in world.tips if tip.unit in below]
    return Expected("not_due", (sum(1 for day in days if period.start <= day <= period.end), 1))


def tips_in_time(world: World, unit: str, indicator: Indicator, period: Period) -> Expected:
    """Tips of the unit and below, received in the period: handed over within the days allowed."""
    allowed = timedelta(days=world.programme.tips.handover_days)
    races = [
        (tip.received_on + allowed, tip.handed_over_on)
        for tip in world.tips
        if tip.unit in world.programme.units.subtree(unit) and period.start <= tip.received_on <= period.end
    ]
    return _raced(world, unit, indicator, period, races)


def tips_resolved(world: World, unit: str, indicator: Indicator, period: Period) -> Expected:
    """Tips of the unit and below whose last lawful day is in the period: closed by that day."""
    below = world.programme.units.subtree(unit)
    limits = [(_last_lawful_day(tip), tip.closed_on) for tip in world.tips if tip.unit in below]
    races = [(limit, day) for limit, day in limits if limit is not None and period.start <= limit <= period.end]
    return _raced(world, unit, indicator, period, races)


def _last_lawful_day(tip: Tip) -> date | None:
    """Step by step as the law goes; an act after the limit comes too late. None: suspended, no day runs."""
    limit = tip.received_on + LEGAL_LIMIT
    for act in ("extended", "extended_again"):
        if not [day for day in tip.moves.get(act, []) if day <= limit]:
            break
        limit = _months_after(tip.received_on, _MONTHS[act])
    suspended = tip.moves.get("suspended", [])
    if not suspended or suspended[-1] > limit:
        return limit
    resumed = [day for day in tip.moves.get("resumed", []) if day >= suspended[-1]]
    return _months_after(resumed[-1], _MONTHS["resumed"]) if resumed else None


def _months_after(day: date, months: int) -> date:
    number = day.year * 12 + day.month - 1 + months
    first, next_first = (date((number + more) // 12, (number + more) % 12 + 1, 1) for more in (0, 1))
    return min(first + timedelta(days=day.day - 1), next_first - timedelta(days=1))


def _may_be_told(world: World, unit: str, period: Period) -> bool:
    """From the root down: a unit of several wards, on a level on which not exactly one stands for a single ward."""
    units = world.programme.units

    def wards(of: str) -> int:
        return len(units.leaves(of, period))

    if wards(unit) <= 1:
        return False
    path = [unit, *units.ancestors(unit)]
    for above in path[1 : path.index(world.programme.root) + 1]:
        level = [one.id for one in units.by_id.values() if one.parent == above]
        if [wards(one) for one in level].count(1) == 1:
            return False
    return True


def _raced(
    world: World, unit: str, indicator: Indicator, period: Period, races: list[tuple[date, date | None]]
) -> Expected:
    """Each race (its last day, the day it was run) is in time, late, or not yet decided."""
    if world.now < period.opens_at or not races or not _may_be_told(world, unit, period):
        return NOT_DUE
    in_time = sum(1 for limit, day in races if day is not None and day <= limit)
    undecided = sum(1 for limit, day in races if day is None and world.today <= limit)
    late = len(races) - in_time - undecided
    target = Fraction(indicator.target.num, indicator.target.den)
    worst, best = Fraction(in_time, len(races)), Fraction(in_time + undecided, len(races))
    if period.closes_at <= world.now:
        status = _closed(worst, best, target)
    elif late > 0 and target == 1:
        status = "lost"
    else:
        status = "on_track" if best >= target else "at_risk"
    return Expected(status, (in_time, len(races)))


def reports_on_time(world: World, unit: str, indicator: Indicator, period: Period) -> Expected:
    """Obligations of the leaves in the period; each on time, late (also while missing), or not yet decided."""
    if world.now < period.opens_at:
        return NOT_DUE
    leaves = world.programme.units.leaves(unit, period)
    inside = {inner.code for inner in world.programme.periods() if period.contains(inner)}
    owed = [one for one in world.programme.obligations if one.unit in leaves and one.period in inside]
    if not owed:
        return NOT_DUE
    on_time = sum(1 for one in owed if _filed_in_time(world, one))
    late = sum(1 for one in owed if world.now >= one.due_at and not _filed_in_time(world, one))
    target = Fraction(indicator.target.num, indicator.target.den)
    worst, best = Fraction(on_time, len(owed)), Fraction(len(owed) - late, len(owed))
    decided = on_time + late
    value = (on_time, decided) if decided else None
    if period.closes_at <= world.now:
        return Expected(_closed(worst, best, target), value)
    if best < target:
        return Expected("lost", value)
    if decided == 0:
        return NOT_DUE
    return Expected("on_track" if Fraction(on_time, decided) >= target else "at_risk", value)


def _filed_in_time(world: World, owed: Obligation) -> bool:
    report = world.reports.get((owed.form, owed.unit, owed.period))
    return report is not None and report.first_at < owed.due_at


def _closed(worst: Fraction, best: Fraction, target: Fraction) -> str:
    """Decided when even the worst passes or even the best fails."""
    if worst >= target:
        return "met"
    return "not_met" if best < target else "no_data"


def _signers(world: World, kind: str, leaves: tuple[str, ...], day: date) -> int:
    spans = world.spans.get(kind, [])
    return sum(
        1 for span in spans if span.unit in leaves and span.start <= day and (span.end is None or day < span.end)
    )


def _required(world: World, indicator: Indicator, day: date) -> Fraction:
    target = Fraction(indicator.target.num, indicator.target.den)
    if indicator.trajectory == "step":
        return target
    first, last = world.programme.starts_on, world.programme.ends_on
    clamped = min(max(day, first), last)
    return target * Fraction((clamped - first).days + 1, (last - first).days + 1)
