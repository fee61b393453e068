"""How the households of a ward come to sign: a launch ceremony, then sheet after sheet through the year."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Final, NamedTuple

from services.contracts.programme import local_instant
from services.simulator.actions import Action
from services.simulator.chance import chance, pick
from services.simulator.people import people
from services.simulator.second_thoughts import second_thoughts
from services.simulator.sheets import SHEETS_PER_BATCH, Sheet, Signature, post_batch, post_sheet
from services.simulator.town import BUSINESS, HOUSEHOLD, ORGANISATION, Household, Town, Ward

LARGEST_SHEET: Final = 200
_METHODS: Final = {"online": 18, "paper": 64, "ceremony": 18}
_SIZES: Final = {"online": (1, 1), "paper": (20, 80), "ceremony": (90, LARGEST_SHEET)}
_DELAYS_DAYS: Final = {"prompt": 96, "weeks_later": 4}
_BATCHED_OF_100: Final = 40
_SIGNED_EARLIER_OF_100: Final = 6
_PARTIES: Final = 2
"""Businesses sign with the first two bodies of the ward's register (in the pilot People's Committee and police)."""
_WORKDAY_STARTS: Final = time(7, 30)
_WORKDAY_MINUTES: Final = 9 * 60


class _Handful(NamedTuple):
    group: str | None
    method: str
    households: list[Household]


def pledges(town: Town) -> Iterator[Action]:
    """Every pledge request of the year."""
    for ward in town.wards:
        random = chance(town.seed, "pledges", ward.id)
        sheets = list(household_sheets(town, ward, random))
        yield from _posted(town, sheets, random)
        yield from second_thoughts(town, ward, sheets, chance(town.seed, "second thoughts", ward.id))
        yield from _listed(town, ward, ORGANISATION, ward.organisations)
        yield from _listed(town, ward, BUSINESS, ward.businesses)
        yield from people(town, ward)


def household_sheets(town: Town, ward: Ward, random: Random) -> Iterator[Sheet]:
    """Sheets of 1 to 200 signers along the ward's curve; those beyond its share are never signed."""
    handfuls = _handfuls(ward, random)
    households = sum(len(handful.households) for handful in handfuls)
    will_sign = min(1.0, ward.story.share) * households
    signed = 0
    for number, handful in enumerate(handfuls):
        signed += len(handful.households)
        if signed > will_sign:
            return
        part_of_year = ((signed - len(handful.households)) / will_sign) ** (1 / ward.story.pace)
        yield _sheet(town, ward, f"sheet:{ward.code}:{number:04}", handful, part_of_year, random)


def posted_at(day: date, days_later: int, random: Random) -> datetime:
    """A second of the working hours, some days after a day."""
    opens = local_instant(day + timedelta(days=days_later), _WORKDAY_STARTS)
    return opens + timedelta(minutes=random.randrange(_WORKDAY_MINUTES), seconds=random.randrange(60))


def _handfuls(ward: Ward, random: Random) -> list[_Handful]:
    """All households in the hands of those who collect signatures; the launch ceremony of all groups comes first."""
    numbered = [household for household in ward.households if not household.by_address]
    launch = random.sample(numbered, min(LARGEST_SHEET, len(numbered) // 3))
    launched = set(launch)
    rest: list[_Handful] = []
    for group in ward.groups:
        living = [h for h in ward.households if h.group == group and h not in launched]
        random.shuffle(living)
        while living:
            method = pick(random, _METHODS)
            size = random.randint(*_SIZES[method])
            rest.append(_Handful(group, method, living[:size]))
            del living[:size]
    random.shuffle(rest)
    return [_Handful(None, "ceremony", launch), *rest] if launch else rest


def _sheet(town: Town, ward: Ward, name: str, handful: _Handful, part_of_year: float, random: Random) -> Sheet:
    first, last = town.months[0].start, town.months[-1].end
    day = first + timedelta(days=int(part_of_year * (last - first).days))
    late = pick(random, _DELAYS_DAYS) == "weeks_later"
    return Sheet(
        name=name,
        ward=ward,
        kind=HOUSEHOLD,
        group=handful.group,
        method=handful.method,
        day=day,
        at=posted_at(day, random.randint(20, 60) if late else random.randint(0, 4), random),
        signatures=tuple(_signature(household, day, first, random) for household in handful.households),
        who=tuple(handful.households),
    )


def _signature(household: Household, day: date, first: date, random: Random) -> Signature:
    """Some signed some days before the sheet was closed."""
    if random.randrange(100) >= _SIGNED_EARLIER_OF_100:
        return Signature(household.identity)
    return Signature(household.identity, max(first, day - timedelta(days=random.randint(1, 6))))


def _posted(town: Town, sheets: list[Sheet], random: Random) -> Iterator[Action]:
    """One by one, but many paper sheets are kept and posted together."""
    kept: list[Sheet] = []
    for sheet in sheets:
        if sheet.method != "paper" or random.randrange(100) >= _BATCHED_OF_100:
            yield post_sheet(town, sheet)
            continue
        kept.append(sheet)
        if len(kept) == SHEETS_PER_BATCH:
            yield post_batch(town, f"batch:{kept[0].name}", kept)
            kept = []
    if kept:
        yield post_batch(town, f"batch:{kept[0].name}", kept)


def _listed(town: Town, ward: Ward, kind: str, register: tuple[str, ...]) -> Iterator[Action]:
    """The first half signs together, the others one by one over the rest of the year."""
    random = chance(town.seed, f"{kind}s", ward.id)
    willing = list(register[: round(ward.story.organisations * len(register))])
    first = town.months[0].start + timedelta(days=ward.story.organisations_from_day)
    together = len(willing) if first == town.months[0].start else len(willing) // 2
    parts = [willing[:together], *([one] for one in willing[together:])]
    room = (town.months[-1].end - first).days
    for number, part in enumerate(part for part in parts if part):
        day = first + timedelta(days=number * room // (len(parts) + 1))
        sheet = Sheet(
            name=f"{kind}s:{ward.code}:{number:02}",
            ward=ward,
            kind=kind,
            group=None,
            method="ceremony",
            day=day,
            at=posted_at(day, random.randint(0, 2), random),
            signatures=tuple(Signature({"register_id": organisation}) for organisation in part),
            parties=ward.organisations[:_PARTIES] if kind == BUSINESS else (),
            witness=next(iter(ward.organisations[_PARTIES:]), None) if kind == BUSINESS else None,
        )
        yield post_sheet(town, sheet)
