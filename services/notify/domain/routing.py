"""Who receives a tip: the police of its unit, the next ones above where they are concerned or have no key. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from services.contracts.programme import Programme

_POLICE: Final = "police"


@dataclass(frozen=True, slots=True)
class Routed:
    """`unit` is where the tip is counted; `agencies` are all who may open it, at least one."""

    unit: str
    agencies: tuple[str, ...]


def route(programme: Programme, unit: str, concerned: str | None, day: date, keyed: frozenset[str]) -> Routed | None:
    """The nearest unit, from `unit` upwards, whose police have a key on the day and are not concerned.

    `concerned`: the id of the unit whose official or agency the tip is about; nobody of it or below it receives the
    tip, or hears of it. Above the programme's root the tip is still counted at the root. None: nobody can receive it.
    """
    shut = programme.units.subtree(concerned) if concerned is not None else frozenset()
    for place in (unit, *programme.units.ancestors(unit)):
        allowed = tuple(
            agency
            for agency in recipients(programme, place, day)
            if agency in keyed and programme.agencies[agency].unit not in shut and place not in shut
        )
        if allowed:
            return Routed(place if programme.units.within(place, programme.root) else programme.root, allowed)
    return None


def recipients(programme: Programme, unit: str, day: date) -> tuple[str, ...]:
    """The agencies that open a unit's tips on a day: as the programme says, else the police of exactly that unit."""
    said = [one for one in programme.tip_recipients if one.unit == unit]
    if said:
        return tuple(sorted({one.agency for one in said if one.valid_on(day)}))
    return tuple(sorted(_police_of(programme, unit)))


def _police_of(programme: Programme, unit: str) -> Iterator[str]:
    return (one.id for one in programme.agencies.values() if one.unit == unit and one.kind == _POLICE)
