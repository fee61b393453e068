"""Verdicts on a unit by packs of rules, with their evidence."""

from typing import Literal

from services.contracts.events import Ratio, Value
from services.contracts.fields import (
    CriterionCode,
    Day,
    FlagName,
    HexHash,
    IndicatorCode,
    PackCode,
    PeriodCode,
    ProgrammeId,
    Sentence,
    StatusName,
    UnitId,
    VerdictCode,
)
from services.contracts.programme.verdicts import ThresholdName
from services.contracts.readings.lists import PeriodSummary, UnitSummary
from services.contracts.readings.pages import Name, Page, Whole

CriterionState = Literal["satisfied", "failed", "undecided"]

UndecidedReason = Literal["provisional", "not_evaluated", "stale", "not_due", "no_data", "open", "bounds"]


class CitationSummary(Value, frozen=True, kw_only=True, omit_defaults=False):
    number: Sentence
    text: Name
    provisional: bool
    source: Sentence


class EvidenceCell(Value, frozen=True, kw_only=True, omit_defaults=False):
    """A cell that a criterion stands on; `status` null: it has not been evaluated. Else as in `CellStatus`."""

    unit: UnitId
    indicator: IndicatorCode
    period: PeriodCode
    status: StatusName | None
    value: Ratio | None
    worst: Ratio | None
    best: Ratio | None
    flags: list[FlagName]
    definition_hash: HexHash | None
    stale: bool


class CriterionResult(Value, frozen=True, kw_only=True, omit_defaults=False):
    """A criterion and how it stands. `passes_now`: whether what is known today passes, decided or not.

    `reason` and `why`: for what it is undecided; a threshold that is `unsettled` has no source and decides nothing by
    itself. `cells` counts what it stands on; `evidence` holds at most 100 of
    them, those first that keep it from being satisfied.
    """

    code: CriterionCode
    name: Name
    at_least: Ratio | None
    at_most: Ratio | None
    below: Ratio | None
    each: Literal["unit_month"] | None
    unsettled: list[ThresholdName]
    provisional: bool
    source: Sentence
    state: CriterionState
    reason: UndecidedReason | None
    why: Name | None
    passes_now: bool | None
    cells: Whole
    evidence: list[EvidenceCell]


class QuorumResult(Value, frozen=True, kw_only=True, omit_defaults=False):
    """At least `need` of the criteria listed here must be satisfied."""

    need: Whole
    state: CriterionState
    satisfied: list[CriterionCode]
    failed: list[CriterionCode]
    undecided: list[CriterionCode]


class GradeResult(Value, frozen=True, kw_only=True, omit_defaults=False):
    """A grade is reached by any of its quorums. The last one has none: it is what is left. `state` then null."""

    code: VerdictCode
    name: Name
    state: CriterionState | None
    quorums: list[QuorumResult]


class VerdictResult(Value, frozen=True, kw_only=True, omit_defaults=False):
    """The first grade that is reached; null while what is undecided can still change it to another of `possible`."""

    code: VerdictCode
    name: Name
    outcome: VerdictCode | None
    possible: list[VerdictCode]
    grades: list[GradeResult]


class PackVerdicts(Value, frozen=True, kw_only=True, omit_defaults=False):
    """What one pack of rules says. `in_force`: on the unit's last day in the period."""

    code: PackCode
    name: Name
    citation: CitationSummary
    valid_from: Day | None
    valid_to: Day | None
    in_force: bool
    notes: Name
    definition_hash: HexHash
    verdicts: list[VerdictResult]
    criteria: list[CriterionResult]


class PackOutcome(Value, frozen=True, kw_only=True, omit_defaults=False):
    pack: PackCode
    outcome: VerdictCode | None
    possible: list[VerdictCode]


class Compared(Value, frozen=True, kw_only=True, omit_defaults=False):
    """A verdict that several of the packs give on the same cells; `agree` null while one of them is undecided."""

    verdict: VerdictCode
    agree: bool | None
    outcomes: list[PackOutcome]


class UnitVerdicts(Page, frozen=True, kw_only=True, omit_defaults=False):
    """The verdicts on a unit in a period; all on one page."""

    programme: ProgrammeId
    version: Whole
    period: PeriodSummary
    unit: UnitSummary
    packs: list[PackVerdicts]
    comparison: list[Compared]


class GivenVerdict(Value, frozen=True, kw_only=True, omit_defaults=False):
    """A verdict as in `VerdictResult`, and its criteria by their state. Why: the unit's own verdicts."""

    pack: PackCode
    verdict: VerdictCode
    outcome: VerdictCode | None
    possible: list[VerdictCode]
    satisfied: list[CriterionCode]
    failed: list[CriterionCode]
    undecided: list[CriterionCode]


class VerdictRow(Value, frozen=True, kw_only=True, omit_defaults=False):
    """The verdicts on one unit; a verdict that is not given on its kind, or for this kind of period, is absent."""

    unit: UnitSummary
    verdicts: list[GivenVerdict]


class VerdictMatrix(Page, frozen=True, kw_only=True, omit_defaults=False):
    """Units (the chosen one first, then those below it) by verdicts, of `packs` in their order."""

    programme: ProgrammeId
    version: Whole
    period: PeriodSummary
    packs: list[PackCode]
    units: list[VerdictRow]
