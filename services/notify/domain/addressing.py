"""Which roles of which units stand on the rungs of a ladder, on a day: after a reform, those that then stand."""

from collections.abc import Iterable
from datetime import date

from services.contracts.programme import Programme, Rung
from services.contracts.programme.notices import KINDS_AT, OWNER
from services.notify.domain.notices import Cause, Recipient


def recipients(programme: Programme, cause: Cause, rung: Rung, day: date) -> tuple[Recipient, ...]:
    """Whom a rung addresses, in the order of unit ids; empty where no unit of its level stands on the day."""
    if rung.role == OWNER:
        agency = programme.agencies.get(cause.agency or "")
        if agency is None:
            return ()
        return tuple(Recipient(unit, agency.kind) for unit in standing(programme, agency.unit, day))
    if rung.level == "root":
        return tuple(Recipient(unit, rung.role) for unit in standing(programme, programme.root, day))
    found = {
        at for unit in standing(programme, cause.unit, day) if (at := _at_level(programme, unit, rung, day)) is not None
    }
    return tuple(Recipient(unit, rung.role) for unit in sorted(found))


def standing(programme: Programme, unit: str, day: date) -> tuple[str, ...]:
    """A unit as the map has it on a day: itself, or what it became; what stands above where that is not told."""
    if unit not in programme.units.by_id:
        return ()
    known = programme.units.by_id[unit]
    if known.valid_on(day) or day < known.valid_from:
        return (unit,)
    if later := tuple(sorted(programme.lineage.on_map(unit, day))):
        return later
    above = (up for up in programme.units.ancestors(unit) if programme.units.by_id[up].valid_on(day))
    return tuple(up for up, _ in zip(above, range(1), strict=False))


def addressable(programme: Programme, causes: Iterable[tuple[str, str | None]], day: date) -> frozenset[str]:
    """Every unit that causes about these (unit, agency) may address on a day, on any rung."""
    found: set[str] = set(standing(programme, programme.root, day))
    for unit, agency in set(causes):
        owner = programme.agencies.get(agency or "")
        for start in (unit, owner.unit if owner else unit):
            for one in standing(programme, start, day):
                found |= {one, *programme.units.ancestors(one)}
    return frozenset(found)


def _at_level(programme: Programme, unit: str, rung: Rung, day: date) -> str | None:
    """The unit or the nearest above it that is of the level and stands on the day."""
    kinds = KINDS_AT[rung.level]
    by_id = programme.units.by_id
    fitting = (one for one in (unit, *programme.units.ancestors(unit)) if by_id[one].kind in kinds)
    return next((one for one in fitting if by_id[one].valid_on(day) or one == unit), None)
