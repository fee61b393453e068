"""Who counts as a signer on which day, as known on which day. Decided by value, never by arrival.

A token's first signature counts +1 on the day signed, the first withdrawal on or after that day -1 on the day
withdrawn, the first signature after that day counts again, and so on. What is known grows by copies of events, each
recorded on a local day; an entry carries the recorded day on which it became known. So the sum of the entries with
day <= X and recorded day <= R is the number of signers on day X as known on R.
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID


class Copy(NamedTuple):
    """One copy of an event; of all copies of an event id the smallest counts."""

    accepted_at: datetime
    body_hash: bytes
    recorded_on: date


class Signature(NamedTuple):
    """Sorts as it counts: the earliest first."""

    signed_on: date
    event_id: UUID
    body_hash: bytes
    unit: str
    group: str


class Withdrawal(NamedTuple):
    on: date
    event_id: UUID
    body_hash: bytes


class Entry(NamedTuple):
    unit: str
    group: str
    day: date
    recorded_on: date


class History(NamedTuple):
    """Everything ever said about one token."""

    signatures: Sequence[Signature]
    withdrawals: Sequence[Withdrawal]

    def event_ids(self) -> set[UUID]:
        return {said.event_id for said in self.signatures} | {said.event_id for said in self.withdrawals}


Standing = tuple[tuple[date, bytes], ...]
"""Which body of an event stands, from which recorded day on; in order of days, each entry another body."""


def standing(copies: Iterable[Copy]) -> Standing:
    """The bodies that stood at the end of each recorded day, where they changed."""
    changes: list[tuple[date, bytes]] = []
    best: Copy | None = None
    for copy in sorted(copies, key=lambda copy: (copy.recorded_on, copy)):
        if best is None or copy < best:
            best = copy
            if not changes or changes[-1][1] != copy.body_hash:
                changes.append((copy.recorded_on, copy.body_hash))
    return tuple(changes)


def contributions(history: History, standings: Mapping[UUID, Standing]) -> Counter[Entry]:
    """The entries of one token; those that add up to nothing are left out. An event without standing is not known."""
    days = sorted({day for event in history.event_ids() for day, _ in standings.get(event, ())})
    entries: Counter[Entry] = Counter()
    before: Counter[tuple[str, str, date]] = Counter()
    for day in days:
        known = _known(history, standings, day)
        counts = _timeline(known)
        for place in counts.keys() | before.keys():
            if moved := counts[place] - before[place]:
                entries[Entry(*place, day)] = moved
        before = counts
    return entries


def _known(history: History, standings: Mapping[UUID, Standing], on: date) -> History:
    def stands(said: Signature | Withdrawal) -> bool:
        changes = standings.get(said.event_id, ())
        place = bisect_right(changes, on, key=lambda change: change[0])
        return place > 0 and changes[place - 1][1] == said.body_hash

    return History(list(filter(stands, history.signatures)), list(filter(stands, history.withdrawals)))


def _timeline(history: History) -> Counter[tuple[str, str, date]]:
    signatures = sorted(history.signatures)
    ends = sorted(withdrawal.on for withdrawal in history.withdrawals)
    counts: Counter[tuple[str, str, date]] = Counter()
    at = 0
    while at < len(signatures):
        signature = signatures[at]
        counts[signature.unit, signature.group, signature.signed_on] += 1
        end = bisect_left(ends, signature.signed_on)
        if end == len(ends):
            break
        counts[signature.unit, signature.group, ends[end]] -= 1
        at = bisect_right(signatures, ends[end], key=lambda later: later.signed_on)
    return counts
