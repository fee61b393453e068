"""How long a unit has kept an indicator met (giữ vững), when it lost it again, and since when nothing has happened
of what must not happen.

Pure: from what is known of an indicator's shortest periods, in the order of time. Silence neither keeps nor breaks: a
streak is known up to the last period that was decided, and what silence may hide is told beside it as a bound.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Final, Literal, NamedTuple

from services.contracts.fields import StatusName
from services.contracts.programme import Indicator, Period, local_date

_ONE_DAY: Final = timedelta(days=1)
Word = Literal["met", "not_met", "silent"]
Sight = Literal["breach", "clear", "unknown"]


class Seen(NamedTuple):
    """What is known of a unit in a period, which is its own (a stub where it began or ended inside it).

    `status` None: not evaluated. `n`: what was counted of it so far (None: nothing is known); `bounded`: an input is
    missing, so it may be more.
    """

    period: Period
    status: StatusName | None
    n: int | None = None
    bounded: bool = False


class Relapse(NamedTuple):
    """Met in `kept_until` and, in the next period that was decided, not met: both by period code."""

    kept_until: str
    lost_in: str


class Streak(NamedTuple):
    """`kept` periods in a row were met, from `since` to `known_to`, the last closed period that was decided.

    `at_most`: how many it is if every `silent` period, of which nothing was decided, turns out met.
    """

    kept: int
    at_most: int
    since: str | None
    known_to: str | None
    silent: tuple[str, ...]
    relapses: tuple[Relapse, ...]


class Breach(NamedTuple):
    """Days from the last breach of a target of zero to `known_to`, the last day of which something is known.

    Figures are known by period: the breach of `last` was on some day of it. `at_most` None beside an `at_least`: no
    breach is known. All of it is None while nothing is known.
    """

    last: str | None = None
    known_to: date | None = None
    at_least: int | None = None
    at_most: int | None = None


def streak(seen: Sequence[Seen], now: datetime) -> Streak:
    """Counts closed periods only. One in which there was nothing to judge is passed over: that much is known of it."""
    closed = [one for one in seen if one.period.closes_at <= now and one.status != "not_due"]
    words = [(one.period.code, _word(one.status)) for one in closed]
    decided = [(code, word) for code, word in words if word != "silent"]
    tail = _after_last(words, "not_met")
    run = _known_run(tail)
    return Streak(
        kept=len(run),
        at_most=len(tail),
        since=run[0] if run else None,
        known_to=decided[-1][0] if decided else None,
        silent=tuple(code for code, word in tail if word == "silent"),
        relapses=tuple(
            Relapse(before, code)
            for (before, was), (code, word) in pairwise(decided)
            if (was, word) == ("met", "not_met")
        ),
    )


def _word(status: StatusName | None) -> Word:
    return "met" if status == "met" else "not_met" if status == "not_met" else "silent"


def _after_last(words: Sequence[tuple[str, Word]], end: Word) -> Sequence[tuple[str, Word]]:
    last = max((place for place, (_, word) in enumerate(words) if word == end), default=-1)
    return words[last + 1 :]


def _known_run(tail: Sequence[tuple[str, Word]]) -> list[str]:
    """The periods met in a row up to the last one that was decided."""
    met = [place for place, (_, word) in enumerate(tail) if word == "met"]
    known = tail[: met[-1] + 1] if met else []
    return [code for code, _ in _after_last(known, "silent")]


def must_be_none(indicator: Indicator) -> bool:
    """Whether it has a target of zero."""
    return indicator.target.op == "at_most" and indicator.target.num == 0


def breach(seen: Sequence[Seen], now: datetime, *, at_cut_off: bool) -> Breach:
    """`at_cut_off`: the figure holds on the last day of a period (a stock), else it is added up over its days."""
    begun = [one for one in seen if one.period.opens_at <= now]
    sights = [_sight(one, now) for one in begun]
    told = [place for place, sight in enumerate(sights) if sight != "unknown"]
    if not told:
        return Breach()
    begun, sights = begun[: told[-1] + 1], sights[: told[-1] + 1]
    today = local_date(now)
    known_to = min(begun[-1].period.end, today)
    breaches = [one for one, sight in zip(begun, sights, strict=True) if sight == "breach"]
    first = None if not breaches else _first_day(breaches[-1], today, at_cut_off)
    return Breach(
        last=breaches[-1].period.code if breaches else None,
        known_to=known_to,
        at_least=(known_to - _last_day(begun, sights, known_to, at_cut_off)).days,
        at_most=None if first is None else (known_to - first).days,
    )


def _sight(one: Seen, now: datetime) -> Sight:
    """One is enough for a breach, whatever is missing; that there was none is known of a closed and complete period."""
    if one.n:
        return "breach"
    complete = one.n is not None and not one.bounded and one.period.closes_at <= now
    return "clear" if complete and one.status in ("met", "not_met") else "unknown"


def _first_day(one: Seen, today: date, at_cut_off: bool) -> date:
    """The day on which the breach was at the earliest; what is said ahead of a cut-off holds on a day before it."""
    return one.period.end if at_cut_off and one.period.end < today else one.period.start


def _last_day(begun: Sequence[Seen], sights: Sequence[Sight], known_to: date, at_cut_off: bool) -> date:
    """The last day on which a breach is possible: before the periods without one up to `known_to`.

    Of a stock, of which nothing is known between two cut-offs, it is the day before the first cut-off without one.
    """
    clear = len(begun)
    while clear and sights[clear - 1] == "clear":
        clear -= 1
    if clear == len(begun):
        return known_to
    first = begun[clear].period
    return (first.end if at_cut_off else first.start) - _ONE_DAY
