"""What a record is worth, before any database is asked: fit, refused, or not to be said yet. Pure."""

import re
from datetime import UTC, datetime
from typing import Final, NamedTuple

from services.contracts import details
from services.contracts.codec import decode
from services.contracts.errors import Reason, Rejected
from services.contracts.events import (
    Event,
    ObligationExtended,
    PeriodPublished,
    PeriodReopened,
    ProgrammeActivated,
    ProgrammeClock,
    ProgrammeClosed,
    ReportApproved,
    ReportReturned,
    ReportSubmitted,
    TipMoved,
    TipReceived,
)
from services.contracts.fields import FIRST_DAY, LAST_YEAR
from services.contracts.programme import Obligation, Programme, judge
from services.contracts.programme.registry import Registry
from services.contracts.records import Headers, Position, StoredRecord
from services.kit.clock import local_day
from services.reporting.domain.sources import event_id_of, named, programme_of, source_of, unit_of
from services.reporting.store.batch import Edition, Mark, Read, Refused

FIRST_POSITION_HEADER: Final = "dl-of"
_POSITION: Final = re.compile(r"([a-z]{1,20}\.v[0-9]{1,2}):([0-9]{1,9}):([0-9]{1,18})")


class Unread(NamedTuple):
    """Judged by a programme version that has not been read yet."""

    programme: str
    version: int


class Judged(NamedTuple):
    """A verdict, and what the programmes are after it."""

    verdict: Read | Refused | Unread
    registry: Registry
    edition: Edition | None = None


def judged(record: StoredRecord, registry: Registry, *, final: bool) -> Judged:
    """The verdict on a record. `final`: a programme version that is not known now never will be."""
    try:
        event = decode(record)
        if isinstance(event.data, ProgrammeActivated):
            return _activation(record, event, event.data, registry)
        return Judged(_event(record, event, registry, final=final), registry)
    except Rejected as rejected:
        return Judged(refused(record, rejected.reason.value, rejected.field), registry)


def refused(record: StoredRecord, reason: str, field: str) -> Refused:
    """A dead letter: what its headers say is kept as far as it is well formed.

    It marks its unit whether or not this process knows it already: evaluate drops what no programme has.
    """
    names = named(record.headers)
    programme, unit = programme_of(names), unit_of(names)
    at = _logged_at(record)
    return Refused(
        position=record.position,
        first=_first(record.headers) or record.position,
        reason=reason,
        field=field,
        source=source_of(names),
        programme=programme,
        unit=unit,
        recorded_at=at,
        logged_on=local_day(at),
        marks=(Mark(programme, unit, "deadletter"),) if programme and unit else (),
        event_id=event_id_of(names),
    )


def _activation(record: StoredRecord, event: Event, data: ProgrammeActivated, registry: Registry) -> Judged:
    """A part of a programme; the part that makes it whole makes it known, or is refused with the whole."""
    after = registry.with_event(event)
    if len(after.refusals) > len(registry.refusals):
        raise Rejected(Reason.INVALID_FIELD, "content")
    edition = after.get(data.programme, data.version)
    if edition is None or registry.get(data.programme, data.version) is not None:
        return Judged(_read(record, event, sandbox=data.sandbox), after)
    at = event.accepted_at if data.sandbox else _logged_at(record)
    whole = Edition(data.programme, data.version, data.hash, data.sandbox, data.occurred_on, at)
    marks = (Mark(data.programme, edition.root, "programme"),)
    known = after.recorded_at({(data.programme, data.version): at})
    return Judged(_read(record, event, sandbox=data.sandbox, marks=marks), known, whole)


def _event(record: StoredRecord, event: Event, registry: Registry, *, final: bool) -> Read | Unread:
    named = event.data.programme, event.programme_version
    programme = registry.at(*named, _logged_at(record))
    if programme is None:
        if final or registry.get(*named) is not None:
            raise Rejected(Reason.UNKNOWN_PROGRAMME, "programmeversion")
        return Unread(*named)
    judge(event, programme)
    if isinstance(event.data, ProgrammeClock):
        _judge_clock(event.data, programme)
    owed = _owed(event, programme)
    return _read(record, event, sandbox=programme.sandbox, marks=marks_of(event, programme, owed), owed=owed)


def _judge_clock(data: ProgrammeClock, programme: Programme) -> None:
    if not programme.sandbox:
        raise Rejected(Reason.INVALID_FIELD, "now", details.NOT_A_SANDBOX)
    if not FIRST_DAY.year <= data.now.year <= LAST_YEAR:
        raise Rejected(Reason.INVALID_FIELD, "now", details.OUT_OF_RANGE)


def _read(
    record: StoredRecord,
    event: Event,
    *,
    sandbox: bool,
    marks: tuple[Mark, ...] = (),
    owed: Obligation | None = None,
) -> Read:
    at = _logged_at(record)
    recorded_at = event.accepted_at if sandbox else at
    return Read(record.position, event, recorded_at, local_day(at), marks, owed, _first(record.headers))


def _owed(event: Event, programme: Programme) -> Obligation | None:
    match event.data:
        case ReportSubmitted() | ReportApproved() | ReportReturned() | ObligationExtended() as data:
            return programme.obligation_of_report[data.report_id]
        case _:
            return None


def marks_of(event: Event, programme: Programme, owed: Obligation | None) -> tuple[Mark, ...]:
    """What evaluate must look at for this event alone; pledges are marked by the counts they move."""
    data = event.data
    if owed is not None:
        period = programme.period(owed.period)
        days = (period.start, period.end) if period else (None, None)
        return (Mark(programme.id, owed.unit, f"form:{owed.form}", *days),)
    match data:
        case TipReceived():
            return (Mark(programme.id, data.unit, "tip", data.occurred_on),)
        case TipMoved():
            return (Mark(programme.id, data.unit, "tip"),)
        case ProgrammeClosed():
            return (Mark(programme.id, programme.root, "programme"),)
        case PeriodPublished() | PeriodReopened():
            return _of_publication(data, programme)
        case _:
            return ()


def _of_publication(data: PeriodPublished | PeriodReopened, programme: Programme) -> tuple[Mark, ...]:
    """The values of a unit concern it; what makes them count, or no longer, concerns all units that may have some."""
    period = programme.period(data.period)
    days = (period.start, period.end) if period else (None, None)
    alone = isinstance(data, PeriodPublished) and data.digest is None
    units = [data.unit] if alone else sorted(programme.units.subtree(data.unit))
    return tuple(Mark(programme.id, unit, "published", *days) for unit in units)


def _logged_at(record: StoredRecord) -> datetime:
    return datetime.fromtimestamp(record.timestamp_ms / 1000, UTC)


def _first(headers: Headers) -> Position | None:
    """Of a dead letter that was sent again: where it stood first."""
    named_first = [value for name, value in headers if name == FIRST_POSITION_HEADER]
    if not named_first:
        return None
    found = _POSITION.fullmatch(named_first[0].decode(errors="replace"))
    return Position(found[1], int(found[2]), int(found[3])) if found else None
