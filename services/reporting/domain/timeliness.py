"""Reports in time (CT30): every form that the reporting units owe, judged on when a report was first accepted."""

from services.contracts.programme import Obligation
from services.reporting.domain.case import Case, Finding, StatusName
from services.reporting.domain.inputs import Value


def reports_on_time(case: Case) -> Finding:
    """Formula: reports first accepted before they were due / reports in time, late or overdue.

    The status is judged against all reports of the period: those not yet due may still come in time.
    """
    owed = _owed(case)
    if not owed:
        return Finding("not_due")
    in_time = sum(1 for item in owed if _in_time(case, item))
    undecided = [item for item in owed if not _in_time(case, item) and case.now < item.due_at]
    decided = len(owed) - len(undecided)
    low, high = Value(in_time, len(owed)), Value(in_time + len(undecided), len(owed))
    return Finding(
        status=_closed(case, low, high) if case.closed else _open(case, in_time, decided, high),
        value=Value(in_time, decided) if decided else None,
        low=low if undecided else None,
        high=high if undecided else None,
        changes=(case.period.closes_at, *(item.due_at for item in undecided)),
    )


def _owed(case: Case) -> list[Obligation]:
    found = []
    for form in case.programme.forms.values():
        for base in case.programme.base_periods(case.period, form.frequency):
            keys = ((form.code, leaf, base.code) for leaf in case.leaves)
            found += [owed for key in keys if (owed := case.programme.obligations_of.get(key)) is not None]
    return found


def _in_time(case: Case, owed: Obligation) -> bool:
    first = case.facts.first_accepted.get(owed.report_id)
    return first is not None and first < owed.due_at


def _closed(case: Case, low: Value, high: Value) -> StatusName:
    if case.passes(low.fraction):
        return "met"
    return "no_data" if case.passes(high.fraction) else "not_met"


def _open(case: Case, in_time: int, decided: int, high: Value) -> StatusName:
    if not case.passes(high.fraction):
        return "lost"
    if decided == 0:
        return "not_due"
    return "on_track" if case.passes(Value(in_time, decided).fraction) else "at_risk"
