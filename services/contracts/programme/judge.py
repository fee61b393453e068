"""The checks of an event that need its programme. What a form or a map refuses today is refused on every replay:
an event is judged by exactly the programme version that intake stamped on it."""

from collections.abc import Mapping

from services.contracts import details
from services.contracts.errors import Fault, Reason, Rejected, fault
from services.contracts.events import (
    Data,
    Event,
    ObligationExtended,
    PeriodPublished,
    PeriodReopened,
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
from services.contracts.programme.ids import organisation_token
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
        case PeriodPublished() | PeriodReopened():
            _judge_period(event, data, programme)
        case TipReceived() if data.due_on < data.occurred_on:
            raise Rejected(Reason.INVALID_FIELD, "due_on", details.BEFORE_RECEIPT)
        case _:
            pass


def warnings(event: Event, programme: Programme) -> list[Fault]:
    """What a form only warns of in a report that it allows."""
    data = event.data
    form = programme.forms.get(data.form) if isinstance(data, ReportSubmitted) else None
    if form is None or not isinstance(data, ReportSubmitted):
        return []
    return [fault(f"values.{rule.left}", "doubtful", rule.text) for rule in form.broken(data.values, "warning")]


def _unit(data: Data, programme: Programme) -> Unit:
    unit = programme.units.resolve(data.unit, data.occurred_on)
    if unit is None:
        raise Rejected(Reason.UNKNOWN_UNIT, "unit", details.NO_SUCH_UNIT)
    if not programme.units.within(unit.id, programme.root):
        raise Rejected(Reason.UNKNOWN_UNIT, "unit", details.OUTSIDE)
    return unit


def _judge_source(source: str, unit: Unit, programme: Programme) -> None:
    agency = programme.agencies.get(source)
    if agency is None:
        raise Rejected(Reason.INVALID_FIELD, "source", details.NOT_REGISTERED)
    if not programme.units.within(unit.id, agency.unit):
        raise Rejected(Reason.INVALID_FIELD, "source", details.NOT_THEIR_UNIT)


def _judge_place_of_pledge(unit: Unit) -> None:
    if not unit.is_leaf:
        raise Rejected(Reason.INVALID_FIELD, "unit", details.NOT_A_WARD)


def _judge_sheet(sheet: PledgeSigned, unit: Unit, programme: Programme) -> None:
    _judge_place_of_pledge(unit)
    if sheet.text_version not in programme.text_versions:
        raise Rejected(Reason.INVALID_FIELD, "text_version", details.UNKNOWN)
    if sheet.group is not None:
        group = programme.groups.get(sheet.group)
        if group is None or group.unit != unit.id:
            raise Rejected(Reason.INVALID_FIELD, "group", details.NO_SUCH_GROUP)
    registered = sheet.kind in _REGISTERED_KINDS
    listed = programme.listed_tokens(unit.id) if registered else frozenset()
    for number, signer in enumerate(sheet.signers):
        if not unit.valid_on(signer.signed_on):
            raise Rejected(Reason.UNKNOWN_UNIT, f"signers[{number}].signed_on", details.NO_SUCH_UNIT)
        if (signer.basis == "register_id") is not registered:
            raise Rejected(Reason.INVALID_FIELD, f"signers[{number}].basis", details.NOT_FOR_THIS_KIND)
        if registered and signer.token not in listed:
            raise Rejected(Reason.INVALID_FIELD, f"signers[{number}].token", details.NOT_IN_REGISTER)
    _judge_parties(sheet, unit, programme)


def _judge_parties(sheet: PledgeSigned, unit: Unit, programme: Programme) -> None:
    """Who signs with organisations or businesses, or sees it: other bodies of the register, of the unit or above."""
    named = [(f"parties[{number}]", party) for number, party in enumerate(sheet.parties)]
    named += [("witness", sheet.witness)] if sheet.witness is not None else []
    if named and sheet.kind not in _REGISTERED_KINDS:
        raise Rejected(Reason.INVALID_FIELD, named[0][0], details.NOT_FOR_THIS_KIND)
    signing = {signer.token for signer in sheet.signers}
    before: set[str] = set()
    for path, party in named:
        body = programme.organisations.get(party)
        if body is None or body.kind != "organisation" or not programme.units.within(unit.id, body.unit):
            raise Rejected(Reason.INVALID_FIELD, path, details.NOT_IN_REGISTER)
        if organisation_token(party) in signing:
            raise Rejected(Reason.INVALID_FIELD, path, details.SIGNS_ITSELF)
        if party in before:
            raise Rejected(Reason.INVALID_FIELD, path, details.REPEATED)
        before.add(party)


def _judge_decision(data: ReportApproved | ReportReturned | ObligationExtended, programme: Programme) -> None:
    owed = programme.obligation_of_report.get(data.report_id)
    if owed is None:
        raise Rejected(Reason.INVALID_FIELD, "report_id", details.NOBODY_OWES)
    if owed.unit != data.unit:
        raise Rejected(Reason.INVALID_FIELD, "unit", details.NOT_ITS_UNIT)
    if isinstance(data, ObligationExtended) and data.until < local_date(owed.due_at):
        raise Rejected(Reason.INVALID_FIELD, "until", details.BEFORE_DUE)


def _judge_period(event: Event, data: PeriodPublished | PeriodReopened, programme: Programme) -> None:
    period = programme.period(data.period)
    if period is None:
        raise Rejected(Reason.INVALID_FIELD, "period", details.NO_PERIOD)
    if event.accepted_at < period.closes_at:
        raise Rejected(Reason.INVALID_FIELD, "period", details.NOT_CLOSED)
    if isinstance(data, PeriodPublished) and any(one.indicator not in programme.indicators for one in data.values):
        raise Rejected(Reason.INVALID_FIELD, "values", details.NO_INDICATOR)


def _judge_report(report: ReportSubmitted, programme: Programme) -> None:
    form = programme.forms.get(report.form)
    if form is None:
        raise Rejected(Reason.INVALID_FIELD, "form", details.UNKNOWN)
    period = programme.period(report.period)
    if period is None or period.kind != form.frequency:
        raise Rejected(Reason.INVALID_FIELD, "period", details.NO_PERIOD_OF_FORM)
    owed = programme.obligations_of.get((report.form, report.unit, report.period))
    if owed is None:
        raise Rejected(Reason.INVALID_FIELD, "unit", details.UNIT_OWES_NONE)
    if owed.owner != report.owner:
        raise Rejected(Reason.INVALID_FIELD, "owner", details.OWNER_OWES_NONE)
    if owed.report_id != report.report_id:
        raise Rejected(Reason.INVALID_FIELD, "report_id", details.NOT_ITS_ID)
    if report.nil and (report.values or report.rows):
        raise Rejected(Reason.INVALID_FIELD, "nil", details.NIL_WITH_VALUES)
    _judge_values(report.values, form)
    _judge_rows(report.rows, form)


def _judge_values(values: Mapping[str, int | None], form: Form) -> None:
    for code, value in values.items():
        measure = form.measures.get(code)
        if measure is None:
            raise Rejected(Reason.INVALID_FIELD, f"values.{code}", details.NO_MEASURE)
        if value is not None and not _within(value, measure):
            raise Rejected(Reason.INVALID_FIELD, f"values.{code}", details.OUT_OF_RANGE)
    for rule in form.broken(values, "error"):
        raise Rejected(Reason.INVALID_FIELD, f"values.{rule.left}", rule.text)


def _within(value: int, measure: Measure) -> bool:
    limit = 1 if measure.type == "flag" else measure.max
    return limit is None or value <= limit


def _judge_rows(rows: Mapping[str, list[Row]], form: Form) -> None:
    for code, listed in rows.items():
        kind = form.rows.get(code)
        if kind is None:
            raise Rejected(Reason.INVALID_FIELD, f"rows.{code}", details.NO_ROWS)
        if len(listed) > kind.max_rows:
            raise Rejected(Reason.INVALID_FIELD, f"rows.{code}", details.TOO_MANY)
        for number, row in enumerate(listed):
            _judge_row(row, kind, f"rows.{code}[{number}]")


def _judge_row(row: Row, kind: RowKind, path: str) -> None:
    if not kind.fits(row.keys()):
        raise Rejected(Reason.INVALID_FIELD, path, details.OTHER_FIELDS)
    for code, value in row.items():
        if not _allowed(value, kind.fields[code]):
            raise Rejected(Reason.INVALID_FIELD, f"{path}.{code}", details.NOT_ALLOWED)


def _allowed(value: int | str, field: RowField) -> bool:
    if field.choices:
        return value in field.choices
    return isinstance(value, int) and (field.max is None or value <= field.max)
