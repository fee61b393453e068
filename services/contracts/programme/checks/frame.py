"""The programme itself: its years, papers, texts, and the dated list of days off."""

from datetime import date

from services.contracts.programme.calendars import PERIOD_KINDS, periods_of
from services.contracts.programme.checks.repeated import refuse_repeated
from services.contracts.programme.faults import Faults, Place
from services.contracts.programme.reading.folder import Folder
from services.contracts.programme.reading.shapes import HolidayRow, ProgrammeShape

MAX_YEARS = 30
_SATURDAY = 5


def check_frame(folder: Folder, faults: Faults) -> None:
    programme = folder.programme
    _check_holidays(folder.holidays, faults)
    if programme is None:
        return
    numbered = (decision for decision in programme.decisions if decision.number)
    refuse_repeated(numbered, lambda decision: decision.number, "number", faults)
    refuse_repeated(programme.pledge_texts, lambda text: text.version, "version", faults)
    refuse_repeated(programme.heads, lambda head: head.agency_kind, "agency_kind", faults)
    for decision in programme.decisions:
        if not decision.number and not decision.provisional:
            vi, en = "không có số thì phải là tạm tính", "without a number it must be provisional"
            faults.add(decision.place, "number", vi, en)
    _check_years(programme, faults)
    if "holidays.csv" in folder.whole and programme_days(programme):
        _check_listed_years(programme, folder.holidays, faults)


def programme_days(programme: ProgrammeShape) -> tuple[date, date] | None:
    """First and last day of the programme; None while its years make no sense."""
    if not programme.first_year <= programme.last_year < programme.first_year + MAX_YEARS:
        return None
    first = periods_of(programme.calendar, programme.first_year)
    last = periods_of(programme.calendar, programme.last_year)
    assert first[-1].kind == PERIOD_KINDS[-1]
    return first[-1].start, last[-1].end


def _check_years(programme: ProgrammeShape, faults: Faults) -> None:
    if programme.last_year < programme.first_year:
        vi, en = "năm cuối trước năm đầu", "the last year is before the first"
        faults.add(programme.place, "last_year", vi, en)
    elif programme_days(programme) is None:
        vi, en = f"dài hơn {MAX_YEARS} năm", f"longer than {MAX_YEARS} years"
        faults.add(programme.place, "last_year", vi, en)


def _check_holidays(rows: list[HolidayRow], faults: Faults) -> None:
    refuse_repeated(rows, lambda row: row.day, "day", faults)
    for row in rows:
        if row.kind == "working" and row.day.weekday() < _SATURDAY:
            vi = "ngày làm bù phải là thứ bảy hoặc chủ nhật"
            faults.add(row.place, "day", vi, "a make-up day must be a Saturday or a Sunday")


def _check_listed_years(programme: ProgrammeShape, rows: list[HolidayRow], faults: Faults) -> None:
    """Every year in which something can fall due must have its days off listed: no year of Việt Nam has none."""
    days = programme_days(programme)
    assert days is not None
    listed = {row.day.year for row in rows if row.kind == "holiday"}
    for year in range(days[0].year, days[1].year + 1):
        if year not in listed and date(year, 12, 15) > days[0]:
            vi, en = f"chưa có ngày nghỉ nào của năm {year}", f"no day off is listed for {year}"
            faults.add(Place("holidays.csv", 1), "day", vi, en)
