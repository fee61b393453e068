"""Residents, officials and pupils who sign: a few sheets of each in every ward, and what makes counting them hard."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Final

from services.contracts.programme import local_midnight
from services.simulator.actions import Action
from services.simulator.chance import chance
from services.simulator.sheets import Identity, Sheet, Signature, otherwise_written, post_sheet, post_withdrawal_of
from services.simulator.town import Town, Ward

_SHEETS: Final = {"individual": 3, "official": 1, "pupil": 2}
_SIGNERS: Final = (8, 25)
_BY_NAME_EVERY: Final = 4
"""Every fourth person has no citizen number on the sheet and is known by name, birth date and address."""
_HALF_DAY: Final = timedelta(hours=12)


def people(town: Town, ward: Ward) -> Iterator[Action]:
    """Sheets spread over the year; of each kind the first is signed again by some, and one signer withdraws."""
    for kind, count in _SHEETS.items():
        random = chance(town.seed, kind, ward.id)
        sheets = [_sheet(town, ward, kind, number, count, random) for number in range(count)]
        for sheet in sheets:
            yield post_sheet(town, sheet)
        yield post_sheet(town, _again(town, sheets[0]))
        leaving = sheets[0].signatures[-1].identity
        day = min(sheets[0].day + timedelta(days=random.randint(20, 60)), town.months[-1].end)
        yield post_withdrawal_of(town, ward, kind, leaving, day, local_midnight(day) + _HALF_DAY)


def _sheet(town: Town, ward: Ward, kind: str, number: int, count: int, random: Random) -> Sheet:
    days = (town.months[-1].end - town.months[0].start).days
    day = town.months[0].start + timedelta(days=days * number // count + random.randint(5, 30))
    signers = range(random.randint(*_SIGNERS))
    return Sheet(
        name=f"{kind}s:{ward.code}:{number}",
        ward=ward,
        kind=kind,
        group=None,
        method="paper",
        day=day,
        at=local_midnight(day) + _HALF_DAY,
        signatures=tuple(Signature(_identity(ward, kind, number, signer)) for signer in signers),
    )


def _again(town: Town, sheet: Sheet) -> Sheet:
    """Online and in another hand, a month later: they count once, where and when they signed first."""
    day = min(sheet.day + timedelta(days=30), town.months[-1].end)
    signatures = tuple(Signature(otherwise_written(signature.identity)) for signature in sheet.signatures[:3])
    at = local_midnight(day) + _HALF_DAY
    return replace(sheet, name=f"{sheet.name}:online", method="online", day=day, at=at, signatures=signatures)


def _identity(ward: Ward, kind: str, sheet: int, signer: int) -> Identity:
    number = 100 * sheet + signer
    if kind == "pupil":
        return {"roll_number": f"Lớp {sheet + 6}A, số {signer + 1}", "school": ward.organisations[-1 - sheet]}
    if number % _BY_NAME_EVERY == 0:
        address = f"Nhà số {number}, đường {ward.code}"
        return {"address": address, "full_name": f"Người {kind} {number}", "birth_date": f"{1950 + number % 50}-01-02"}
    return {"citizen_number": f"042 {ward.code} {number:04}"}
