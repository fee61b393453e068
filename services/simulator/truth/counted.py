"""Coverage by signers, tips in time, reports on time."""

from datetime import date, timedelta
from fractions import Fraction

from services.contracts.programme import Indicator, Obligation, Period
from services.simulator.truth.world import NOT_DUE, Expected, World


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


def tips_in_time(world: World, unit: str, indicator: Indicator, period: Period) -> Expected:
    """Tips of the unit and below; each in time, late, or not yet decided."""
    if world.now < period.opens_at:
        return NOT_DUE
    below = world.programme.units.subtree(unit)
    tips = [tip for tip in world.tips if tip.unit in below and period.start <= tip.received_on <= period.end]
    if not tips:
        return NOT_DUE
    in_time = late = undecided = 0
    for tip in tips:
        limit = tip.received_on + timedelta(days=world.programme.tips.handover_days)
        if tip.handed_over_on is not None:
            in_time, late = (in_time + 1, late) if tip.handed_over_on <= limit else (in_time, late + 1)
        elif world.today <= limit:
            undecided += 1
        else:
            late += 1
    target = Fraction(indicator.target.num, indicator.target.den)
    worst, best = Fraction(in_time, len(tips)), Fraction(in_time + undecided, len(tips))
    if period.closes_at <= world.now:
        status = _closed(worst, best, target)
    elif late > 0 and target == 1:
        status = "lost"
    else:
        status = "on_track" if best >= target else "at_risk"
    return Expected(status, (in_time, len(tips)))


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
