"""Indicators that reports feed: flows, stocks, flags and ratios, as the tables of docs/status.md say."""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import NamedTuple

from tests.support.slow_status.days import codes_inside, days_of
from tests.support.slow_status.found import NOT_DUE, Asked, Bound, Found, judged, silence
from tests.support.slow_status.owed import Owed, Owing

Told = Sequence[int] | None


class Inputs(NamedTuple):
    """What was asked of reports: each that is looked at, and what it says; None where it says nothing that counts."""

    told: Sequence[tuple[Owed, Told]]

    @property
    def known(self) -> list[Sequence[int]]:
        return [said for _, said in self.told if said is not None]

    @property
    def counted(self) -> list[Owed]:
        return [one for one, said in self.told if said is not None]

    @property
    def missing(self) -> list[Owed]:
        return [one for one, said in self.told if said is None]

    @property
    def total(self) -> int:
        return sum(sum(said) for said in self.known)


def told(owing: Owing, owed: Owed, codes: Iterable[str]) -> Told:
    """What the report that counts says of some measures; None when it is missing, sent back, or leaves one out."""
    report = owed.counts
    if report is None or owing.counting.returned(report):
        return None
    said = [0 if report.data.nil else report.data.values.get(code) for code in codes]
    known = [number for number in said if number is not None]
    return known if len(known) == len(said) else None


def inputs_of(asked: Asked, owing: Owing, owed: Iterable[Owed]) -> Inputs:
    return Inputs([(one, told(owing, one, asked.indicator.measures)) for one in owed])


def flow(asked: Asked, owing: Owing, form: str, code: str, wards: Sequence[str]) -> Found:
    """Everything received in the period is added up; what is missing may be anything from 0 up."""
    inputs = inputs_of(asked, owing, owing.reports(form, wards, code))
    target = asked.target
    if asked.indicator.target.per == "unit_month":
        target *= unit_months(owing, code, wards)
    if asked.untargeted:
        if not _so_far(asked, inputs):
            return NOT_DUE
        status = known_or_missing(asked, inputs)
    else:
        status = closed_flow(asked, inputs, target) if asked.closed else open_flow(asked, inputs, target)
    bounds: tuple[Bound, Bound] = (None, None)
    if inputs.missing:
        bounds = (inputs.total, None) if asked.at_least else (None, inputs.total)
    guessed = bool(inputs.missing) and status in ("met", "not_met")
    return Found(status, (inputs.total, 1) if inputs.known else None, *bounds, guessed, inputs.counted)


def closed_flow(asked: Asked, inputs: Inputs, target: Fraction) -> str:
    if best_fails(asked, inputs, target):
        return "not_met"
    reached = asked.passes(inputs.total, target)
    if reached and (asked.at_least or not inputs.missing):
        return "met"
    return silence(inputs.missing, asked.now)


def known_or_missing(asked: Asked, inputs: Inputs) -> str:
    """An auxiliary count is judged by nothing: a report that is expected is missing, or it is known."""
    owed_still = [one for one in inputs.missing if one.is_owed(asked.now)]
    return silence(owed_still, asked.now) if owed_still else "not_due"


def _so_far(asked: Asked, inputs: Inputs) -> list[Owed]:
    """What is owed by now, or has come early."""
    return [one for one, said in inputs.told if said is not None or one.is_owed(asked.now)]


def open_flow(asked: Asked, inputs: Inputs, target: Fraction) -> str:
    so_far = _so_far(asked, inputs)
    owed_still = [one for one in inputs.missing if one.is_owed(asked.now)]
    if best_fails(asked, inputs, target):
        return "lost"
    if asked.at_least and inputs.total >= target:
        return "on_track"
    if not so_far or owed_still:
        return silence(owed_still, asked.now) if owed_still else "not_due"
    keeps_up = inputs.total >= target * Fraction(len(so_far), len(inputs.told))
    return judged(asked, not asked.at_least or keeps_up)


def best_fails(asked: Asked, inputs: Inputs, target: Fraction) -> bool:
    """Of what shall be much, more can still come; what is too much never becomes less."""
    if asked.at_least and inputs.missing:
        return False
    return not asked.passes(inputs.total, target)


def unit_months(owing: Owing, code: str, wards: Sequence[str]) -> Fraction:
    """How many months of wards: one of which a ward stood on some days only is as much of it as those days are."""
    calendar, found = owing.programme.calendar, Fraction(0)
    for month in codes_inside(calendar, code, "month"):
        for ward in wards:
            found += Fraction(len(owing.places.own_days(ward, month)), len(days_of(calendar, month)))
    return found


def current(asked: Asked, owing: Owing, form: str, code: str, wards: Sequence[str]) -> list[Owed]:
    """Of each ward the one report that says how things are; none of a ward that owes nothing yet."""
    chosen = []
    for ward in wards:
        reports = owing.reports(form, [ward], code)
        if not asked.closed:
            early = [one for one in reports if told(owing, one, asked.indicator.measures) is not None]
            reports = [one for one in reports if one.is_owed(asked.now) or one in early]
        chosen += reports[-1:]
    return chosen


def state(asked: Asked, owing: Owing, form: str, code: str, wards: Sequence[str]) -> Found:
    """Stock, flag, ratio: what holds at a cut-off, by the current report of each ward that stands."""
    inputs = inputs_of(asked, owing, current(asked, owing, form, code, wards))
    if not inputs.told:
        return NOT_DUE
    (num, den), worst, best = counted(asked, inputs)
    value = (num, den) if inputs.known and den else None
    if asked.untargeted:
        bounds = (worst, best) if inputs.missing else (None, None)
        return Found(known_or_missing(asked, inputs), value, *bounds, counted=inputs.counted)
    if not inputs.missing:
        status = judged(asked, asked.passes(Fraction(num, den), asked.target)) if den else "not_due"
        return Found(status, value, counted=inputs.counted)
    status = silence(inputs.missing, asked.now)
    if asked.closed and asked.indicator.kind == "stock" and best is not None and not asked.at_least:
        status = status if asked.passes(best, asked.target) else "not_met"
    if asked.closed and worst is not None and asked.passes(worst, asked.target):
        status = "met"
    return Found(status, value, worst, best, status in ("met", "not_met"), inputs.counted)


def counted(asked: Asked, inputs: Inputs) -> tuple[tuple[int, int], Bound, Bound]:
    """The value, and the worst and the best that the missing ones can still make of it."""
    if asked.indicator.kind == "ratio":
        return (sum(said[0] for said in inputs.known), sum(said[1] for said in inputs.known)), 0, 1
    total, wards = inputs.total, len(inputs.told)
    if asked.indicator.kind == "flag":
        return (total, wards), Fraction(total, wards), Fraction(total + len(inputs.missing), wards)
    return ((total, 1), total, None) if asked.at_least else ((total, 1), None, total)
