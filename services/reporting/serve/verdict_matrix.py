"""The verdicts on a unit and all below it, in one answer: what they come to, and which criteria stand how."""

from collections.abc import Sequence

from services.contracts.readings.verdicts import GivenVerdict, VerdictMatrix, VerdictRow
from services.reporting.domain.criteria import State
from services.reporting.domain.summaries import period_summary
from services.reporting.domain.verdicts import Judgement, Ruling, criteria_of, needed
from services.reporting.serve.lists import Asked, units_below
from services.reporting.serve.paging import page
from services.reporting.serve.summaries import unit_summary
from services.reporting.serve.verdicts import judgements_on, packs_of, stored
from services.reporting.serve.view import View, period_of


def verdict_matrix(view: View, asked: Asked) -> VerdictMatrix:
    """By the packs asked for, or those in force as the period ends. Raises ProblemError 404."""
    programme = view.programme(asked["programme"])
    period = period_of(programme, asked["period"])
    packs = packs_of(programme, period.end, asked.get("pack"))
    rows = units_below(programme, period, asked.get("unit", programme.root))
    chosen, following = page(rows, lambda unit: unit.id, asked.get("cursor"), asked.get("limit"))
    wanted = (cell for unit in chosen for pack in packs for cell in needed(programme, pack, unit.id, period))
    cells = stored(view, programme, wanted)
    return VerdictMatrix(
        as_of=view.as_of(programme),
        next=following,
        programme=programme.id,
        version=programme.version,
        period=period_summary(period),
        packs=[pack.code for pack in packs],
        units=[
            VerdictRow(
                unit=unit_summary(programme, unit),
                verdicts=_given(judgements_on(view, programme, period, unit.id, packs, cells)),
            )
            for unit in chosen
        ],
    )


def _given(judgements: Sequence[Judgement]) -> list[GivenVerdict]:
    return [_one(judgement, ruling) for judgement in judgements for ruling in judgement.rulings]


def _one(judgement: Judgement, ruling: Ruling) -> GivenVerdict:
    outcome = ruling.outcome
    return GivenVerdict(
        pack=judgement.pack.code,
        verdict=ruling.verdict.code,
        outcome=outcome.code if outcome else None,
        possible=[grade.code for grade in ruling.possible],
        satisfied=criteria_by_state(judgement, ruling, "satisfied"),
        failed=criteria_by_state(judgement, ruling, "failed"),
        undecided=criteria_by_state(judgement, ruling, "undecided"),
    )


def criteria_by_state(judgement: Judgement, ruling: Ruling, state: State) -> list[str]:
    """The criteria of a verdict that stand so, in the order of the pack."""
    asked = criteria_of(ruling.verdict)
    return [
        found.criterion.code for found in judgement.criteria if found.criterion.code in asked and found.state == state
    ]
