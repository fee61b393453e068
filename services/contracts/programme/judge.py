"""The checks of an event that need its programme. What a form or a map refuses today is refused on every replay:
an event is judged by exactly the programme version that intake stamped on it."""

from collections.abc import Mapping

from services.contracts.errors import Reason, Rejected
from services.contracts.events import (
    Data,
    Event,
    ObligationExtended,
    PledgeSigned,
    PledgeWithdrawn,
    ReportApproved,
    ReportReturned,
    ReportSubmitted,
    Row,
    TipReceived,
)
from services.contracts.programme.calendars import local_date
from services.contracts.programme.forms import Form, Measure, RowField, RowKind
from services.contracts.programme.model import Programme
from services.contracts.programme.units import Unit

_REGISTERED_KINDS = frozenset({"organisation", "business"})


def judge(event: Event, programme: Programme) -> None:
    """Raises Rejected(reason, field) for an event that the programme does not allow."""
    data = event.data
    if data.programme != programme.id:
        raise Rejected(Reason.UNKNOWN_PROGRAMME, "programme")
    unit = _unit(data, programme)
    _judge_source(event.source, unit, programme)
    match data:
        case PledgeSigned():
            _judge_sheet(data, unit, programme)
        case PledgeWithdrawn():
            _judge_place_of_pledge(unit)
        case ReportSubmitted():
            _judge_report(data, programme)
        case ReportApproved() | ReportReturned() | ObligationExtended():
            _judge_decision(data, programme)
        case TipReceived() if data.due_on < data.occurred_on:
            raise Rejected(Reason.INVALID_FIELD, "due_on", "before the day of receipt")
        case _:
            pass


def _unit(data: Data, programme: Programme) -> Unit:
    unit = programme.units.resolve(data.unit, data.occurred_on)
    if unit is None:
        raise Rejected(Reason.UNKNOWN_UNIT, "unit", "no such unit on that day")
    if not programme.units.within(unit.id, programme.root):
        raise Rejected(Reason.UNKNOWN_UNIT, "unit", "outside the programme")
    return unit


def _judge_source(source: str, unit: Unit, programme: Programme) -> None:
    agency = programme.agencies.get(source)
    if agency is None:
        raise Rejected(Reason.INVALID_FIELD, "source", "not a registered agency")
    if not programme.units.within(unit.id, agency.unit):
        raise Rejected(Reason.INVALID_FIELD, "source", "the agency does not speak for this unit")


def _judge_place_of_pledge(unit: Unit) -> None:
    if not unit.is_leaf:
        raise Rejected(Reason.INVALID_FIELD, "unit", "pledges are counted in wards and communes")


def _judge_sheet(sheet: PledgeSigned, unit: Unit, programme: Programme) -> None:
    _judge_place_of_pledge(unit)
    if sheet.text_version not in programme.text_versions:
        raise Rejected(Reason.INVALID_FIELD, "text_version", "unknown")
    if sheet.group is not None:
        group = programme.groups.get(sheet.group)
        if group is None or group.unit != unit.id:
            raise Rejected(Reason.INVALID_FIELD, "group", "no group of this unit")
    registered = sheet.kind in _REGISTERED_KINDS
    listed = programme.listed_tokens(unit.id) if registered else frozenset()
    for number, signer in enumerate(sheet.signers):
        if not unit.valid_on(signer.signed_on):
            raise Rejected(Reason.UNKNOWN_UNIT, f"signers[{number}].signed_on", "no such unit on that day")
        if (signer.basis == "register_id") is not registered:
            raise Rejected(Reason.INVALID_FIELD, f"signers[{number}].basis", "not for this kind of signer")
        if registered and signer.token not in listed:
            raise Rejected(Reason.INVALID_FIELD, f"signers[{number}].token", "not in the register of this unit")


def _judge_decision(data: ReportApproved | ReportReturned | ObligationExtended, programme: Programme) -> None:
    owed = programme.obligation_of_report.get(data.report_id)
    if owed is None:
        raise Rejected(Reason.INVALID_FIELD, "report_id", "nobody owes such a report")
    if owed.unit != data.unit:
        raise Rejected(Reason.INVALID_FIELD, "unit", "not the unit of the report")
    if isinstance(data, ObligationExtended) and data.until < local_date(owed.due_at):
        raise Rejected(Reason.INVALID_FIELD, "until", "before the day it is due")


def _judge_report(report: ReportSubmitted, programme: Programme) -> None:
    form = programme.forms.get(report.form)
    if form is None:
        raise Rejected(Reason.INVALID_FIELD, "form", "unknown")
    period = programme.period(report.period)
    if period is None or period.kind != form.frequency:
        raise Rejected(Reason.INVALID_FIELD, "period", "no period of this form")
    owed = programme.obligations_of.get((report.form, report.unit, report.period))
    if owed is None:
        raise Rejected(Reason.INVALID_FIELD, "unit", "owes no such report")
    if owed.owner != report.owner:
        raise Rejected(Reason.INVALID_FIELD, "owner", "does not owe this report")
    if owed.report_id != report.report_id:
        raise Rejected(Reason.INVALID_FIELD, "report_id", "not the id of this report")
    if report.nil and (report.values or report.rows):
        raise Rejected(Reason.INVALID_FIELD, "nil", "a nil report has no values")
    _judge_values(report.values, form)
    _judge_rows(report.rows, form)


def _judge_values(values: Mapping[str, int | None], form: Form) -> None:
    for code, value in values.items():
        measure = form.measures.get(code)
        if measure is None:
            raise Rejected(Reason.INVALID_FIELD, f"values.{code}", "no measure of this form")
        if value is not None and not _within(value, measure):
            raise Rejected(Reason.INVALID_FIELD, f"values.{code}", "out of range")
    for rule in form.rules:
        left, right = values.get(rule.left), values.get(rule.right)
        if left is not None and right is not None and left > right:
            raise Rejected(Reason.INVALID_FIELD, f"values.{rule.left}", f"more than {rule.right}")


def _within(value: int, measure: Measure) -> bool:
    limit = 1 if measure.type == "flag" else measure.max
    return limit is None or value <= limit


def _judge_rows(rows: Mapping[str, list[Row]], form: Form) -> None:
    for code, listed in rows.items():
        kind = form.rows.get(code)
        if kind is None:
            raise Rejected(Reason.INVALID_FIELD, f"rows.{code}", "no rows of this form")
        if len(listed) > kind.max_rows:
            raise Rejected(Reason.INVALID_FIELD, f"rows.{code}", "too many")
        for number, row in enumerate(listed):
            _judge_row(row, kind, f"rows.{code}[{number}]")


def _judge_row(row: Row, kind: RowKind, path: str) -> None:
    if row.keys() != kind.fields.keys():
        raise Rejected(Reason.INVALID_FIELD, path, "not the fields of this row")
    for code, value in row.items():
        if not _allowed(value, kind.fields[code]):
            raise Rejected(Reason.INVALID_FIELD, f"{path}.{code}", "not allowed")


def _allowed(value: int | str, field: RowField) -> bool:
    if field.choices:
        return value in field.choices
    return isinstance(value, int) and (field.max is None or value <= field.max)
