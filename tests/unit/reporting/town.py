"""A town of a few wards for tests of what a status means: report year 2024 (15/12/2023 to 14/12/2024)."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from typing import Any

from services.contracts.errors import Text
from services.contracts.programme import (
    SIGNER_FED,
    Agency,
    Denominator,
    Denominators,
    Due,
    Form,
    Indicator,
    Measure,
    Programme,
    Target,
    TipRules,
    Unit,
    Units,
    WorkCalendar,
)
from services.contracts.programme.calendars import local_instant
from services.reporting.domain.inputs import Cell, DayCount, Facts, Report, TipCount
from services.reporting.domain.status import Status, evaluate

FIRST = date(2018, 1, 1)
TOWN = "437@2018-01-01"
WARDS = ("18115@2018-01-01", "18118@2018-01-01", "18121@2018-01-01")
W1, W2, W3 = WARDS
MONTHLY, QUARTERLY = "BC-THANG", "BC-QUY"
NO_TEXT = Text("", "")
NO_DAYS_OFF = WorkCalendar(frozenset(), frozenset())


def indicator(kind: str, op: str = "at_least", target: Fraction | int = 1, **more: Any) -> Indicator:
    target = Fraction(target)
    goal = Target(
        op=op,  # type: ignore[arg-type]
        num=target.numerator,
        den=target.denominator,
        per=more.pop("per", None),
        decision="",
        provisional=more.pop("provisional", False),
        source="",
    )
    reported = kind in {"flow", "stock", "flag"}
    return Indicator(
        code=more.pop("code", "CT01"),
        name=NO_TEXT,
        definition=NO_TEXT,
        kind=kind,  # type: ignore[arg-type]
        form=more.pop("form", MONTHLY if reported or kind == "ratio" else None),
        measure="m" if reported else None,
        numerator="helped" if kind == "ratio" else None,
        denominator="listed" if kind == "ratio" else None,
        signer_kind="household" if kind in SIGNER_FED else None,
        target=goal,
        trajectory=more.pop("trajectory", "step"),
        frequency=more.pop("frequency", "month"),
        owner_kind="police",
        definition_hash="0" * 64,
        **more,
    )


def town(
    *indicators: Indicator,
    wards: int = 1,
    households: Mapping[str, int] | None = None,
    provisional: bool = False,
    quarterly: bool = False,
    handover_days: int = 3,
) -> Programme:
    """Monthly reports fall due at 17:00 of the 2nd working day after the cut-off, quarterly ones of the 5th."""
    leaves = WARDS[:wards]
    units = [Unit(TOWN, "437", "town", "Thị xã", FIRST, None, None)]
    units += [Unit(ward, ward[:5], "ward", "Phường", FIRST, None, TOWN) for ward in leaves]
    entries = tuple(
        Denominator(ward, "household", FIRST, value, provisional, "") for ward, value in (households or {}).items()
    )
    forms = [_form(MONTHLY, "month", 2)] + ([_form(QUARTERLY, "quarter", 5)] if quarterly else [])
    return Programme(
        id="test-2024",
        name=NO_TEXT,
        sandbox=False,
        version=1,
        hash="",
        calendar="nd09",
        years=range(2024, 2025),
        root=TOWN,
        decisions=(),
        text_versions={},
        tips=TipRules(handover_days, provisional=False, source=""),
        units=Units({unit.id: unit for unit in units}),
        groups={},
        denominators=Denominators(entries),
        organisations={},
        agencies={f"ca-{ward[:5]}": Agency(f"ca-{ward[:5]}", NO_TEXT, "police", ward) for ward in leaves},
        holidays=NO_DAYS_OFF,
        forms={form.code: form for form in forms},
        indicators={entry.code: entry for entry in indicators},
    )


def _form(code: str, frequency: str, working_days: int) -> Form:
    return Form(
        code=code,
        name=NO_TEXT,
        owner_kind="police",
        frequency=frequency,  # type: ignore[arg-type]
        due=Due(working_days, time(17), provisional=False, source=""),
        measures={name: Measure(name, NO_TEXT, "stock", NO_TEXT, None) for name in ("m", "helped", "listed")},
        rules=(),
        rows={},
    )


def local(day: str, hour: str = "00:00") -> datetime:
    """local("2024-01-15", "17:00"): that wall-clock time in Việt Nam."""
    return local_instant(date.fromisoformat(day), time.fromisoformat(hour))


Said = int | None | dict[str, int | None] | Report
"""What a ward reports: the one measure, several of them, or a whole report."""


def facts_of(programme: Programme, said: Mapping[tuple[str, str], Said], **more: Any) -> Facts:
    """Facts in which (ward, month) has reported; accepted an hour before it was due unless it says otherwise."""
    reports = {}
    for (ward, period), content in said.items():
        form = QUARTERLY if "Q" in period else MONTHLY
        owed = programme.obligations_of[form, ward, period]
        values = content if isinstance(content, dict) else {"m": content}
        on_time = owed.due_at - timedelta(hours=1)
        reports[owed.report_id] = content if isinstance(content, Report) else Report(on_time, values)  # type: ignore[arg-type]
    first = {report_id: report.accepted_at for report_id, report in reports.items()}
    return Facts(reports=reports, first_accepted=first, **more)


def signed(**wards: Mapping[str, int]) -> dict[tuple[str, str], tuple[DayCount, ...]]:
    """signed(w1={"2024-01-02": 5}): five more distinct households of the first ward on that day."""
    return {
        ("household", WARDS[int(name[1:]) - 1]): tuple(DayCount(date.fromisoformat(day), n) for day, n in days.items())
        for name, days in wards.items()
    }


def tip(received_on: str, handed_over_on: str | None = None, n: int = 1, closed_on: str | None = None) -> TipCount:
    """Due 20 days after it was received."""
    received = date.fromisoformat(received_on)
    handed, closed = (date.fromisoformat(day) if day else None for day in (handed_over_on, closed_on))
    return TipCount(received, handed, n, received + timedelta(days=20), closed)


def status_at(
    programme: Programme, facts: Facts, now: datetime, period: str, unit: str = TOWN, code: str = "CT01"
) -> Status:
    return evaluate(Cell(unit, code, period), programme, facts, now)
