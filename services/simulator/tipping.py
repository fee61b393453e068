"""Tips that officers took, and how fast they handed them over."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any, Final

from msgspec import structs

from services.contracts.programme import ids, local_date, local_instant
from services.simulator.actions import TIP_MOVED, TIP_RECEIVED, Action
from services.simulator.chance import chance
from services.simulator.town import Town

_CATEGORIES: Final = ("trade", "possession", "use", "other_violation")
_CHANNELS: Final = ("hotline", "direct", "box", "zalo", "vneid", "written", "online")
_TOWN_HABITS: Final = ("same_day", "extended", "in_time", "", "late", "suspended", "extended_too_late", "")
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
        ((event, _),) = self.receive().events()
        moved = {"step": step, "moved_on": day.isoformat()}
        name = f"tip:{self.number}:{step}"
        return self._post(TIP_MOVED, name, told, f"/v1/tips/{ids.tip_id(event)}:move", moved)

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


def _move_first(officer: Officer) -> list[Action]:
    """The fact that it was handed over reaches us a day before the fact that it was received."""
    received = structs.replace(officer.receive(), at=officer.received + timedelta(days=1))
    return [officer.move("handed_over", officer.day, officer.received + _AN_HOUR), received]


def _twice(officer: Officer) -> list[Action]:
    first = officer.receive()
    again = structs.replace(first, name=f"{first.name}:again", at=first.at + timedelta(days=6))
    handed = officer.move("handed_over", officer.day, officer.received + _AN_HOUR)
    return [first, handed, again]


def _extended(officer: Officer) -> list[Action]:
    """Complex (article 147.2): extended on the twentieth day, closed within two months. It is due in a later period."""
    extended, closed = officer.day + timedelta(days=20), officer.day + timedelta(days=55)
    return [
        officer.receive(),
        officer.move("handed_over", officer.day, officer.received + _AN_HOUR),
        officer.move("extended", extended, local_instant(extended, time(15))),
        officer.move("closed", closed, local_instant(closed, time(9))),
    ]


def _extended_too_late(officer: Officer) -> list[Action]:
    """A day after the limit nothing is extended any more."""
    late = officer.day + timedelta(days=21)
    return [officer.receive(), officer.move("extended", late, local_instant(late, time(8)))]


def _suspended(officer: Officer) -> list[Action]:
    """An expert is waited for (article 148); resumed after six weeks and closed within a month of that."""
    suspended, resumed, closed = (officer.day + timedelta(days=days) for days in (15, 57, 80))
    return [
        officer.receive(),
        officer.move("handed_over", officer.day, officer.received + _AN_HOUR),
        officer.move("suspended", suspended, local_instant(suspended, time(10))),
        officer.move("resumed", resumed, local_instant(resumed, time(10))),
        officer.move("closed", closed, local_instant(closed, time(10))),
    ]


HABITS: Final[dict[str, Habit]] = {
    "same_day": _same_day,
    "in_time": _in_time,
    "late": _late,
    "never": _never,
    "told_late": _told_late,
    "move_first": _move_first,
    "twice": _twice,
    "extended": _extended,
    "extended_too_late": _extended_too_late,
    "suspended": _suspended,
}
