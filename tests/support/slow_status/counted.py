"""Indicators that are counted from signatures, tips and obligations."""

from collections.abc import Sequence
from datetime import date, timedelta
from fractions import Fraction

from services.contracts.programme import Denominator, Programme
from tests.support.slow_status.counting import Tip
from tests.support.slow_status.days import codes_of, day_of, days_of
from tests.support.slow_status.found import NOT_DUE, Asked, Found, judged
from tests.support.slow_status.owed import Owing


def signers(asked: Asked, owing: Owing, wards: Sequence[str]) -> Found:
    """Never judged: there is no number of all who could sign."""
    return Found("not_due", (count(asked, owing, wards), 1))


def count(asked: Asked, owing: Owing, wards: Sequence[str]) -> int:
    kind = asked.indicator.signer_kind
    spans = owing.counting.signatures()
    return sum(one.kind == kind and one.unit in wards and one.counts_on(asked.today) for one in spans)


def denominators(asked: Asked, programme: Programme, wards: Sequence[str]) -> list[Denominator]:
    """Of each ward that has one, the newest number that was known by the period's last day."""
    found = []
    for ward in wards:
        known = [
            one
            for one in programme.denominators.entries
            if (one.unit, one.kind) == (ward, asked.indicator.signer_kind) and one.as_of <= asked.days[-1]
        ]
        found += [max(known, key=lambda one: one.as_of)] if known else []
    return found


def coverage(asked: Asked, owing: Owing, wards: Sequence[str]) -> Found:
    numbers = denominators(asked, owing.programme, wards)
    if len(numbers) < len(wards):
        return Found("no_data")
    whole = sum(one.value for one in numbers)
    if not whole:
        return NOT_DUE
    value = (count(asked, owing, wards), whole)
    required = asked.target
    if asked.indicator.trajectory == "linear":
        required *= share_of_the_programme(owing.programme, asked.today)
    return Found(judged(asked, Fraction(*value) >= required), value)


def share_of_the_programme(programme: Programme, today: date) -> Fraction:
    days = [
        day for year in programme.years for code in codes_of(year, "year") for day in days_of(programme.calendar, code)
    ]
    return Fraction(sum(day <= today for day in days), len(days))


def tips_received(asked: Asked, tips: Sequence[Tip], *, holds_others: bool) -> Found:
    """Told of units that hold others, never of a single ward."""
    return Found("not_due", (sum(one.received in asked.days for one in tips), 1) if holds_others else None)


def tips_in_time(asked: Asked, tips: Sequence[Tip], handover_days: int) -> Found:
    own = [one for one in tips if one.received in asked.days]
    ends = [(one.handed_over, one.received + timedelta(days=handover_days)) for one in own]
    return _in_time(asked, ends)


def tips_resolved(asked: Asked, tips: Sequence[Tip]) -> Found:
    return _in_time(asked, [(one.closed, one.due) for one in tips if one.due in asked.days])


def _in_time(asked: Asked, ends: Sequence[tuple[date | None, date]]) -> Found:
    """`ends`: the day on which it was done, and the last on which that is in time."""
    if not ends:
        return NOT_DUE
    good = sum(done is not None and done <= last for done, last in ends)
    undecided = sum(done is None and day_of(asked.now) <= last for done, last in ends)
    worst, best = Fraction(good, len(ends)), Fraction(good + undecided, len(ends))
    late = len(ends) - good - undecided
    bounds = (worst, best) if undecided else (None, None)

    def found(status: str) -> Found:
        return Found(status, (good, len(ends)), *bounds)

    if not asked.closed:
        if late and asked.target == 1:
            return found("lost")
        return found("on_track" if best >= asked.target else "at_risk")
    if not undecided or worst >= asked.target or best < asked.target:
        return found("met" if worst >= asked.target else "not_met")
    return found("no_data")


def reports_on_time(asked: Asked, owing: Owing, code: str, wards: Sequence[str]) -> Found:
    """Every report on every form."""
    owed = [one for form in owing.programme.forms for one in owing.reports(form, wards, code)]
    good = sum(one.in_time for one in owed)
    undecided = sum(one.received is None and asked.now < one.due for one in owed)
    decided = len(owed) - undecided
    if not owed:
        return NOT_DUE
    worst, best = Fraction(good, len(owed)), Fraction(good + undecided, len(owed))
    bounds = (worst, best) if undecided else (None, None)

    def found(status: str) -> Found:
        return Found(status, (good, decided) if decided else None, *bounds)

    if asked.closed:
        if worst >= asked.target or best < asked.target:
            return found("met" if worst >= asked.target else "not_met")
        return found("no_data")
    if best < asked.target:
        return found("lost")
    if not decided:
        return NOT_DUE
    return found("on_track" if Fraction(good, decided) >= asked.target else "at_risk")
