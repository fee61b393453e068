"""Which of everything that was said counts: design.md, "rules that decide what counts"."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Generic, NamedTuple, TypeVar
from uuid import UUID

from services.contracts.events import (
    Data,
    Event,
    ObligationExtended,
    PledgeSigned,
    PledgeWithdrawn,
    ReportApproved,
    ReportReturned,
    ReportSubmitted,
    TipMoved,
    TipReceived,
)
from tests.support.slow_status.days import due_day
from tests.support.slow_status.places import Places

D = TypeVar("D", bound=Data)


class Said(NamedTuple, Generic[D]):
    """An event that counts, and what it says."""

    event: Event
    data: D


class Signed(NamedTuple):
    """Somebody's signature, from its day to the day before it was withdrawn."""

    kind: str
    unit: str
    day: date
    ended: date | None

    def counts_on(self, day: date) -> bool:
        return self.day <= day and (self.ended is None or day < self.ended)


class Tip(NamedTuple):
    unit: str
    received: date
    due: date | None
    handed_over: date | None
    closed: date | None


def first_copies(said: Iterable[Event]) -> list[Event]:
    """Of copies of one event the earliest accepted, and of other bodies under its id the smaller hash."""
    counting: dict[UUID, Event] = {}
    for event in said:
        known = counting.get(event.id, event)
        counting[event.id] = min(known, event, key=lambda one: (one.accepted_at, one.body_hash))
    return list(counting.values())


class Counting:
    def __init__(self, said: Iterable[Event], places: Places) -> None:
        self.events, self.places = first_copies(said), places
        self.of_reports: dict[UUID, list[Event]] = defaultdict(list)
        for event in self.events:
            if isinstance(event.data, ReportSubmitted | ReportApproved | ReportReturned | ObligationExtended):
                self.of_reports[event.data.report_id].append(event)

    def submissions(self, report: UUID) -> list[Said[ReportSubmitted]]:
        return _of(ReportSubmitted, self.of_reports[report])

    def report(self, report: UUID) -> Said[ReportSubmitted] | None:
        """The highest revision; of equal ones the first accepted, then the smaller event id."""
        found = self.submissions(report)
        return min(found, key=lambda one: (-one.data.revision, *_order(one.event)), default=None)

    def decision(self, on: Said[ReportSubmitted]) -> Said[Data] | None:
        """The latest on exactly this revision and body, by another person than the one who reported."""
        about, exactly = self.of_reports[on.data.report_id], (on.data.revision, on.event.body_hash.hex())
        approvals = [
            one.event for one in _of(ReportApproved, about) if (one.data.revision, one.data.body_hash) == exactly
        ]
        returns = [
            one.event for one in _of(ReportReturned, about) if (one.data.revision, one.data.body_hash) == exactly
        ]
        good = [one for one in approvals + returns if one.actor is None or one.actor != on.event.actor]
        return Said(max(good, key=_order), max(good, key=_order).data) if good else None

    def returned(self, on: Said[ReportSubmitted]) -> bool:
        decision = self.decision(on)
        return decision is not None and isinstance(decision.data, ReportReturned)

    def approved_by(self, on: Said[ReportSubmitted]) -> str | None:
        decision = self.decision(on)
        return decision.event.source if decision is not None and isinstance(decision.data, ReportApproved) else None

    def extensions(self, report: UUID) -> list[Said[ObligationExtended]]:
        return _of(ObligationExtended, self.of_reports[report])

    def signatures(self) -> list[Signed]:
        """Of each token the earliest signature, until it is withdrawn; then the earliest of the days after."""
        signed: dict[tuple[str, bytes], list[tuple[date, UUID, str]]] = defaultdict(list)
        withdrawn: dict[tuple[str, bytes], list[date]] = defaultdict(list)
        for sheet in _of(PledgeSigned, self.events):
            for signer in sheet.data.signers:
                signed[sheet.data.kind, signer.token].append((signer.signed_on, sheet.event.id, sheet.data.unit))
        for said in _of(PledgeWithdrawn, self.events):
            withdrawn[said.data.kind, said.data.token].append(said.data.occurred_on)
        return [span for token in signed for span in _spans(token[0], signed[token], withdrawn[token])]

    def tips(self) -> list[Tip]:
        moves = _of(TipMoved, self.events)
        return [
            self._tip(tip.data, [one.data for one in moves if one.data.tip_id == tip.data.tip_id])
            for tip in _of(TipReceived, self.events)
        ]

    def _tip(self, tip: TipReceived, moves: Sequence[TipMoved]) -> Tip:
        """A step that was told by another unit than the receiving one, its successors and those above is void."""
        good = [move for move in moves if move.unit in self.movers(tip.unit) and move.occurred_on >= tip.occurred_on]
        days: dict[str, list[date]] = defaultdict(list)
        for move in good:
            days[move.step].append(move.occurred_on)
        handed_over, closed = (min(days[step], default=None) for step in ("handed_over", "closed"))
        return Tip(tip.unit, tip.occurred_on, due_day(tip.occurred_on, tip.due_on, days), handed_over, closed)

    def movers(self, unit: str) -> set[str]:
        became, more = {unit}, {unit}
        while more:
            more = {row.new_unit for row in self.places.successions if row.old_unit in more} - became
            became |= more
        return became | {above for one in became for above in self.places.above(one)}


def _of(kind: type[D], events: Iterable[Event]) -> list[Said[D]]:
    return [Said(one, one.data) for one in events if isinstance(one.data, kind)]


def _order(event: Event) -> tuple[datetime, UUID]:
    return event.accepted_at, event.id


def _spans(kind: str, signed: Sequence[tuple[date, UUID, str]], withdrawn: Sequence[date]) -> list[Signed]:
    spans, left = [], sorted(signed)
    while left:
        day, _, unit = left[0]
        ended = min((on for on in withdrawn if on >= day), default=None)
        spans.append(Signed(kind, unit, day, ended))
        left = [one for one in left if ended is not None and one[0] > ended]
    return spans
