"""Tips that officers took, and how fast they handed them over."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any, Final

from msgspec import structs

from services.contracts.programme import local_date, local_instant
from services.simulator.actions import TIP_MOVED, TIP_RECEIVED, Action
from services.simulator.chance import chance
from services.simulator.town import Town

_CATEGORIES: Final = ("trade", "possession", "use", "other_violation")
_CHANNELS: Final = ("hotline", "direct", "box", "zalo", "vneid", "written", "online")
_TOWN_HABITS: Final = ("same_day", "", "in_time", "", "late", "")
_AN_HOUR: Final = timedelta(hours=1)


@dataclass(frozen=True)
class Officer:
    """Who takes one tip. `limit` is the last day on which handing it over is in time."""

    town: Town
    unit_code: str
    agency: str
    number: str
    received: datetime
    category: str
    channel: str

    @property
    def day(self) -> date:
        return local_date(self.received)

    @property
    def limit(self) -> date:
        return self.day + timedelta(days=self.town.programme.tips.handover_days)

    def receive(self) -> Action:
        return self._post(TIP_RECEIVED, f"tip:{self.number}", self.received, "/v1/tips", self._facts())

    def move(self, step: str, day: date, told: datetime) -> Action:
        moved = {"step": step, "moved_on": day.isoformat()}
        name = f"tip:{self.number}:{step}"
        action = self._post(TIP_MOVED, name, told, "/v1/tips/{tip_id}:move", moved)
        return structs.replace(action, tip_of=self.receive().name)

    def _facts(self) -> dict[str, Any]:
        return {"category": self.category, "channel": self.channel, "received_on": self.day.isoformat()}

    def _post(self, event_type: str, name: str, at: datetime, path: str, facts: dict[str, Any]) -> Action:
        which = {"programme": self.town.programme.id, "unit": self.unit_code}
        return Action(
            name=name, at=at, event_type=event_type, path=path, body=which | facts, agency=self.agency, key=name
        )


Habit = Callable[[Officer], list[Action]]


def tips(town: Town) -> Iterator[Action]:
    """Every tip of the year: one a month in a ward that gets tips, one every other month at the town police."""
    places = [(ward.id, ward.code, ward.story.tips) for ward in town.wards]
    for unit, code, habits in [*places, (town.programme.root, town.root_code, _TOWN_HABITS)]:
        random = chance(town.seed, "tips", unit)
        for index, month in enumerate(town.months):
            name = habits[index % len(habits)] if habits else ""
            if name:
                day = month.start + timedelta(days=random.randrange((month.end - month.start).days + 1))
                agency = town.agencies["police", unit]
                yield from HABITS[name](_officer(town, code, agency, f"{code}:{index:02}", day, random))


def _officer(town: Town, code: str, agency: str, number: str, day: date, random: Random) -> Officer:
    received = local_instant(day, time(random.randint(6, 21), random.randrange(60)))
    return Officer(town, code, agency, number, received, random.choice(_CATEGORIES), random.choice(_CHANNELS))


def _same_day(officer: Officer) -> list[Action]:
    handed = officer.move("handed_over", officer.day, officer.received + _AN_HOUR)
    later = officer.limit + timedelta(days=14)
    return [officer.receive(), handed, officer.move("closed", later, local_instant(later, time(9)))]


def _in_time(officer: Officer) -> list[Action]:
    handed = officer.move("handed_over", officer.limit, local_instant(officer.limit, time(23, 30)))
    last = officer.day + timedelta(days=20)
    return [officer.receive(), handed, officer.move("closed", last, local_instant(last, time(16)))]


def _late(officer: Officer) -> list[Action]:
    day, overdue = officer.limit + timedelta(days=2), officer.day + timedelta(days=21)
    handed = officer.move("handed_over", day, local_instant(day, time(10)))
    return [officer.receive(), handed, officer.move("closed", overdue, local_instant(overdue, time(10)))]


def _never(officer: Officer) -> list[Action]:
    day = officer.limit + timedelta(days=3)
    return [officer.receive(), officer.move("verifying", day, local_instant(day, time(10)))]


def _told_late(officer: Officer) -> list[Action]:
    """Handed over in time and told days later: it looked late in between."""
    told = local_instant(officer.limit + timedelta(days=4), time(9))
    return [officer.receive(), officer.move("handed_over", officer.limit, told)]


def _written_up_later(officer: Officer) -> list[Action]:
    """Taken and handed over on one day, and both entered on the next."""
    received = structs.replace(officer.receive(), at=officer.received + timedelta(days=1))
    return [received, officer.move("handed_over", officer.day, received.at + _AN_HOUR)]


def _twice(officer: Officer) -> list[Action]:
    first = officer.receive()
    again = structs.replace(first, name=f"{first.name}:again", at=first.at + timedelta(days=6))
    handed = officer.move("handed_over", officer.day, officer.received + _AN_HOUR)
    return [first, handed, again]


HABITS: Final[dict[str, Habit]] = {
    "same_day": _same_day,
    "in_time": _in_time,
    "late": _late,
    "never": _never,
    "told_late": _told_late,
    "written_up_later": _written_up_later,
    "twice": _twice,
}
