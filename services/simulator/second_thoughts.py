"""What makes counting signers hard: repeats, the same hand twice, two wards' sheets of one signer, withdrawals."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random
from typing import Final, NamedTuple

from msgspec import structs

from services.contracts.programme import local_midnight
from services.simulator.actions import Action
from services.simulator.sheets import Sheet, Signature, otherwise_written, post_sheet, post_withdrawal
from services.simulator.town import Household, Town, Ward

_REPEATED_EVERY: Final = 12
_SIGNING_TWICE_OF_1000: Final = 15
_ELSEWHERE_OF_1000: Final = 12
_WITHDRAWING_OF_1000: Final = 12
_PER_SHEET_ELSEWHERE: Final = 9
_WEEKS_LATE: Final = timedelta(days=10)
_HALF_DAY: Final = timedelta(hours=12)


class _Signed(NamedTuple):
    household: Household
    sheet: Sheet


def second_thoughts(town: Town, ward: Ward, sheets: list[Sheet], random: Random) -> Iterator[Action]:
    """Requests beside the sheets themselves; `sheets` are those of the ward."""
    signed = [_Signed(household, sheet) for sheet in sheets for household in sheet.who]
    yield from _repeats(town, sheets, random)
    yield from _changed_copy(town, ward, sheets)
    yield from _twice(town, _some(signed, _SIGNING_TWICE_OF_1000, random), random)
    yield from _elsewhere(town, ward, _some(signed, _ELSEWHERE_OF_1000, random), random)
    yield from _withdrawals(town, ward, _some(signed, _WITHDRAWING_OF_1000, random), random)
    yield from _withdrawals_before_their_sheet(town, ward, sheets)


def _some(signed: list[_Signed], of_1000: int, random: Random) -> list[_Signed]:
    count = -(-len(signed) * of_1000 // 1000)
    return random.sample(signed, min(count, len(signed)))


def _repeats(town: Town, sheets: list[Sheet], random: Random) -> Iterator[Action]:
    """The same request again, some minutes or weeks later. For a sheet of a batch this is a sheet of its own."""
    for sheet in sheets[::_REPEATED_EVERY]:
        again = post_sheet(town, replace(sheet, at=sheet.at + timedelta(minutes=random.randint(1, 30_000))))
        yield _renamed(again, "again")


def _changed_copy(town: Town, ward: Ward, sheets: list[Sheet]) -> Iterator[Action]:
    """The same key with a signer more: a conflict in which the earlier body counts."""
    everyone = {household for sheet in sheets for household in sheet.who}
    absent = [h for h in ward.households if h not in everyone and not h.by_address]
    for ceremony in sheets[:1]:
        more = tuple(Signature(household.identity) for household in absent[:1])
        signatures = ceremony.signatures[1:] + more
        if signatures:
            later = replace(ceremony, at=ceremony.at + timedelta(days=9), signatures=signatures)
            yield _renamed(post_sheet(town, later), "changed")


def _twice(town: Town, signed: list[_Signed], random: Random) -> Iterator[Action]:
    """On paper and again online, written in another way: counts once."""
    for household, sheet in signed:
        day = min(sheet.day + timedelta(days=random.randint(1, 90)), town.months[-1].end)
        yield post_sheet(town, _alone(sheet, household, f"online:{household.number}", day, _noon(day)))


def _elsewhere(town: Town, ward: Ward, signed: list[_Signed], random: Random) -> Iterator[Action]:
    """Also on a sheet of the next ward, signed before or after the one at home: the earlier one gives the ward."""
    if len(town.wards) == 1:
        return
    others = [other for other in town.wards if other.id != ward.id]
    numbered = [one for one in signed if not one.household.by_address]
    for start in range(0, len(numbered), _PER_SHEET_ELSEWHERE):
        part = numbered[start : start + _PER_SHEET_ELSEWHERE]
        home = part[0].sheet
        last = town.months[-1].end
        day = min(last, max(town.months[0].start, home.day + timedelta(days=random.randint(-60, 60))))
        other = random.choice(others)
        sheet = replace(
            home,
            name=f"elsewhere:{ward.code}:{start}",
            ward=other,
            group=None,
            method="paper",
            day=day,
            at=_noon(day) + timedelta(days=random.randint(0, 80)),
            signatures=tuple(Signature(one.household.identity) for one in part),
            who=(),
        )
        yield post_sheet(town, sheet)


def _withdrawals(town: Town, ward: Ward, signed: list[_Signed], random: Random) -> Iterator[Action]:
    """Some days after signing; every third signs again later and counts again from then on."""
    for number, (household, sheet) in enumerate(signed):
        day = sheet.day + timedelta(days=random.randint(5, 60))
        told = max(_noon(day), sheet.at) + timedelta(days=random.randint(0, 5))
        yield post_withdrawal(town, ward, household, day, told)
        if number % 3 == 0:
            back = day + timedelta(days=random.randint(3, 40))
            at = _noon(back) + timedelta(hours=1)
            yield post_sheet(town, _alone(sheet, household, f"back:{household.number}", back, at))


def _withdrawals_before_their_sheet(town: Town, ward: Ward, sheets: list[Sheet]) -> Iterator[Action]:
    """A sheet comes weeks late, and one of its signers has already withdrawn."""
    for sheet in sheets:
        day = sheet.day + timedelta(days=3)
        if sheet.at - _noon(day) > _WEEKS_LATE:
            yield post_withdrawal(town, ward, sheet.who[-1], day, _noon(day), reason="wrongly_signed")


def _alone(sheet: Sheet, who: Household, name: str, day: date, at: datetime) -> Sheet:
    return replace(
        sheet,
        name=name,
        group=who.group,
        method="online",
        day=day,
        at=at,
        signatures=(Signature(otherwise_written(who.identity)),),
        who=(who,),
    )


def _renamed(again: Action, why: str) -> Action:
    return structs.replace(again, name=f"{again.name}:{why}")


def _noon(day: date) -> datetime:
    return local_midnight(day) + _HALF_DAY
