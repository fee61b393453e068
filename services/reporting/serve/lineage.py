"""What a unit came from, what became of it, and the same unit on the maps of two days."""

from collections.abc import Mapping
from datetime import date, timedelta

from services.contracts.errors import fault
from services.contracts.events import Ratio
from services.contracts.programme import Programme, Share, Succession, Unit
from services.contracts.programme.lineage import Exact
from services.contracts.readings.lineage import MapShare, Relative, UnitLineage
from services.contracts.words import CHANGE_WORDS
from services.kit.web import ProblemError
from services.reporting.domain.summaries import name_of
from services.reporting.serve.lists import Asked
from services.reporting.serve.summaries import unit_summary
from services.reporting.serve.view import View

_ONE_DAY = timedelta(days=1)


def unit_lineage(view: View, asked: Asked) -> UnitLineage:
    programme = view.programme(asked["programme"])
    lineage = programme.lineage
    unit = _unit(programme, asked["unit"], asked.get("on"))
    on = asked.get("on") or _own_day(unit)
    before, after = lineage.on_map(unit.id, on - _ONE_DAY), lineage.on_map(unit.id, on)
    return UnitLineage(
        as_of=view.as_of(programme),
        programme=programme.id,
        version=programme.version,
        unit=unit_summary(programme, unit),
        predecessors=[_relative(programme, step, step.old_unit) for step in lineage.predecessors(unit.id)],
        successors=[_relative(programme, step, step.new_unit) for step in lineage.successors(unit.id)],
        on=on,
        map_before=_map(programme, before),
        map_on=_map(programme, after),
        comparable=_comparable(programme, on, after),
    )


def _unit(programme: Programme, ref: str, on: date | None) -> Unit:
    """By id, or by code on a day, else the latest of that code. Raises ProblemError 404."""
    held = programme.units.during(ref, on or date.min, on or date.max)
    found = programme.units.by_id.get(ref) or (held[-1] if held else None)
    if found is None:
        raise ProblemError(404, "unknown_unit", [fault("unit", "unknown_unit")])
    return found


def _own_day(unit: Unit) -> date:
    """The day on which the map last changed for a unit: after its end, else its beginning."""
    return unit.valid_from if unit.valid_to is None else unit.valid_to + _ONE_DAY


def _comparable(programme: Programme, on: date, after: Mapping[str, Share]) -> bool:
    """The units of the newer map take part, and so did all that they are made of, each by a known share."""
    older = (programme.lineage.made_of(unit, on, on - _ONE_DAY) for unit in after)
    found = [(one, share) for shares in older for one, share in shares.items()]
    known = all(_takes_part(programme, one) and share.weight is not None for one, share in found)
    return bool(found) and known and all(_takes_part(programme, unit) for unit in after)


def _relative(programme: Programme, step: Succession, other: str) -> Relative:
    change = programme.lineage.change(step)
    return Relative(
        unit=unit_summary(programme, programme.units.by_id[other]),
        on=step.on,
        change=change,
        name=name_of(CHANGE_WORDS[change]),
        extent=step.extent,
        weight=_ratio(step.weight),
        weight_provisional=step.provisional,
        decision=step.decision,
        takes_part=_takes_part(programme, other),
    )


def _map(programme: Programme, shares: Mapping[str, Share]) -> list[MapShare]:
    return [
        MapShare(
            unit=unit_summary(programme, programme.units.by_id[unit]),
            weight=_ratio(share.weight),
            provisional=share.provisional,
            takes_part=_takes_part(programme, unit),
        )
        for unit, share in sorted(shares.items())
    ]


def _takes_part(programme: Programme, unit: str) -> bool:
    return programme.units.within(unit, programme.root)


def _ratio(weight: Exact | None) -> Ratio | None:
    return None if weight is None else Ratio(num=weight.numerator, den=weight.denominator)
