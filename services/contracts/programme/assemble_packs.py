"""From checked declarations to the packs of rules that they make."""

import json
from fractions import Fraction
from hashlib import sha256
from typing import Any

from services.contracts.errors import Text
from services.contracts.programme.reading.build import stated
from services.contracts.programme.reading.shapes import TextShape
from services.contracts.programme.reading.verdict_shapes import (
    CitationShape,
    CriterionShape,
    GradeShape,
    RulePackShape,
    ThresholdShape,
    VerdictShape,
)
from services.contracts.programme.verdicts import (
    THRESHOLDS,
    Citation,
    Criterion,
    Grade,
    Quorum,
    RulePack,
    Verdict,
)


def rule_pack(shape: RulePackShape) -> RulePack:
    """A pack of a folder without faults."""
    said = json.dumps(_said(shape), ensure_ascii=False, sort_keys=True, default=str)
    return RulePack(
        code=shape.code,
        name=_text(shape.name),
        citation=_citation(shape.citation),
        valid_from=shape.valid_from,
        valid_to=shape.valid_to,
        notes=_text(shape.notes),
        criteria={of.code: _criterion(of) for of in shape.criteria},
        verdicts=tuple(_verdict(of) for of in shape.verdicts),
        definition_hash=sha256(said.encode()).hexdigest(),
    )


def _said(shape: RulePackShape) -> dict[str, Any]:
    """A pack in the words of the release before keeps the hash that it had there."""
    said: dict[str, Any] = stated(shape)
    for criterion in said["criteria"]:
        for threshold in (criterion[name] for name in THRESHOLDS):
            if threshold is not None and not threshold["provisional"]:
                del threshold["provisional"]
    return said


def _text(shape: TextShape) -> Text:
    return Text(shape.vi, shape.en)


def _citation(shape: CitationShape) -> Citation:
    return Citation(shape.number, _text(shape.text), shape.provisional, shape.source)


def _criterion(shape: CriterionShape) -> Criterion:
    return Criterion(
        code=shape.code,
        name=_text(shape.name),
        reads=tuple(of.indicator for of in shape.reads),
        per=tuple(of.indicator for of in shape.per),
        each=shape.each,
        at_least=_threshold(shape.at_least),
        at_most=_threshold(shape.at_most),
        below=_threshold(shape.below),
        provisional=shape.provisional,
        reason=_text(shape.reason) if shape.reason else None,
        source=shape.source,
        unsettled=frozenset(name for name in THRESHOLDS if (of := getattr(shape, name)) and of.provisional),
    )


def _threshold(shape: ThresholdShape | None) -> Fraction | None:
    return Fraction(shape.num, shape.den) if shape else None


def _verdict(shape: VerdictShape) -> Verdict:
    return Verdict(
        code=shape.code,
        name=_text(shape.name),
        judges=frozenset(of.kind for of in shape.judges),
        frequency=shape.frequency,
        grades=tuple(_grade(of) for of in shape.grades),
        otherwise=Grade(shape.otherwise.code, _text(shape.otherwise.name), ()),
    )


def _grade(shape: GradeShape) -> Grade:
    quorums = (Quorum(of.need, tuple(quoted.criterion for quoted in of.of)) for of in shape.quorums)
    return Grade(shape.code, _text(shape.name), tuple(quorums))
