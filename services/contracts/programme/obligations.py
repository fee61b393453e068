"""What is owed: form x reporting unit x period of its frequency x owner, each with the instant it is due."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.contracts.programme.agencies import Agency
from services.contracts.programme.calendars import Period, local_instant
from services.contracts.programme.forms import Form
from services.contracts.programme.ids import report_id
from services.contracts.programme.stubs import own_period
from services.contracts.programme.units import Units
from services.contracts.programme.workdays import WorkCalendar


@dataclass(frozen=True, slots=True)
class Obligation:
    """`unit` is a unit id, `period` a period code, `owner` an agency id. On time means accepted before `due_at`."""

    form: str
    unit: str
    period: str
    owner: str
    due_at: datetime
    report_id: UUID


def due_at(form: Form, period: Period, holidays: WorkCalendar) -> datetime:
    """The UTC instant before which a report of the period is on time: so many working days after its cut-off."""
    return local_instant(holidays.add_working_days(period.end, form.due.working_days), form.due.at)


@dataclass(frozen=True, slots=True)
class Owing:
    """The parts of a programme that decide who owes what."""

    programme: str
    root: str
    units: Units
    forms: Mapping[str, Form]
    agencies: Mapping[str, Agency]
    periods: tuple[Period, ...]
    holidays: WorkCalendar

    def obligations(self) -> Iterator[Obligation]:
        """By form, then period, then unit, all in the order of the data."""
        owners = owners_by_unit(self.agencies.values())
        for form in self.forms.values():
            for period in self.periods:
                if period.kind == form.frequency:
                    yield from self._of(form, period, owners)

    def _of(self, form: Form, period: Period, owners: Mapping[tuple[str, str], Agency]) -> Iterator[Obligation]:
        due: dict[Period, datetime] = {}
        for unit in self.units.leaves(self.root, period):
            own = own_period(self.units.by_id[unit], period) or period
            if own not in due:
                due[own] = due_at(form, own, self.holidays)
            owner = owners[unit, form.owner_kind].id
            yield Obligation(
                form=form.code,
                unit=unit,
                period=period.code,
                owner=owner,
                due_at=due[own],
                report_id=report_id(self.programme, form.code, unit, period.code, owner),
            )


def owners_by_unit(agencies: Iterable[Agency]) -> dict[tuple[str, str], Agency]:
    """The agency of each (unit, kind); the parser refuses a second owner of one kind in a reporting unit."""
    return {(agency.unit, agency.kind): agency for agency in agencies}
