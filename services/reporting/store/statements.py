"""Rows of everything an agency says beside pledges: reports, decisions on them, tips, programmes, remarks."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Final

import msgspec
from sqlalchemy import Connection, Table

from services.contracts.events import (
    DeadletterDiscarded,
    ObligationExtended,
    PeriodPublished,
    PeriodReopened,
    PledgeSigned,
    PledgeWithdrawn,
    ProgrammeActivated,
    ProgrammeClock,
    ReportApproved,
    ReportReturned,
    ReportSubmitted,
    TipMoved,
    TipReceived,
)
from services.reporting.store import schema
from services.reporting.store.batch import Read
from services.reporting.store.bulk import Row, insert_rows

_BODY: Final = ("event_id", "body_hash", "programme", "unit")
_COLUMNS: Final[dict[Table, tuple[str, ...]]] = {
    table: (*_BODY, *(column.name for column in table.columns if column.name not in _BODY))
    for table in (
        schema.report,
        schema.decision,
        schema.extension,
        schema.tip,
        schema.tip_move,
        schema.programme_part,
        schema.clock,
        schema.discard,
        schema.remark,
    )
}


def insert_facts(connection: Connection, bodies: Iterable[Read]) -> None:
    """One row for every new body, in order of event ids."""
    rows: dict[Table, list[Row]] = defaultdict(list)
    others = [read for read in bodies if not isinstance(read.event.data, PledgeSigned | PledgeWithdrawn)]
    for read in sorted(others, key=lambda read: (read.event.id, read.event.body_hash)):
        table, row = _fact(read)
        rows[table].append((*_body(read), *row))
    for table in sorted(rows, key=lambda table: table.name):
        insert_rows(connection, table, _COLUMNS[table], rows[table])


def _body(read: Read) -> Row:
    said = read.event
    return (said.id, said.body_hash, said.data.programme, said.data.unit)


def _fact(read: Read) -> tuple[Table, Row]:
    data = read.event.data
    match data:
        case ReportSubmitted() | ReportApproved() | ReportReturned() | ObligationExtended():
            return _of_report(read, data)
        case TipReceived() | TipMoved():
            return _of_tip(data)
        case ProgrammeActivated():
            return schema.programme_part, _part(read, data)
        case ProgrammeClock():
            return schema.clock, (data.now, _json(data.ends))
        case DeadletterDiscarded():
            return schema.discard, (data.topic, data.partition, data.offset, data.reason)
        case _:
            return schema.remark, (read.event.type, _json(_remark(read)))


def _remark(read: Read) -> object:
    """By whom a period was published or reopened decides whether that counts; a release before kept it without."""
    data = read.event.data
    decides = isinstance(data, PeriodPublished | PeriodReopened)
    return msgspec.to_builtins(data) | {"actor": read.event.actor} if decides else data


_OfReport = ReportSubmitted | ReportApproved | ReportReturned | ObligationExtended


def _of_report(read: Read, data: _OfReport) -> tuple[Table, Row]:
    actor, form = read.event.actor, read.owed.form if read.owed else None
    match data:
        case ReportSubmitted():
            return schema.report, _report(data, actor)
        case ReportApproved():
            return schema.decision, (*_decided(data), "approved", None, actor, form)
        case ReportReturned():
            return schema.decision, (*_decided(data), "returned", data.reason, actor, form)
        case ObligationExtended():
            return schema.extension, (data.report_id, data.until, data.reason, form)


def _of_tip(data: TipReceived | TipMoved) -> tuple[Table, Row]:
    match data:
        case TipReceived():
            return schema.tip, (data.tip_id, data.category, data.channel, data.occurred_on, data.due_on)
        case TipMoved():
            return schema.tip_move, (data.tip_id, data.step, data.occurred_on)


def _report(data: ReportSubmitted, actor: str | None) -> Row:
    return (
        data.report_id,
        data.revision,
        data.form,
        data.period,
        data.owner,
        data.received_on,
        data.received_via,
        data.nil,
        _json(data.values),
        _json(data.rows),
        _json(data.documents),
        actor,
    )


def _decided(data: ReportApproved | ReportReturned) -> Row:
    return (data.report_id, data.revision, bytes.fromhex(data.body_hash))


def _part(read: Read, data: ProgrammeActivated) -> Row:
    return (
        data.version,
        data.hash,
        data.sandbox,
        data.occurred_on,
        data.part,
        data.parts,
        data.content,
        read.position.offset,
    )


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
