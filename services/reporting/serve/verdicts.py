"""The verdicts on a unit: what is stored of its cells held against packs of rules, each criterion with its evidence."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any, Final

from services.contracts.errors import fault
from services.contracts.events import Ratio
from services.contracts.programme import Grade, Period, Programme, RulePack
from services.contracts.programme.calendars import day_end
from services.contracts.readings.statuses import CellStatus
from services.contracts.readings.verdicts import (
    CitationSummary,
    Compared,
    CriterionResult,
    EvidenceCell,
    GradeResult,
    PackOutcome,
    PackVerdicts,
    QuorumResult,
    UnitVerdicts,
    VerdictResult,
)
from services.kit.web import ProblemError
from services.reporting.domain.criteria import Judged, Reading
from services.reporting.domain.inputs import Cell, Value
from services.reporting.domain.status import Status
from services.reporting.domain.summaries import name_of, period_summary
from services.reporting.domain.verdicts import Judgement, Reached, Ruling, judge, needed
from services.reporting.serve import words
from services.reporting.serve.lists import cells_of
from services.reporting.serve.summaries import unit_summary
from services.reporting.serve.view import View, period_of, unit_of

EVIDENCE_SHOWN: Final = 100
Cells = Mapping[Cell, CellStatus]


def unit_verdicts(view: View, asked: Mapping[str, Any]) -> UnitVerdicts:
    """What the packs asked for, or those in force, say of a unit in a period."""
    programme = view.programme(asked["programme"])
    period = period_of(programme, asked["period"])
    unit = unit_of(programme, asked["unit"], period)
    last_day = (programme.own_period(unit.id, period) or period).end
    packs = packs_of(programme, last_day, asked.get("pack"))
    cells = stored(view, programme, (cell for pack in packs for cell in needed(programme, pack, unit.id, period)))
    judgements = judgements_on(view, programme, period, unit.id, packs, cells)
    return UnitVerdicts(
        as_of=view.as_of(programme),
        programme=programme.id,
        version=programme.version,
        period=period_summary(period),
        unit=unit_summary(programme, unit),
        packs=[_pack(judgement, last_day, cells) for judgement in judgements],
        comparison=_comparison(judgements),
    )


def packs_of(programme: Programme, on: date, codes: str | None) -> Sequence[RulePack]:
    """The packs named, once each and in that order; else those in force on the day. Raises ProblemError 404."""
    if codes is None:
        return programme.packs_in_force(on)
    found = [programme.pack(code, on) for code in dict.fromkeys(codes.split(","))]
    packs = [pack for pack in found if pack is not None]
    if len(packs) < len(found):
        raise ProblemError(404, "not_found", [fault("pack", "not_found")])
    return packs


def stored(view: View, programme: Programme, wanted: Iterable[Cell], known_on: date | None = None) -> Cells:
    """What is stored of some cells, or what was known of them at the end of a day."""
    units: dict[str, set[str]] = defaultdict(set)
    cells = set(wanted)
    for cell in cells:
        units[cell.period].add(cell.unit)
    found: dict[Cell, CellStatus] = {}
    for code, of_period in units.items():
        listed = cells_of(view, programme, period_of(programme, code), sorted(of_period), known_on)
        found |= {Cell(unit, row.indicator, code): row for unit, rows in listed.items() for row in rows}
    return {cell: found[cell] for cell in cells & found.keys()}


def judgements_on(
    view: View,
    programme: Programme,
    period: Period,
    unit: str,
    packs: Iterable[RulePack],
    cells: Cells,
    known_on: date | None = None,
) -> list[Judgement]:
    readings = {cell: Reading(_status(row), row.stale) for cell, row in cells.items()}
    now = view.now_of(programme) if known_on is None else day_end(known_on)
    return [judge(programme, pack, unit, period, readings, now) for pack in packs]


def _status(row: CellStatus) -> Status:
    value, worst, best = (Value(of.num, of.den) if of else None for of in (row.value, row.worst, row.best))
    return Status(row.status, value, worst, best)


def _pack(judgement: Judgement, last_day: date, cells: Cells) -> PackVerdicts:
    pack = judgement.pack
    return PackVerdicts(
        code=pack.code,
        name=name_of(pack.name),
        citation=CitationSummary(
            number=pack.citation.number,
            text=name_of(pack.citation.text),
            provisional=pack.citation.provisional,
            source=pack.citation.source,
        ),
        valid_from=pack.valid_from,
        valid_to=pack.valid_to,
        in_force=pack.in_force(last_day),
        notes=name_of(pack.notes),
        definition_hash=pack.definition_hash,
        verdicts=[_verdict(ruling, judgement) for ruling in judgement.rulings],
        criteria=[_criterion(found, cells) for found in judgement.criteria],
    )


def _verdict(ruling: Ruling, judgement: Judgement) -> VerdictResult:
    left = ruling.verdict.otherwise
    grades = [_grade(reached, judgement) for reached in ruling.reached]
    return VerdictResult(
        code=ruling.verdict.code,
        name=name_of(ruling.verdict.name),
        outcome=_code(ruling.outcome),
        possible=[grade.code for grade in ruling.possible],
        grades=[*grades, GradeResult(code=left.code, name=name_of(left.name), state=None, quorums=[])],
    )


def _code(grade: Grade | None) -> str | None:
    return grade.code if grade else None


def _grade(reached: Reached, judgement: Judgement) -> GradeResult:
    states = {found.criterion.code: found.state for found in judgement.criteria}
    grade = reached.grade
    quorums = [
        QuorumResult(
            need=quorum.need,
            state=state,
            satisfied=[code for code in quorum.of if states[code] == "satisfied"],
            failed=[code for code in quorum.of if states[code] == "failed"],
            undecided=[code for code in quorum.of if states[code] == "undecided"],
        )
        for quorum, state in zip(grade.quorums, reached.quorums, strict=True)
    ]
    return GradeResult(code=grade.code, name=name_of(grade.name), state=reached.state, quorums=quorums)


def _criterion(found: Judged, cells: Cells) -> CriterionResult:
    criterion = found.criterion
    text = (
        criterion.reason
        if found.reason == "provisional"
        else words.REASON_WORDS[found.reason]
        if found.reason
        else None
    )
    return CriterionResult(
        code=criterion.code,
        name=name_of(criterion.name),
        at_least=_ratio(criterion.at_least),
        at_most=_ratio(criterion.at_most),
        below=_ratio(criterion.below),
        each=criterion.each,
        unsettled=sorted(criterion.unsettled),
        provisional=criterion.provisional,
        source=criterion.source,
        state=found.state,
        reason=found.reason,
        why=name_of(text) if text else None,
        passes_now=found.passes_now,
        cells=len(found.cells),
        evidence=[_evidence(cell, cells.get(cell)) for cell in _telling(found)],
    )


def _telling(found: Judged) -> Sequence[Cell]:
    """Of many cells those first that keep the criterion from being satisfied."""
    return sorted(found.cells, key=lambda cell: cell not in found.against)[:EVIDENCE_SHOWN]


def _evidence(cell: Cell, row: CellStatus | None) -> EvidenceCell:
    return EvidenceCell(
        unit=cell.unit,
        indicator=cell.indicator,
        period=cell.period,
        status=row.status if row else None,
        value=row.value if row else None,
        worst=row.worst if row else None,
        best=row.best if row else None,
        flags=row.flags if row else [],
        definition_hash=row.definition_hash if row else None,
        stale=row.stale if row else False,
    )


def _ratio(threshold: Fraction | None) -> Ratio | None:
    return None if threshold is None else Ratio(num=threshold.numerator, den=threshold.denominator)


def _comparison(judgements: Sequence[Judgement]) -> list[Compared]:
    """The verdicts that at least two packs give, side by side."""
    found: dict[str, list[tuple[str, Ruling]]] = defaultdict(list)
    for judgement in judgements:
        for ruling in judgement.rulings:
            found[ruling.verdict.code].append((judgement.pack.code, ruling))
    return [_compared(verdict, rulings) for verdict, rulings in found.items() if len(rulings) > 1]


def _compared(verdict: str, rulings: Sequence[tuple[str, Ruling]]) -> Compared:
    outcomes = [
        PackOutcome(pack=pack, outcome=_code(ruling.outcome), possible=[grade.code for grade in ruling.possible])
        for pack, ruling in rulings
    ]
    decided = {outcome.outcome for outcome in outcomes}
    return Compared(verdict=verdict, agree=None if None in decided else len(decided) == 1, outcomes=outcomes)
