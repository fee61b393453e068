"""What counts at an instant, by value: which copy, which revision, which signature, which tip."""

import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from services.contracts.programme import Programme, ids
from services.simulator.actions import RETURNED, SIGNED, SUBMITTED, TIP_MOVED, TIP_RECEIVED, WITHDRAWN, Action

Body = Mapping[str, Any]
ReportKey = tuple[str, str, str]
"""Form, unit id, period."""


Who = tuple[str, ...]
"""Kind, and what identifies a signer."""


class Event(NamedTuple):
    """`decides` is the body that a decision is about."""

    id: UUID
    at: datetime
    type: str
    body: Body
    decides: Body | None


class Report(NamedTuple):
    """The counting revision of a report. `first_at` is when any revision of it was first accepted."""

    body: Body
    returned: bool
    first_at: datetime


class Span(NamedTuple):
    """A signer counts in `unit` from the day `start`, and no more from the day `end`."""

    unit: str
    start: date
    end: date | None
    who: Who = ()


class Tip(NamedTuple):
    """`moves`: every day on which a step was told, by step, in order."""

    unit: str
    received_on: date
    moves: Mapping[str, list[date]]

    @property
    def handed_over_on(self) -> date | None:
        return next(iter(self.moves.get("handed_over", [])), None)

    @property
    def closed_on(self) -> date | None:
        return next(iter(self.moves.get("closed", [])), None)


def events_of(actions: Iterable[Action]) -> list[Event]:
    """Every event of a plan, in the order of the plan."""
    actions = list(actions)
    bodies = {action.name: action.body for action in actions}
    return [
        Event(event, action.at, action.event_type, _whole(action, item), bodies.get(action.decides or ""))
        for action in actions
        for event, item in action.events()
    ]


def known(events: Iterable[Event], now: datetime) -> list[Event]:
    """Events accepted by now; of the copies of one id the earliest."""
    first: dict[UUID, Event] = {}
    for event in events:
        if event.at <= now and (event.id not in first or event.at < first[event.id].at):
            first[event.id] = event
    return list(first.values())


def reports_of(programme: Programme, events: list[Event]) -> dict[ReportKey, Report]:
    """The highest revision counts; of equal ones the smallest (instant, event id)."""
    filed: dict[ReportKey, list[Event]] = {}
    for event in events:
        if event.type == SUBMITTED:
            filed.setdefault(_report_key(programme, event.body), []).append(event)
    decisions = [event for event in events if event.decides is not None]
    found = {}
    for key, copies in filed.items():
        highest = max(copy.body["revision"] for copy in copies)
        counting = min((c for c in copies if c.body["revision"] == highest), key=lambda c: (c.at, c.id))
        first_at = min(copy.at for copy in copies)
        found[key] = Report(counting.body, _is_returned(counting.body, decisions), first_at)
    return found


def spans_of(programme: Programme, events: list[Event]) -> dict[str, list[Span]]:
    """By signer kind, the spans in which each signer counts somewhere."""
    signed: dict[Who, list[tuple[date, UUID, str]]] = {}
    withdrawn: dict[Who, list[date]] = {}
    for event in events:
        body = event.body
        if event.type == SIGNED:
            sheet_day = date.fromisoformat(body["occurred_on"])
            unit = _unit(programme, body["unit"], sheet_day)
            for signer in body["signers"]:
                day = date.fromisoformat(signer["signed_on"]) if "signed_on" in signer else sheet_day
                signed.setdefault(_who(body, signer["identity"]), []).append((day, event.id, unit))
        elif event.type == WITHDRAWN:
            withdrawn.setdefault(_who(body, body["identity"]), []).append(date.fromisoformat(body["withdrawn_on"]))
    spans: dict[str, list[Span]] = {}
    for who, signatures in signed.items():
        spans.setdefault(who[0], []).extend(signer_spans(who, signatures, withdrawn.get(who, [])))
    return spans


def signer_spans(who: Who, signatures: list[tuple[date, UUID, str]], withdrawals: list[date]) -> list[Span]:
    """The earliest signature (day, event id) counts until a withdrawal; then the earliest after that day, and so on."""
    spans = []
    left = sorted(signatures)
    while left:
        day, _, unit = left[0]
        end = min((withdrawal for withdrawal in withdrawals if withdrawal >= day), default=None)
        spans.append(Span(unit, day, end, who))
        left = [signature for signature in left if end is not None and signature[0] > end]
    return spans


def tips_of(programme: Programme, events: list[Event]) -> list[Tip]:
    """Tips whose receipt is known, with the days of their steps."""
    moved: dict[str, dict[str, list[date]]] = {}
    for event in sorted(events, key=lambda one: one.body.get("moved_on", "")):
        if event.type == TIP_MOVED:
            steps = moved.setdefault(event.body["tip"], {})
            steps.setdefault(event.body["step"], []).append(date.fromisoformat(event.body["moved_on"]))
    tips = []
    for event in events:
        if event.type == TIP_RECEIVED:
            day, tip = date.fromisoformat(event.body["received_on"]), str(ids.tip_id(event.id))
            tips.append(Tip(_unit(programme, event.body["unit"], day), day, moved.get(tip, {})))
    return tips


def _whole(action: Action, item: Body) -> Body:
    """What one event says: a sheet of a batch is of the batch's programme, a move names its tip in the path."""
    body = {"programme": action.body["programme"], **item}
    if action.event_type == TIP_MOVED:
        body["tip"] = action.path.removeprefix("/v1/tips/").removesuffix(":move")
    return body


def _report_key(programme: Programme, body: Body) -> ReportKey:
    period = programme.period(body["period"])
    if period is None:
        raise ValueError(body["period"])
    return body["form"], _unit(programme, body["unit"], period.end), body["period"]


def _is_returned(body: Body, decisions: list[Event]) -> bool:
    """The latest decision on exactly this body is a return."""
    on_this = [decision for decision in decisions if decision.decides == body]
    return bool(on_this) and max(on_this, key=lambda decision: (decision.at, decision.id)).type == RETURNED


def _unit(programme: Programme, reference: str, day: date) -> str:
    unit = programme.units.resolve(reference, day)
    if unit is None:
        raise ValueError(f"{reference} on {day}")
    return unit.id


def _who(body: Body, identity: Mapping[str, str]) -> Who:
    """Kind and what identifies the signer, however it was written; a household's address only within its group."""
    kind = body["kind"]
    group = body["group"] if kind == "household" and "address" in identity else ""
    words = (f"{name}={unicodedata.normalize('NFC', text).casefold()}" for name, text in sorted(identity.items()))
    return kind, group, *words
