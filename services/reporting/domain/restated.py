"""The facts that an explanation states, read back from it: its conclusion must follow from them and the programme."""

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from msgspec.structs import replace

from services.contracts.explanations import (
    ExplainedInput,
    ExplainedReport,
    ExplainedTips,
    Explanation,
    TipsByChannel,
)
from services.contracts.programme import TIP_FED, Programme, local_date
from services.reporting.domain.explain import Events, Told, explain
from services.reporting.domain.inputs import Cell, DayCount, Facts, Published, Report, TipCount
from services.reporting.domain.obligations import Extension, stands_above
from services.reporting.domain.stated import place, stated_inputs
from services.reporting.domain.status import evaluate, judge

_ONE_DAY = timedelta(days=1)


def concluded(said: Explanation, programme: Programme) -> Explanation:
    """The explanation that follows from the inputs stated in one, of which all must be on the page.

    The events behind them are taken as they are told; so is, of tips, whose days are not told, what time will do, and
    by which channels they came, for small numbers are not told.
    """
    cell, facts = Cell(said.unit, said.indicator, said.period.code), _facts(said, programme)
    judged = judge(cell, programme, facts, said.evaluated_at)
    until = judged.status.valid_until
    later = None if until is None else evaluate(cell, programme, facts, until)
    events = {place(one): Events(one.events, one.events_in_all, one.events_digest) for one in said.inputs}
    channels = {place(one): one.tips.channels for one in said.inputs if one.tips}
    inputs = [_by_channel(one, channels.get(place(one), [])) for one in stated_inputs(judged)]
    found = explain(judged, later, inputs, slice(0, len(inputs)), events, Told(said.as_of, said.next, said.stale))
    if said.formula.kind not in TIP_FED:
        return found
    return replace(found, valid_until=said.valid_until, distance=said.distance, text=said.text)


def _by_channel(stated: ExplainedInput, told: list[TipsByChannel]) -> ExplainedInput:
    return stated if stated.tips is None else replace(stated, tips=replace(stated.tips, channels=told))


def _facts(said: Explanation, programme: Programme) -> Facts:
    reports = {one.report.report_id: one.report for one in said.inputs if one.report}
    return Facts(
        reports={key: _report(report) for key, report in reports.items() if report.accepted_at is not None},
        first_accepted={key: report.first_received_at for key, report in reports.items() if report.first_received_at},
        extensions={key: _extended(report, programme) for key, report in reports.items()},
        signers=_signers(said.inputs),
        tips=_tips(said, programme),
        blocked=frozenset(unit for flag in said.flags if flag.because == "dead_letter" for unit in flag.units),
        published=_published(said),
    )


def _published(said: Explanation) -> dict[Cell, Published]:
    """Where it says that it has left what was published: something that no closed period can still be."""
    if all(flag.because != "left_published" for flag in said.flags):
        return {}
    cell = Cell(said.unit, said.indicator, said.period.code)
    return {cell: Published("on_track", None, (), UUID(int=0), said.evaluated_at)}


def _report(stated: ExplainedReport) -> Report:
    assert stated.accepted_at is not None
    return Report(stated.accepted_at, dict(stated.values), nil=stated.nil, returned=stated.returned)


def _extended(stated: ExplainedReport, programme: Programme) -> tuple[Extension, ...]:
    """By whoever may: an explanation tells until when, and only what was granted from above counts."""
    owed = programme.obligation_of_report[stated.report_id]
    if stated.due_at == owed.due_at:
        return ()
    granted_by = next(agency for agency in programme.agencies if stands_above(agency, owed, programme))
    return (Extension(local_date(stated.due_at), "", granted_by, owed.due_at, stated.report_id),)


def _signers(inputs: Iterable[ExplainedInput]) -> dict[tuple[str, str], tuple[DayCount, ...]]:
    return {
        (one.signers.kind, one.unit): (
            DayCount(one.signers.until, one.signers.counted),
            *(DayCount(entry.day, entry.n) for entry in one.signers.ahead),
        )
        for one in inputs
        if one.signers
    }


def _tips(said: Explanation, programme: Programme) -> dict[str, tuple[TipCount, ...]]:
    return {one.unit: tuple(_told(one.tips, said, programme)) for one in said.inputs if one.tips}


def _told(stated: ExplainedTips, said: Explanation, programme: Programme) -> Iterable[TipCount]:
    """As many tips as are stated of each sort, on whatever days make them that sort."""
    first, last = said.period.start, said.period.end
    newest = min(last, max(first, local_date(said.evaluated_at)))
    late = stated.received - stated.in_time - stated.undecided
    too_late = first + _ONE_DAY * (programme.tips.handover_days + 1)
    told = (
        TipCount(first, first, stated.in_time, due_on=first, closed_on=first),
        TipCount(first, too_late, late, due_on=first, closed_on=too_late),
        TipCount(newest, None, stated.undecided, due_on=last),
    )
    return (tip for tip in told if tip.n)
