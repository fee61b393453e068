"""Seeded streams of everything that agencies say in a year, with repeats, corrections and conflicts."""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from uuid import UUID

from services.contracts.events import Event, ReportSubmitted
from tests.integration.reporting.evaluating import EARLY, WARDS, World

FORMS = {
    "BC-THANG-UBND": ("model_deployed", "plan_issued", "propaganda_sessions"),
    "BC-THANG-CA": ("gathering_points", "rings_found", "retail_points", "hotspots"),
    "BC-QUY-UBND": ("post_rehab_listed", "post_rehab_helped"),
}


def year(world: World, seed: int, size: int = 120) -> list[Event]:
    """Events in the order in which they were said; a seed gives the same ones in every database."""
    chance = Random(seed)
    said: list[Event] = []
    for _ in range(size):
        said.extend(_say(world, chance, said))
    return said


def _say(world: World, chance: Random, said: list[Event]) -> Iterator[Event]:
    at = EARLY + timedelta(minutes=chance.randrange(1, 525_000))
    event_id = UUID(int=chance.getrandbits(128))
    unit = chance.choice(WARDS)
    on = date(2023, 12, 15) + timedelta(days=chance.randrange(365))
    match chance.randrange(8):
        case 0 | 1 | 2:
            yield world.event(_report(world, chance, unit), at, event_id)
        case 3:
            tokens = [chance.randrange(1, 400) for _ in range(chance.randrange(1, 60))]
            yield world.event(world.sheet(unit, on, sorted(set(tokens)), chance), at, event_id)
        case 4:
            tip_id = UUID(int=chance.getrandbits(128))
            yield world.event(world.tip(unit, on, tip_id), at, event_id)
            for _ in range(chance.randrange(3)):  # moved never, once, or twice
                by = chance.choice([unit, world.programme.root])
                step = chance.choice([world.handover, world.closing])
                moved = step(by, on + timedelta(days=chance.randrange(5)), tip_id)
                yield world.event(moved, at, UUID(int=chance.getrandbits(128)))
        case 5 if reports := [event for event in said if isinstance(event.data, ReportSubmitted)]:
            yield world.event(world.returned(chance.choice(reports)), at, event_id)
        case 6 if said:
            yield chance.choice(said)  # the same again
        case 7 if reports := [event for event in said if isinstance(event.data, ReportSubmitted)]:
            taken = chance.choice(reports)  # the same id with another body
            yield world.event(_report(world, chance, taken.data.unit), at, taken.id)


def _report(world: World, chance: Random, unit: str) -> ReportSubmitted:
    form = chance.choice(list(FORMS))
    periods = [owed.period for owed in world.programme.obligations if (owed.form, owed.unit) == (form, unit)]
    values = {measure: chance.choice([None, 0, 0, 1, 1, 2]) for measure in FORMS[form]}
    if form == "BC-QUY-UBND":
        values["post_rehab_helped"] = min(values["post_rehab_helped"] or 0, values["post_rehab_listed"] or 0)
    return world.report(form, unit, chance.choice(periods), chance.randrange(1, 3), **values)
