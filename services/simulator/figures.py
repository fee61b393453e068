"""The figures that a ward puts into a form: what its story says of the month, and chance for the rest."""

from collections.abc import Callable, Mapping
from random import Random
from typing import Any, Final

from services.contracts.programme import Form, Indicator, Period, Programme
from services.simulator.town import Story


def _caught(story: Story, turn: int) -> int:
    """Whoever ran a ring, and those found where a hotspot was broken up."""
    return 8 if turn in story.ring_months else 2 * int(turn - 1 in story.hotspot_months)


_OF_THE_STORY: Final[Mapping[str, Callable[[Story, int], int]]] = {
    "hotspots": lambda story, turn: int(turn in story.hotspot_months),
    "hotspots_suspected": lambda story, turn: int(turn + 1 in story.hotspot_months),
    "hotspots_broken_up": lambda story, turn: int(
        turn - 1 in story.hotspot_months and turn not in story.hotspot_months
    ),
    "rings_found": lambda story, turn: int(turn in story.ring_months),
    "drug_cases": lambda story, turn: int(turn in story.ring_months),
    "drug_offenders": _caught,
    "drug_offenders_arrested": _caught,
    "resident_violators": lambda story, turn: _caught(story, turn) // 2,
    "use_points": lambda story, turn: 2 * int(turn in story.hotspot_months),
    "drug_plants_found": lambda story, turn: 3_200 * int(turn in story.ring_months),
    "drug_plants_destroyed": lambda story, turn: 3_200 * int(turn in story.ring_months),
    "drug_plant_area_destroyed": lambda story, turn: 200 * int(turn in story.ring_months),
    "addicts_home_rehab": lambda story, _turn: story.treated,
    "addicts_substitution": lambda story, _turn: story.treated // 2,
    "addicts_in_facility": lambda story, _turn: story.treated // 2,
    "addicts_detained": lambda story, turn: int(turn in story.ring_months),
    "users_recorded": lambda story, _turn: story.untreated + story.treated,
    "residents": lambda story, _turn: 6_000 + story.untreated,
    "wanted_hiding": lambda story, turn: int(turn in story.ring_months),
    "addicts_at_large": lambda story, turn: story.untreated if turn not in story.idle_months else 0,
    "users_at_large": lambda story, _turn: story.untreated,
    "post_rehab_listed": lambda story, turn: _in_turn(story.listed, turn),
    "post_rehab_helped": lambda story, turn: _in_turn(story.listed, turn) - _in_turn(story.unhelped, turn),
}
"""By measure: what the story decides. Any other figure is chance, in the way of the indicator that reads it."""


def figures(
    programme: Programme, form: Form, period: Period, story: Story, random: Random, more: int = 0
) -> dict[str, Any]:
    """Every measure of the form. `more` is added to what can be miscounted, so that two versions differ."""
    turn = int(period.code[-1:]) if period.kind == "quarter" else int(period.code[-2:])
    values: dict[str, Any] = {}
    for name, measure in form.measures.items():
        if measure.type == "flag":
            values[name] = int(turn >= story.launched_in_month)
        else:
            values[name] = _figure(programme, form, name, turn, story, random) + more
    for rule in form.rules:
        together = sum(values[name] for name in rule.rights)
        values[rule.left] = together if rule.op == "sum_of" else min(values[rule.left], together)
    return values


def without_cases(programme: Programme, form: Form, values: dict[str, Any]) -> bool:
    """True when a nil report says the same as these values to every indicator that reads the form."""
    read = [name for indicator in _readers(programme, form) for name in indicator.measures]
    return not any(values[name] for name in read)


def rows(form: Form, values: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """One row of each kind that the form has, of the first choices; none in a report without figures."""
    if not any(values.values()):
        return {}
    return {
        kind.code: [{field.code: next(iter(field.choices)) if field.choices else 1 for field in kind.fields.values()}]
        for kind in form.rows.values()
    }


def _figure(programme: Programme, form: Form, name: str, turn: int, story: Story, random: Random) -> int:
    if name in _OF_THE_STORY:
        return _OF_THE_STORY[name](story, turn)
    reader = next((i for i in _readers(programme, form) if name in i.measures), None)
    if reader is None:
        return random.randint(0, 9)
    if reader.kind == "ratio":
        return _part(reader, name, turn, story, random)
    if reader.target.op == "at_most":
        return 0
    return 0 if turn in story.idle_months else random.randint(1, 3)


def _part(reader: Indicator, name: str, turn: int, story: Story, random: Random) -> int:
    """A ward that helps everybody mostly does the rest as well."""
    listed = random.randint(8, 12)
    return listed if name == reader.denominator else 12 - _in_turn(story.unhelped, turn)


def _in_turn(numbers: tuple[int, ...], turn: int) -> int:
    return numbers[(turn - 1) % len(numbers)]


def _readers(programme: Programme, form: Form) -> list[Indicator]:
    return [indicator for indicator in programme.indicators.values() if indicator.form == form.code]
