"""Dead letters of a unit, for anyone: how many wait, since when and why, and nothing of what stands in them."""

from collections import Counter
from collections.abc import Sequence

from services.contracts.programme import Programme
from services.contracts.readings.statuses import WaitingLetters, WaitingReason
from services.contracts.words import reason_text
from services.reporting.domain.summaries import name_of
from services.reporting.store import letters as store


def waiting_of(rows: Sequence[store.WaitingLetters], programme: Programme, unit_id: str) -> WaitingLetters | None:
    """What waits for a unit and those below it; None when nothing does."""
    below = programme.units.subtree(unit_id) if rows else frozenset()
    ours = [row for row in rows if row.unit in below]
    if not ours:
        return None
    counts: Counter[str] = Counter()
    for row in ours:
        counts[row.reason] += row.letters
    return WaitingLetters(
        letters=counts.total(),
        since=min(row.since for row in ours),
        reasons=[
            WaitingReason(reason=reason, text=name_of(reason_text(reason)), letters=letters)
            for reason, letters in sorted(counts.items())
        ],
    )
