"""Programmes of any shape that `programme check` would let pass: units that come and go, any calendar and indicator."""

from datetime import date, time, timedelta
from fractions import Fraction
from random import Random
from typing import Literal, get_args

from services.contracts.errors import NOTHING
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
    Succession,
    Target,
    TipRules,
    Unit,
    Units,
    WorkCalendar,
)
from services.contracts.programme.calendars import CALENDARS
from services.contracts.programme.forms import Frequency, MeasureType
from services.contracts.programme.indicators import (
    ADDED_UP,
    REPORT_FED,
    UNTARGETED,
    IndicatorKind,
    TargetOp,
    Trajectory,
)
from services.contracts.programme.units import UnitKind

FIRST, YEAR = date(2018, 1, 1), 2024
ROOT = "42@2018-01-01"
OWNERS = ("police", "people_committee")
FREQUENCIES: tuple[Frequency, ...] = ("month", "quarter")
TRAJECTORIES: tuple[Trajectory, ...] = ("step", "linear")
CODES: dict[MeasureType, tuple[str, ...]] = {"flow": ("a", "b"), "stock": ("c", "d"), "flag": ("e",)}
SIGNERS = ("household", "official")


def random_programme(chance: Random) -> Programme:
    units = _units(chance)
    wards = [unit.id for unit in units if unit.kind == "ward"]
    forms = [_form(chance, number) for number in range(chance.randint(1, 3))]
    return Programme(
        id="any",
        name=NOTHING,
        sandbox=False,
        version=1,
        hash="",
        calendar=chance.choice(CALENDARS),
        years=range(YEAR, YEAR + chance.choice([1, 1, 2])),
        root=ROOT,
        decisions=(),
        text_versions={},
        tips=TipRules(chance.randint(0, 5), provisional=False, source=""),
        units=Units({unit.id: unit for unit in units}, _successions(units, chance)),
        groups={},
        denominators=Denominators(tuple(_denominators(wards, chance))),
        organisations={},
        agencies={agency.id: agency for agency in _agencies(units)},
        holidays=_days_off(chance),
        forms={form.code: form for form in forms},
        indicators={f"CT{number:02}": _indicator(chance, f"CT{number:02}", forms) for number in range(1, 5)},
    )


def any_day(chance: Random) -> date:
    """Of the year, or shortly before or after it."""
    return date(YEAR, 1, 1) + timedelta(days=chance.randint(-30, 400))


def _units(chance: Random) -> list[Unit]:
    """A province, up to two towns in it, and wards in the towns or right under the province."""
    province = Unit(ROOT, "42", "province", "Tỉnh", FIRST, None, None)
    towns = [_stands(chance, 430 + number, "town", province) for number in range(chance.randint(0, 2))]
    wards = [
        _stands(chance, 18100 + number, "ward", chance.choice([province, *towns]))
        for number in range(chance.randint(1, 5))
    ]
    return [province, *towns, *wards]


def _stands(chance: Random, code: int, kind: UnitKind, above: Unit) -> Unit:
    """A unit that begins and ends within the days of the one above."""
    begins = max(above.valid_from, any_day(chance) if chance.random() < 0.3 else FIRST)
    if above.valid_to is not None:
        begins = min(begins, above.valid_to)
    end = max(any_day(chance), begins) if chance.random() < 0.35 else None
    ends = min((day for day in (end, above.valid_to) if day is not None), default=None)
    return Unit(f"{code}@{begins}", str(code), kind, "", begins, ends, above.id)


def _successions(units: list[Unit], chance: Random) -> tuple[Succession, ...]:
    rows = []
    for unit in units:
        if unit.valid_to is None:
            continue
        on = unit.valid_to + timedelta(days=1)
        later = [one for one in units if one.kind == unit.kind and one.valid_on(on)]
        if later and chance.random() < 0.8:
            rows.append(Succession(unit.id, chance.choice(later).id, on, "whole", ""))
    return tuple(rows)


def _agencies(units: list[Unit]) -> list[Agency]:
    return [Agency(f"{kind}-{unit.id}", NOTHING, kind, unit.id) for unit in units for kind in OWNERS]


def _denominators(wards: list[str], chance: Random) -> list[Denominator]:
    return [
        Denominator(ward, kind, day, chance.choice([0, 1, 3, 6, 12]), chance.random() < 0.2, "")
        for ward in wards
        for kind in SIGNERS
        for day in {FIRST, any_day(chance)}
        if chance.random() < 0.85
    ]


def _days_off(chance: Random) -> WorkCalendar:
    days = frozenset(any_day(chance) for _ in range(40))
    return WorkCalendar(holidays=days, working=frozenset(any_day(chance) for _ in range(10)) - days)


def _form(chance: Random, number: int) -> Form:
    measures = {
        f"{letter}{number}": Measure(f"{letter}{number}", NOTHING, kind, NOTHING, None)
        for kind, letters in CODES.items()
        for letter in letters
    }
    due = Due(chance.randint(1, 8), time(chance.choice([0, 11, 17])), provisional=False, source="")
    return Form(f"F{number}", NOTHING, chance.choice(OWNERS), chance.choice(FREQUENCIES), due, measures, (), {})


def _indicator(chance: Random, code: str, forms: list[Form]) -> Indicator:
    kind: IndicatorKind = chance.choice(get_args(IndicatorKind))
    form = chance.choice(forms) if kind in REPORT_FED else None
    number = form.code[1:] if form else ""
    letters: tuple[str, ...] = next((codes for fed, codes in CODES.items() if fed == kind), ())
    added = kind in {"flow", "stock"} and chance.random() < 0.3
    codes = [letter + number for letter in letters]
    target = _target(chance, kind)
    return Indicator(
        code=code,
        name=NOTHING,
        definition=NOTHING,
        kind=kind,
        form=form.code if form else None,
        measure=codes[0] if codes and not added else None,
        numerator=f"c{number}" if kind == "ratio" else None,
        denominator=f"d{number}" if kind == "ratio" else None,
        signer_kind=chance.choice(SIGNERS) if kind in SIGNER_FED else None,
        target=target,
        trajectory=chance.choice(TRAJECTORIES) if kind == "coverage" else "step",
        frequency=form.frequency if form else chance.choice(FREQUENCIES),
        owner_kind="police",
        definition_hash="0" * 64,
        sum_of=tuple(codes) if added else (),
    )


def _target(chance: Random, kind: IndicatorKind) -> Target:
    """Shares are asked for at least; flows and stocks at least, at most, or (auxiliary) not; the rest has no target."""
    per: Literal["unit_month"] | None = None
    op: TargetOp = "at_least"
    value = Fraction(chance.choice(["1/3", "1/2", "9/10", "1", "1"]))
    if kind in UNTARGETED or (kind in ADDED_UP and chance.random() < 0.25):
        op, value = "none", Fraction(0)
    elif kind in ADDED_UP:
        op = "at_least" if chance.random() < 0.5 else "at_most"
        value = Fraction(chance.choice([0, 1, 2, 5, 20]))
        per = "unit_month" if kind == "flow" and op == "at_least" and chance.random() < 0.5 else None
    return Target(op, value.numerator, value.denominator, per, "", chance.random() < 0.2, "")
