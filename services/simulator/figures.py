"""The figures that a ward puts into a form: what its story says of the month, and chance for the rest."""

from random import Random
from typing import Any

from services.contracts.programme import Form, Indicator, Period, Programme
from services.simulator.town import Story


def figures(
    programme: Programme, form: Form, period: Period, story: Story, random: Random, more: int = 0
) -> dict[str, Any]:
    """Every measure of the form. `more` is added to what can be miscounted, so that two versions differ."""
    turn = int(period.code[-1:]) if period.kind == "quarter" else int(period.code[-2:])
    values = {}
    for name, measure in form.measures.items():
        if measure.type == "flag":
            values[name] = int(turn >= story.launched_in_month)
        else:
            values[name] = _figure(programme, form, name, turn, story, random) + more
    for rule in form.rules:
        values[rule.left] = min(values[rule.left], values[rule.right])
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
    reader = next((i for i in _readers(programme, form) if name in i.measures), None)
    if reader is None:
        return random.randint(20, 200)
    if reader.kind == "ratio":
        listed = story.listed[(turn - 1) % len(story.listed)]
        return listed - (story.unhelped[(turn - 1) % len(story.unhelped)] if name == reader.numerator else 0)
    if reader.target.op == "at_most":
        return int(turn in _bad_months(programme, reader, story))
    return 0 if turn in story.idle_months else random.randint(1, 3)


def _bad_months(programme: Programme, indicator: Indicator, story: Story) -> frozenset[int]:
    """The hotspot shows in the last stock that should be zero, the ring in the first flow that should."""
    zero = [i for i in programme.indicators.values() if i.target.op == "at_most"]
    stocks = [i.code for i in zero if i.kind == "stock"]
    flows = [i.code for i in zero if i.kind == "flow"]
    if stocks and indicator.code == stocks[-1]:
        return story.hotspot_months
    return story.ring_months if flows and indicator.code == flows[0] else frozenset()


def _readers(programme: Programme, form: Form) -> list[Indicator]:
    return [indicator for indicator in programme.indicators.values() if indicator.form == form.code]
