"""Obligations in the evaluator's turn: those that marks name or whose instant has come, and what is told of them."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from services.contracts.codec import encode, seal
from services.contracts.events import (
    ObligationOpened,
    ObligationOverdue,
    ObligationPostponed,
    ObligationReceived,
    ObligationReturned,
)
from services.contracts.programme import Obligation, Programme, ids, local_date
from services.contracts.records import Record
from services.reporting.domain.announced import Announcement, Kind, Watched, follow
from services.reporting.domain.expand import Mark
from services.reporting.domain.obligations import NOTHING_SAID
from services.reporting.evaluate.changes import SOURCE, Positions
from services.reporting.store import outbox
from services.reporting.store.histories import read_histories
from services.reporting.store.snapshots import Connection
from services.reporting.store.watched import read_watched, watch, write_watched

_PLAIN: Final[Mapping[Kind, type[ObligationOpened | ObligationPostponed | ObligationOverdue]]] = {
    "opened": ObligationOpened,
    "postponed": ObligationPostponed,
    "overdue": ObligationOverdue,
}


class Span(NamedTuple):
    """`begin`: where what was asked for begins; `until`: how far time may go; `at_most` obligations at once."""

    begin: datetime
    until: datetime
    at_most: int


def follow_obligations(
    connection: Connection, programme: Programme, marks: Iterable[Mark], span: Span, positions: Positions
) -> bool:
    """Looks at what marks name and what is due, tells what has changed; whether there is more to do at once.

    In the transaction that deletes the marks: what is told of stands, and stands in the outbox, or neither.
    """
    watch(connection, programme.id, named(marks, programme))
    due = read_watched(connection, programme.id, span.until, span.at_most + 1)
    taken, more = due[: span.at_most], len(due) > span.at_most
    said = read_histories(connection, [one.report_id for one in taken])
    left: list[Watched] = []
    told: list[Announcement] = []
    for one in taken:
        owed = programme.obligation_of_report.get(one.report_id)
        if owed is None:  # a new version owes it no longer; should one owe it again, its numbers go on
            left.append(Watched(one.report_id, one.evaluated_at, one.sequence, one.told))
            continue
        history = said.get(one.report_id, NOTHING_SAID)
        after, found = follow(one, owed, programme, history, one.valid_until or span.begin, span.until)
        left.append(after)
        told += found
    write_watched(connection, programme.id, left)
    told.sort(key=lambda one: (one.at, one.owed.report_id, one.sequence))
    outbox.add(connection, [record_of(one, programme, positions) for one in told], "obligation_outbox")
    return more


def named(marks: Iterable[Mark], programme: Programme) -> Iterator[UUID]:
    """The report ids that marks speak of: of one form, unit and days, or of all of a programme."""
    for mark in set(marks):
        source, _, form = mark.source.partition(":")
        if source == "programme":
            yield from programme.obligation_of_report
        elif source == "form" and form in programme.forms:
            for period in programme.periods():
                inside = (mark.until is None or period.start <= mark.until) and (
                    mark.since is None or mark.since <= period.end
                )
                owed = programme.obligations_of.get((form, mark.unit, period.code)) if inside else None
                if owed is not None:
                    yield owed.report_id


def record_of(one: Announcement, programme: Programme, positions: Positions) -> Record:
    """The event of an announcement. Its id follows from report id and sequence, its time is that of the change."""
    event = seal(
        _data(one, one.owed, programme, positions),
        event_id=ids.obligation_event_id(programme.id, one.owed.report_id, one.sequence),
        source=SOURCE,
        accepted_at=one.at,
        programme_version=programme.version,
        actor=None,
    )
    return encode(event, key=one.owed.unit)


_Event = ObligationOpened | ObligationPostponed | ObligationReceived | ObligationReturned | ObligationOverdue


def _data(one: Announcement, owed: Obligation, programme: Programme, positions: Positions) -> _Event:
    common: dict[str, Any] = {
        "programme": programme.id,
        "unit": owed.unit,
        "occurred_on": local_date(one.at),
        "sequence": one.sequence,
        "state": one.shown.state,
        "report_id": owed.report_id,
        "form": owed.form,
        "period": owed.period,
        "owner": owed.owner,
        "due_at": one.shown.due_at,
        "positions": {topic: list(offsets) for topic, offsets in positions.items()},
    }
    match one.kind:
        case "received":
            assert one.shown.revision is not None
            assert one.shown.received_at is not None
            return ObligationReceived(**common, revision=one.shown.revision, received_at=one.shown.received_at)
        case "returned":
            assert one.shown.revision is not None
            return ObligationReturned(**common, revision=one.shown.revision)
        case _:
            return _PLAIN[one.kind](**common)
