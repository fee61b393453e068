"""Streaks, relapses and days since a breach against a slow and obvious recomputation of random histories."""

from datetime import date, timedelta
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from services.contracts.programme import periods_of
from services.contracts.programme.calendars import local_date
from services.reporting.domain.streaks import Seen, breach, streak

MONTHS = [period for period in periods_of("nd09", 2024) if period.kind == "month"]
STATUSES = st.sampled_from(["met", "not_met", "no_data", "overdue", "not_due", "on_track", None])
NOWS = st.integers(0, 12).map(lambda n: MONTHS[0].opens_at + timedelta(days=31 * n, hours=5))
OPEN = {"met": "on_track", "not_met": "lost"}


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[Seen], object]:
    """Months of a year; what is still open is not decided."""
    now = draw(NOWS)
    said = [draw(STATUSES) for _ in MONTHS]
    return [Seen(at, OPEN.get(s, s) if at.closes_at > now else s) for at, s in zip(MONTHS, said, strict=True)], now


@settings(max_examples=120, deadline=None)
@given(histories())
def test_a_streak_is_what_counting_back_period_by_period_finds(case):
    seen, now = case
    judged = [one for one in seen if one.period.closes_at <= now and one.status != "not_due"]
    found = streak(seen, now)

    back = list(reversed(judged))
    while back and back[0].status not in ("met", "not_met"):
        back.pop(0)
    assert found.known_to == (back[0].period.code if back else None)
    run = []
    for one in back:
        if one.status != "met":
            break
        run.append(one.period.code)
    assert (found.kept, found.since) == (len(run), run[-1] if run else None)

    last, lost = None, []
    for one in judged:
        if one.status == "not_met" and last is not None and last.status == "met":
            lost.append((last.period.code, one.period.code))
        last = one if one.status in ("met", "not_met") else last
    assert [tuple(one) for one in found.relapses] == lost


@settings(max_examples=80, deadline=None)
@given(histories())
def test_whatever_silence_turns_out_to_hide_the_streak_ends_inside_its_bounds(case):
    seen, now = case
    found = streak(seen, now)
    quiet = [one for one in seen if one.period.closes_at <= now and one.status not in ("met", "not_met", "not_due")]
    all_met = streak([one._replace(status="met") if one in quiet else one for one in seen], now)
    assert all_met.kept == found.at_most
    assert found.kept <= found.at_most
    assert len(found.silent) <= len(quiet)
    for fates in product(("met", "not_met"), repeat=min(len(quiet), 5)):
        fate = dict(zip([one.period.code for one in quiet], fates, strict=False))
        later = streak([one._replace(status=fate.get(one.period.code, one.status)) for one in seen], now)
        assert later.kept <= found.at_most


DAYS = [MONTHS[0].start + timedelta(days=n) for n in range((MONTHS[-1].end - MONTHS[0].start).days + 1)]


@st.composite
def happenings(draw: st.DrawFn) -> tuple[set[date], set[str], object]:
    """The days on which it happened, the months whose report is missing, and now."""
    happened = set(draw(st.lists(st.sampled_from(DAYS), max_size=4)))
    return happened, set(draw(st.lists(st.sampled_from([one.code for one in MONTHS]), max_size=4))), draw(NOWS)


def counted(happened: set[date], missing: set[str], now, at_cut_off: bool) -> list[Seen]:
    seen = []
    for period in MONTHS:
        days = [period.end] if at_cut_off else [day for day in DAYS if period.covers(day)]
        n = sum(day in happened for day in days)
        known = period.closes_at <= now and period.code not in missing
        seen.append(Seen(period, ("not_met" if n else "met") if known else "no_data", n if known else None, not known))
    return seen


@settings(max_examples=120, deadline=None)
@given(happenings())
def test_the_days_since_the_last_breach_lie_inside_their_bounds_whatever_was_not_reported(case):
    happened, missing, now = case
    found = breach(counted(happened, missing, now, at_cut_off=False), now, at_cut_off=False)
    if found.known_to is None:
        assert found == (None, None, None, None)
        return
    assert found.known_to < local_date(now)
    past = [day for day in happened if day <= found.known_to]
    if past:
        since = (found.known_to - max(past)).days
        assert found.at_least <= since
        assert found.at_most is None or since <= found.at_most
    if found.at_most is not None:
        assert 0 <= found.at_least <= found.at_most


@settings(max_examples=80, deadline=None)
@given(happenings())
def test_a_stock_is_held_against_its_cut_offs(case):
    happened, missing, now = case
    ends = {period.end for period in MONTHS}
    happened |= {min(end for end in ends if end >= day) for day in happened}
    found = breach(counted(happened, missing, now, at_cut_off=True), now, at_cut_off=True)
    past = [day for day in happened & ends if found.known_to and day <= found.known_to]
    if past:
        assert found.at_least <= (found.known_to - max(past)).days
        assert found.at_most is None or (found.known_to - max(past)).days <= found.at_most


@settings(max_examples=80, deadline=None)
@given(happenings(), st.sampled_from(MONTHS))
def test_a_late_report_only_narrows_what_was_said(case, late):
    happened, missing, now = case
    before = breach(counted(happened, missing | {late.code}, now, at_cut_off=False), now, at_cut_off=False)
    after = breach(counted(happened, missing - {late.code}, now, at_cut_off=False), now, at_cut_off=False)
    if before.known_to is None or before.known_to != after.known_to:
        return
    assert after.at_least >= before.at_least
    if before.at_most is not None:
        assert after.at_most is not None
        assert after.at_most <= before.at_most
