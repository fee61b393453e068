"""The inputs of a finding as an explanation states them: each with its state, in the order of unit, period and form."""

from datetime import datetime

from msgspec.structs import replace

from services.contracts.explanations import (
    ExplainedDenominator,
    ExplainedInput,
    ExplainedReport,
    ExplainedSigners,
    ExplainedTips,
    InputState,
    SignersOnDay,
    TipsByChannel,
)
from services.contracts.programme import Obligation
from services.reporting.domain.case import Case, Cause
from services.reporting.domain.coverage import Covered, last_day
from services.reporting.domain.formulas import INPUT_STATES
from services.reporting.domain.inputs import Report
from services.reporting.domain.received import Input
from services.reporting.domain.status import Judged
from services.reporting.domain.summaries import name_of
from services.reporting.domain.timeliness import Filed
from services.reporting.domain.tips import Received
from services.reporting.domain.withheld import too_small


def stated_inputs(judged: Judged) -> list[ExplainedInput]:
    """All of them, without the events behind them."""
    case, finding, _ = judged
    away = frozenset(case.not_standing)
    found = [_stated(case, cause, None) for cause in finding.causes]
    found += [_stated(case, cause, away) for cause in finding.aside]
    return sorted(found, key=place)


def place(stated: ExplainedInput) -> tuple[str, str, str]:
    """What tells one input of a cell from the others."""
    return stated.unit, stated.period or "", stated.report.form if stated.report else ""


def _stated(case: Case, cause: Cause, away: frozenset[str] | None) -> ExplainedInput:
    """`away`: of an input that does not count, the units that do not stand; None for one that counts."""
    match cause:
        case Input():
            return _report_fed(case, cause, away)
        case Covered():
            return _covered(case, cause, counting=away is None)
        case Filed():
            return _filed(case, cause)
        case Received():
            channels = [TipsByChannel(channel=channel, n=n) for channel, n in cause.channels.items()]
            tips = ExplainedTips(
                received=cause.received, in_time=cause.in_time, undecided=cause.undecided, channels=channels
            )
            return _input(cause.unit, None, "counts", missing=cause.undecided > 0, tips=tips)
    raise TypeError(f"no words for {type(cause).__name__}")


def _report_fed(case: Case, item: Input, away: frozenset[str] | None) -> ExplainedInput:
    report, unit = _report(case, item.owing, item.due_at, item.report), item.owing.unit
    state = _state(case.now, item) if away is None else "not_standing" if unit in away else "not_current"
    if too_small(case, item):
        report, state = replace(report, values={}), "withheld" if state == "counts" else state
    return _input(unit, item.owing.period, state, missing=away is None and item.missing, report=report)


def _state(now: datetime, item: Input) -> InputState:
    if not item.missing:
        return "counts"
    if item.report is not None:
        return "returned" if item.report.returned else "no_value"
    if now >= item.due_at:
        return "overdue"
    return "missing" if item.owed(now) else "awaited"


def _filed(case: Case, filed: Filed) -> ExplainedInput:
    undecided = filed.undecided(case.now)
    state: InputState = "awaited" if undecided else "in_time" if filed.in_time else "late" if filed.first else "overdue"
    report = _report(case, filed.owed, filed.due_at, None, first=filed.first)
    return _input(filed.owed.unit, filed.owed.period, state, missing=undecided, report=report)


def _covered(case: Case, covered: Covered, *, counting: bool) -> ExplainedInput:
    until, found = last_day(case), covered.denominator
    signers = ExplainedSigners(
        kind=case.indicator.signer_kind or "",
        until=until,
        counted=covered.signed_by(until),
        ahead=[SignersOnDay(day=entry.day, n=entry.n) for entry in covered.ahead(until, case.period.end)],
        denominator=None
        if found is None
        else ExplainedDenominator(
            as_of=found.as_of, value=found.value, provisional=found.provisional, source=found.source
        ),
    )
    if too_small(case, covered):
        return _input(covered.unit, None, "withheld" if counting else "not_standing", missing=False)
    missing = counting and found is None and case.indicator.kind == "coverage"
    state: InputState = "not_standing" if not counting else "no_denominator" if missing else "counts"
    return _input(covered.unit, None, state, missing=missing, signers=signers)


def _report(
    case: Case, owed: Obligation, due_at: datetime, report: Report | None, first: datetime | None = None
) -> ExplainedReport:
    measures = case.indicator.measures
    return ExplainedReport(
        report_id=owed.report_id,
        form=owed.form,
        owner=owed.owner,
        due_at=due_at,
        first_received_at=first,
        accepted_at=report.accepted_at if report else None,
        nil=report.nil if report else False,
        returned=report.returned if report else False,
        values={code: report.measure(code) for code in measures} if report else {},
    )


def _input(
    unit: str,
    period: str | None,
    state: InputState,
    *,
    missing: bool,
    report: ExplainedReport | None = None,
    signers: ExplainedSigners | None = None,
    tips: ExplainedTips | None = None,
) -> ExplainedInput:
    return ExplainedInput(
        unit=unit,
        period=period,
        state=state,
        text=name_of(INPUT_STATES[state]),
        missing=missing,
        report=report,
        signers=signers,
        tips=tips,
    )
