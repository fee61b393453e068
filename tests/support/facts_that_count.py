"""What counts, as the engine is given it: for tests that decide what counts in another way."""

from collections import defaultdict
from datetime import datetime

from services.contracts.events import ReportApproved, ReportSubmitted
from services.reporting.domain.inputs import DayCount, Facts, Report, TipCount
from services.reporting.domain.obligations import Decided, Extension, Submission
from tests.support.slow_status import SlowStatus
from tests.support.slow_status.counting import Said


def facts_that_count(slow: SlowStatus) -> Facts:
    counting = slow.counting
    ids = {owed.report_id for owed in slow.programme.obligations}
    sent = {report_id: counting.submissions(report_id) for report_id in ids}
    latest = {report_id: counting.report(report_id) for report_id in ids}
    signers: dict[tuple[str, str], list[DayCount]] = defaultdict(list)
    for span in counting.signatures():
        signers[span.kind, span.unit].append(DayCount(span.day, 1))
        if span.ended is not None:
            signers[span.kind, span.unit].append(DayCount(span.ended, -1))
    tips: dict[str, list[TipCount]] = defaultdict(list)
    for tip in counting.tips():
        tips[tip.unit].append(TipCount(tip.received, tip.handed_over, 1, tip.due, tip.closed))
    return Facts(
        reports={
            report_id: Report(one.event.accepted_at, one.data.values, one.data.nil, counting.returned(one))
            for report_id, one in latest.items()
            if one is not None
        },
        first_accepted={report_id: _first(events) for report_id, events in sent.items() if events},
        signers={place: tuple(counts) for place, counts in signers.items()},
        tips={unit: tuple(counts) for unit, counts in tips.items()},
        blocked=frozenset(slow.refused),
        papers={
            report_id: tuple(_submission(one, slow) for one in events if one.data.received_on is not None)
            for report_id, events in sent.items()
        },
        extensions={
            report_id: tuple(
                Extension(one.data.until, one.data.reason, one.event.source, one.event.accepted_at, one.event.id)
                for one in counting.extensions(report_id)
            )
            for report_id in ids
        },
    )


def _first(sent: list[Said[ReportSubmitted]]) -> datetime:
    return min(one.event.accepted_at for one in sent)


def _submission(one: Said[ReportSubmitted], slow: SlowStatus) -> Submission:
    decision, event = slow.counting.decision(one), one.event
    said: Decided | None = None
    if decision is not None:
        said = "approved" if isinstance(decision.data, ReportApproved) else "returned"
    by = decision.event.source if decision is not None else None
    return Submission(one.data.revision, event.accepted_at, event.id, event.source, one.data.received_on, said, by)
