"""What a streak, a relapse and the days since a breach are called beside a cell: short, Vietnamese and English."""

from collections.abc import Iterator

from services.contracts.errors import Text
from services.contracts.readings.streaks import IndicatorStreak, LastBreach
from services.reporting.serve.words import PERIOD_KINDS


def streak_texts(found: IndicatorStreak) -> Iterator[Text]:
    """At most two: what was kept or lost, and for a target of zero the days without a breach."""
    kept = _kept_text(found)
    if kept is not None:
        yield kept
    days = _days_text(found.breach) if found.breach else None
    if days is not None:
        yield days


def _kept_text(found: IndicatorStreak) -> Text | None:
    if found.kept:
        kind = PERIOD_KINDS[found.frequency]
        unknown = found.at_most > found.kept
        vi = f"giữ vững {found.kept} {kind.vi.lower()} từ {found.since}"
        en = f"kept for {found.kept} {kind.en}{'s' * (found.kept > 1)} since {found.since}"
        return Text(f"{vi}, biết đến {found.known_to}", f"{en}, known to {found.known_to}") if unknown else Text(vi, en)
    if found.relapses:
        lost = found.relapses[-1].lost_in
        return Text(f"không giữ được từ {lost}", f"lost again in {lost}")
    return None


def _days_text(breach: LastBreach) -> Text | None:
    """Bounds where the day is not known; none while nothing is known."""
    if breach.known_to is None or breach.at_least_days is None:
        return None
    least, most = breach.at_least_days, breach.at_most_days
    vi_to, en_to = f"(đến {breach.known_to:%d/%m/%Y})", f"(to {breach.known_to})"
    if most is None:
        vi = f"ít nhất {least} ngày không phát sinh {vi_to}"
        return Text(vi, f"at least {least} days without one {en_to}")
    days = str(least) if least == most else f"{least}–{most}"
    return Text(f"{days} ngày kể từ lần phát sinh cuối {vi_to}", f"{days} days since the last one {en_to}")
