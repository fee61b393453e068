"""The explanation of a status, made from the very evaluation that decided it. Pure: the same facts, the same bytes."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

import msgspec

from services.contracts.errors import Text
from services.contracts.explanations import (
    ExplainedEvent,
    ExplainedFlag,
    ExplainedInput,
    ExplainedMeasure,
    ExplainedTarget,
    Explanation,
    Formula,
    Rule,
)
from services.contracts.readings.pages import AsOf
from services.contracts.values import Ratio
from services.contracts.words import STATUS_WORDS
from services.reporting.domain.case import Case, FlagName
from services.reporting.domain.coverage import Covered
from services.reporting.domain.distance import distance, required
from services.reporting.domain.formulas import FLAG_REASONS, FORMULAS
from services.reporting.domain.received import Input
from services.reporting.domain.stated import place
from services.reporting.domain.status import Judged, Status, has_left_published
from services.reporting.domain.summaries import name_of, period_summary, ratio_of, target_summary
from services.reporting.domain.withheld import withheld

Place = tuple[str, str, str]


class Events(NamedTuple):
    """What was said behind an input: the first ones, how many there are, and a digest of all."""

    listed: Sequence[ExplainedEvent]
    in_all: int
    digest: str | None


class Told(NamedTuple):
    """What an answer says beside the explanation: it does not follow from the facts."""

    as_of: AsOf
    following: str | None = None
    stale: bool = False


def explain(
    judged: Judged,
    later: Status | None,
    inputs: Sequence[ExplainedInput],
    shown: slice,
    events: Mapping[Place, Events],
    told: Told,
) -> Explanation:
    """`later`: the status at `valid_until` if nothing more is said. `inputs`: all (`stated_inputs`), `shown`: the page.

    `events`: what stands behind the shown ones.
    """
    case, _, status = judged
    apart = distance(judged, later, inputs)
    return Explanation(
        as_of=told.as_of,
        next=told.following,
        programme=case.programme.id,
        unit=case.unit,
        unit_name=case.programme.units.by_id[case.unit].name,
        indicator=case.indicator.code,
        indicator_name=name_of(case.indicator.name),
        definition=name_of(case.indicator.definition),
        period=period_summary(case.period),
        evaluated_at=case.now,
        stale=told.stale,
        status=status.status,
        text=name_of(_text(judged, Text(apart.text.vi, apart.text.en))),
        value=ratio_of(status.value),
        worst=ratio_of(status.worst),
        best=ratio_of(status.best),
        valid_until=status.valid_until,
        rule=_rule(judged),
        formula=_formula(case),
        target=_target(judged),
        flags=[_flag(judged, flag, reason, units) for flag, reason, units in _reasons(judged)],
        distance=apart,
        inputs_in_all=len(inputs),
        inputs_from=shown.start,
        inputs=[_with_events(stated, events.get(place(stated))) for stated in inputs[shown]],
    )


def _with_events(stated: ExplainedInput, events: Events | None) -> ExplainedInput:
    if events is None:
        return stated
    return msgspec.structs.replace(
        stated, events=list(events.listed), events_in_all=events.in_all, events_digest=events.digest
    )


def _text(judged: Judged, apart: Text) -> Text:
    word, branch = STATUS_WORDS[judged.status.status], judged.finding.branch.text
    return Text(f"{word.vi}: {branch.vi} {apart.vi}", f"{word.en}: {branch.en} {apart.en}")


def _rule(judged: Judged) -> Rule:
    branch = judged.finding.branch
    return Rule(branch=branch.code, status=branch.status, early=branch.early, text=name_of(branch.text))


def _formula(case: Case) -> Formula:
    indicator = case.indicator
    form = case.programme.forms.get(indicator.form or "")
    return Formula(
        kind=indicator.kind,
        text=name_of(FORMULAS[indicator.kind]),
        form=indicator.form,
        measures=[ExplainedMeasure(code=code, name=name_of(form.measures[code].name)) for code in indicator.measures]
        if form
        else [],
        signer_kind=indicator.signer_kind,
        trajectory=indicator.trajectory,
        frequency=indicator.frequency,
    )


def _target(judged: Judged) -> ExplainedTarget:
    case, target = judged.case, judged.case.indicator.target
    return ExplainedTarget(
        declared=target_summary(target),
        units=len(case.leaves),
        months=case.period.months,
        value=_exact(case.target),
        required=_exact(required(case, judged.finding)),
        version=case.programme.version,
        programme_hash=case.programme.hash,
        definition_hash=case.indicator.definition_hash,
        definition_version=case.indicator.version,
        effective_from=case.indicator.effective_from,
    )


def _reasons(judged: Judged) -> Iterator[tuple[FlagName, str, list[str]]]:
    """Why each flag stands, a flag may have several reasons."""
    case, finding, status = judged
    if "blocked" in status.flags:
        yield "blocked", "dead_letter", sorted(case.facts.blocked & case.programme.units.subtree(case.unit))
    if finding.branch.early:
        yield "provisional", "early", []
    if case.indicator.target.provisional:
        yield "provisional", "target", []
    if "provisional" in finding.flags:
        yield "provisional", "denominator", _provisional_denominators(judged)
    if "quality" in status.flags:
        yield "quality", "above_denominator", []
    if "stub" in status.flags:
        yield "stub", "divided", []
    if "withheld" in status.flags:
        yield "withheld", "too_few", list(withheld(case, finding))
    yield from _restated(judged)


def _restated(judged: Judged) -> Iterator[tuple[FlagName, str, list[str]]]:
    case, finding, status = judged
    if "restated" in finding.flags:
        late = {
            item.owing.unit for item in finding.causes if isinstance(item, Input) and not item.missing and item.late
        }
        yield "restated", "late_report", sorted(late)
    if has_left_published(case, status.status, status.value):
        yield "restated", "left_published", [case.unit]


def _provisional_denominators(judged: Judged) -> list[str]:
    covered = [cause for cause in judged.finding.causes if isinstance(cause, Covered)]
    return sorted(one.unit for one in covered if one.denominator is not None and one.denominator.provisional)


def _flag(judged: Judged, flag: FlagName, reason: str, units: list[str]) -> ExplainedFlag:
    assert flag in judged.status.flags
    return ExplainedFlag(flag=flag, because=reason, text=name_of(FLAG_REASONS[reason]), units=units)


def _exact(number: Fraction) -> Ratio:
    return Ratio(num=number.numerator, den=number.denominator)
