"""What is owed, until when, and when it came: docs/status.md, "Obligations"."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from services.contracts.events import ReportSubmitted
from services.contracts.programme import Form, Programme, ids
from tests.support.slow_status.counting import Counting, Said
from tests.support.slow_status.days import ONE_DAY, at_hour, codes_inside, working_day_after
from tests.support.slow_status.places import Places


class Owed(NamedTuple):
    """A report of a ward for one period: when that closed for it, until when it is due, and when it first came."""

    ward: str
    form: Form
    code: str
    report_id: UUID
    closes: datetime
    due: datetime
    received: datetime | None
    counts: Said[ReportSubmitted] | None

    def is_owed(self, now: datetime) -> bool:
        return now >= self.closes

    @property
    def accepted_late(self) -> bool:
        """Whether what counts was accepted when it was due or later."""
        return self.counts is not None and self.counts.event.accepted_at >= self.due

    @property
    def in_time(self) -> bool:
        return self.received is not None and self.received < self.due


class Owing:
    def __init__(self, programme: Programme, places: Places, counting: Counting) -> None:
        self.programme, self.places, self.counting = programme, places, counting

    def reports(self, form: str, wards: Iterable[str], code: str) -> list[Owed]:
        """For each ward one for every base period of the form inside a period in which it stood on some day."""
        inside = codes_inside(self.programme.calendar, code, self.programme.forms[form].frequency)
        return [
            self.owed(self.programme.forms[form], ward, base)
            for ward in wards
            for base in inside
            if self.places.own_days(ward, base)
        ]

    def owed(self, form: Form, ward: str, code: str) -> Owed:
        last = self.places.own_days(ward, code)[-1]
        holidays = self.programme.holidays
        until = working_day_after(last, form.due.working_days, holidays.holidays, holidays.working)
        (owner,) = [
            one.id for one in self.programme.agencies.values() if (one.unit, one.kind) == (ward, form.owner_kind)
        ]
        report_id = ids.report_id(self.programme.id, form.code, ward, code, owner)
        granted = [
            one.data.until for one in self.counting.extensions(report_id) if self.is_above(one.event.source, ward)
        ]
        due = max(at_hour(day, form.due.at) for day in [until, *granted])
        came = [self.came(one, ward) for one in self.counting.submissions(report_id)]
        counts = self.counting.report(report_id)
        return Owed(ward, form, code, report_id, at_hour(last + ONE_DAY), due, min(came, default=None), counts)

    def came(self, submission: Said[ReportSubmitted], ward: str) -> datetime:
        """When it was accepted, or at the beginning of its paper's day where an agency above says or approves it."""
        day, approver = submission.data.received_on, self.counting.approved_by(submission)
        confirmed = self.is_above(submission.event.source, ward) or (
            approver is not None and self.is_above(approver, ward)
        )
        accepted_at = submission.event.accepted_at
        return min(at_hour(day), accepted_at) if day is not None and confirmed else accepted_at

    def is_above(self, agency: str, ward: str) -> bool:
        known = self.programme.agencies.get(agency)
        return known is not None and known.unit in self.places.above(ward)
