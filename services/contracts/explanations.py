"""Why a cell has the status it has: the tree from the status down to the events (`GET .../explain`)."""

from typing import Annotated, Literal

from msgspec import Meta

from services.contracts.fields import (
    AgencyId,
    Count,
    Day,
    EntityId,
    FlagName,
    FormCode,
    HexHash,
    IndicatorCode,
    Instant,
    MeasureCode,
    Offset,
    PartitionNumber,
    PeriodCode,
    ProgrammeId,
    Sentence,
    StatusName,
    TipChannel,
    TopicName,
    UnitId,
    Version,
    Word,
)
from services.contracts.readings.lists import PeriodSummary, TargetSummary
from services.contracts.readings.pages import Name, Page, Whole
from services.contracts.values import Ratio, Value

EventRole = Literal["report", "first_report", "approved", "returned", "sheet", "withdrawal"]
InputState = Literal[
    "counts",
    "in_time",
    "late",
    "awaited",
    "missing",
    "overdue",
    "returned",
    "no_value",
    "not_current",
    "not_standing",
    "no_denominator",
    "withheld",
]


class ExplainedEvent(Value, frozen=True, kw_only=True, omit_defaults=False):
    """The counting copy of an event behind an input. `receipt`: where its agency may ask what became of it."""

    role: EventRole
    event_id: EntityId
    source: Word
    topic: TopicName
    partition: PartitionNumber
    offset: Offset
    accepted_at: Instant
    recorded_at: Instant
    body_hash: HexHash
    revision: Whole | None
    receipt: Word


class ExplainedReport(Value, frozen=True, kw_only=True, omit_defaults=False):
    """A report that is owed, and what its counting revision says of the indicator's measures (null: nothing)."""

    report_id: EntityId
    form: FormCode
    owner: AgencyId
    due_at: Instant
    first_received_at: Instant | None
    accepted_at: Instant | None
    nil: bool
    returned: bool
    values: dict[MeasureCode, Annotated[int, Meta(ge=0, le=2**62)] | None]


class ExplainedDenominator(Value, frozen=True, kw_only=True, omit_defaults=False):
    as_of: Day
    value: Whole
    provisional: bool
    source: Sentence


class SignersOnDay(Value, frozen=True, kw_only=True, omit_defaults=False):
    day: Day
    n: Annotated[int, Meta(ge=-(2**62), le=2**62)]


class ExplainedSigners(Value, frozen=True, kw_only=True, omit_defaults=False):
    """Distinct signers up to `until`; `ahead`: by how much that grows on later days of the period."""

    kind: Word
    until: Day
    counted: Annotated[int, Meta(ge=-(2**62), le=2**62)]
    ahead: list[SignersOnDay]
    denominator: ExplainedDenominator | None


class TipsByChannel(Value, frozen=True, kw_only=True, omit_defaults=False):
    """`n` null: fewer than five came this way, or another number could be worked out from it."""

    channel: TipChannel
    n: Whole | None


class ExplainedTips(Value, frozen=True, kw_only=True, omit_defaults=False):
    """Tips of a unit and those below it as numbers only: no event, day, position or ward of one stands in an answer.

    `channels`: of those received, where the indicator counts by channel.
    """

    received: Whole
    in_time: Whole
    undecided: Whole
    channels: list[TipsByChannel] = []


class ExplainedInput(Value, frozen=True, kw_only=True, omit_defaults=False):
    """One input. `missing`: it can still change the answer. `events` lists the first of `events_in_all`, by time.

    `events_digest`: SHA-256 over all of them, so that one that is not listed is named as well.
    """

    unit: UnitId
    period: PeriodCode | None
    state: InputState
    text: Name
    missing: bool
    report: ExplainedReport | None = None
    signers: ExplainedSigners | None = None
    tips: ExplainedTips | None = None
    events: list[ExplainedEvent] = []
    events_in_all: Whole = 0
    events_digest: HexHash | None = None


class ExplainedMeasure(Value, frozen=True, kw_only=True, omit_defaults=False):
    code: MeasureCode
    name: Name


class Formula(Value, frozen=True, kw_only=True, omit_defaults=False):
    kind: Word
    text: Name
    form: FormCode | None
    measures: list[ExplainedMeasure]
    signer_kind: Word | None
    trajectory: Word
    frequency: Word


class ExplainedTarget(Value, frozen=True, kw_only=True, omit_defaults=False):
    """`declared` as in the programme; `value`: of this unit and period; `required`: what is asked for at this instant.

    `version` and `programme_hash` are of the programme, `definition_hash` of everything that decides the indicator.
    `definition_version` is in force for periods that begin from `effective_from` on
    (null: from the first).
    """

    declared: TargetSummary
    units: Count
    months: Count
    value: Ratio
    required: Ratio
    version: Version
    programme_hash: Word
    definition_hash: HexHash
    definition_version: Whole = 1
    effective_from: Day | None = None


class Rule(Value, frozen=True, kw_only=True, omit_defaults=False):
    """The branch that decided (`docs/status.md` has them in order). `early`: while inputs are missing."""

    branch: Word
    status: StatusName
    early: bool
    text: Name


class ExplainedFlag(Value, frozen=True, kw_only=True, omit_defaults=False):
    """`units`: where it comes from, if from some units only."""

    flag: FlagName
    because: Word
    text: Name
    units: list[UnitId]


class ByItself(Value, frozen=True, kw_only=True, omit_defaults=False):
    """What the status is from `at` on if nothing more is said; null: the period begins, and only then is it judged."""

    at: Instant
    status: StatusName | None


class Distance(Value, frozen=True, kw_only=True, omit_defaults=False):
    """How far it is to the next status.

    `then`: the status on the other side of `required`; it begins `short_by` counted things away, or one more than
    `to_spare`. All three are null where a number alone does not lead there. `missing` inputs, `overdue` of them past
    their due instant, can still change the answer.
    """

    then: StatusName | None
    short_by: Whole | None
    to_spare: Whole | None
    missing: Whole
    overdue: Whole
    by_itself: ByItself | None
    text: Name


class Explanation(Page, frozen=True, kw_only=True, omit_defaults=False):
    """The derivation of one status, computed for `evaluated_at` from the facts up to `as_of`.

    `inputs` are the page's, from the `inputs_from`-th (0-based) of `inputs_in_all`. `stale`: what is stored of the cell
    is still to be evaluated anew, so that tables may show the status before this one. All but `as_of`, `next` and
    `stale` follows from the facts, to the byte (`python -m services.reporting verify`).
    """

    programme: ProgrammeId
    unit: UnitId
    unit_name: Sentence
    indicator: IndicatorCode
    indicator_name: Name
    definition: Name
    period: PeriodSummary
    evaluated_at: Instant
    stale: bool
    status: StatusName
    text: Name
    value: Ratio | None
    worst: Ratio | None
    best: Ratio | None
    valid_until: Instant | None
    rule: Rule
    formula: Formula
    target: ExplainedTarget
    flags: list[ExplainedFlag]
    distance: Distance
    inputs_in_all: Whole
    inputs_from: Whole
    inputs: list[ExplainedInput]


EXPLANATIONS: tuple[type[Value], ...] = (Explanation,)
