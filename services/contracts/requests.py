"""What agencies and officers post, and what they get back. These bodies never reach Kafka as they are.

`SignerIdentity` is the only place where who signed is named: pledge turns it into a token and forgets it.
"""

from typing import Annotated, ClassVar

from msgspec import Meta

from services.contracts.errors import Unfit
from services.contracts.events import Row, Value
from services.contracts.fields import (
    AgencyId,
    Count,
    Day,
    EntityId,
    FormCode,
    GroupId,
    HexHash,
    Instant,
    Jws,
    MeasureCode,
    Offset,
    OrganisationId,
    PartitionNumber,
    PeriodCode,
    ProgrammeId,
    ReasonCode,
    ReceivedVia,
    Revision,
    RowCode,
    Sentence,
    SignerKind,
    SigningMethod,
    TextVersion,
    TipCategory,
    TipChannel,
    TipStep,
    TopicName,
    UnitRef,
    Word,
    bound_days,
)

RegisterNumber = Annotated[
    str,
    Meta(
        min_length=3,
        max_length=40,
        extra={"class": "personal"},
        extra_json_schema={"examples": ["HK-000123"]},
    ),
]
Address = Annotated[
    str,
    Meta(
        min_length=3,
        max_length=200,
        extra={"class": "personal"},
        extra_json_schema={"examples": ["Số 1, ngõ 2"]},
    ),
]
SheetRef = Annotated[
    str,
    Meta(
        pattern="^[A-Za-z0-9._-]{1,40}(?![\\s\\S])",
        max_length=40,
        extra={"class": "personal"},
        extra_json_schema={"examples": ["sheet-001"]},
    ),
]
"""The agency's own name of a sheet; it may hold anything, so only its digest goes further."""


class SignerIdentity(Value, frozen=True, kw_only=True):
    """Who signed, by exactly one basis. Household: register number, else address. Organisation: its register id."""

    exactly_one: ClassVar[tuple[str, ...]] = ("register_number", "address", "register_id")

    register_number: RegisterNumber | None = None
    address: Address | None = None
    register_id: OrganisationId | None = None

    def __post_init__(self) -> None:
        if sum(getattr(self, name) is not None for name in self.exactly_one) != 1:
            raise Unfit("", "exactly_one", ", ".join(self.exactly_one))


class SheetSigner(Value, frozen=True, kw_only=True):
    identity: SignerIdentity
    signed_on: Day | None = None

    def __post_init__(self) -> None:
        bound_days(signed_on=self.signed_on)


class PledgeSheet(Value, frozen=True, kw_only=True):
    """A sheet of 1 to 500 signers of one kind in one unit. `signed_on` of a signer defaults to `occurred_on`."""

    unit: UnitRef
    kind: SignerKind
    group: GroupId | None = None
    method: SigningMethod
    text_version: TextVersion
    occurred_on: Day
    declared_count: Count
    signers: Annotated[list[SheetSigner], Meta(min_length=1, max_length=500)]

    def __post_init__(self) -> None:
        bound_days(occurred_on=self.occurred_on)


class PostPledge(PledgeSheet, frozen=True, kw_only=True):
    programme: ProgrammeId


class BatchSheet(PledgeSheet, frozen=True, kw_only=True):
    sheet: SheetRef


class PostPledgeBatch(Value, frozen=True, kw_only=True):
    """Many sheets, all or nothing. The key of each is the batch's key and its `sheet`."""

    programme: ProgrammeId
    sheets: Annotated[list[BatchSheet], Meta(min_length=1, max_length=100)]


class WithdrawPledge(Value, frozen=True, kw_only=True):
    programme: ProgrammeId
    unit: UnitRef
    kind: SignerKind
    group: GroupId | None = None
    identity: SignerIdentity
    withdrawn_on: Day
    reason: ReasonCode

    def __post_init__(self) -> None:
        bound_days(withdrawn_on=self.withdrawn_on)


class PostReport(Value, frozen=True, kw_only=True):
    """A report, a revision of one, or a nil report.

    `owner` defaults to the posting agency, `received_on` to the day of acceptance.
    """

    programme: ProgrammeId
    form: FormCode
    unit: UnitRef
    period: PeriodCode
    owner: AgencyId | None = None
    revision: Revision = 1
    received_on: Day | None = None
    received_via: ReceivedVia = "software"
    nil: bool = False
    values: Annotated[dict[MeasureCode, Count | None], Meta(max_length=64)] = {}
    rows: Annotated[dict[RowCode, Annotated[list[Row], Meta(max_length=200)]], Meta(max_length=16)] = {}

    def __post_init__(self) -> None:
        bound_days(received_on=self.received_on)


class DecideReport(Value, frozen=True, kw_only=True):
    """Names the report that is decided on, down to the body: `body_hash` stands in its receipt."""

    programme: ProgrammeId
    form: FormCode
    unit: UnitRef
    period: PeriodCode
    owner: AgencyId
    revision: Revision
    body_hash: HexHash


class ApproveReport(DecideReport, frozen=True, kw_only=True):
    pass


class ReturnReport(DecideReport, frozen=True, kw_only=True):
    reason: ReasonCode


class PostTip(Value, frozen=True, kw_only=True):
    """The facts of a tip that an officer took: where it was received, what about, when, how."""

    programme: ProgrammeId
    unit: UnitRef
    category: TipCategory
    channel: TipChannel
    received_on: Day

    def __post_init__(self) -> None:
        bound_days(received_on=self.received_on)


class MoveTip(Value, frozen=True, kw_only=True):
    programme: ProgrammeId
    unit: UnitRef
    step: TipStep
    moved_on: Day

    def __post_init__(self) -> None:
        bound_days(moved_on=self.moved_on)


class SetClock(Value, frozen=True, kw_only=True):
    now: Instant


class PositionOut(Value, frozen=True, kw_only=True):
    topic: TopicName
    partition: PartitionNumber
    offset: Offset


class Accepted(Value, frozen=True, kw_only=True):
    """202: the log has it. `receipt` is a JWS over event id, body hash, agency, accepted_at and position."""

    event_id: EntityId
    body_hash: HexHash
    accepted_at: Instant
    position: PositionOut
    receipt: Jws
    report_id: EntityId | None = None
    tip_id: EntityId | None = None
    sheet: SheetRef | None = None


class AcceptedBatch(Value, frozen=True, kw_only=True):
    items: list[Accepted]


class ProblemFault(Value, frozen=True, kw_only=True):
    field: Sentence
    code: Word
    vi: Sentence
    en: Sentence


class Problem(Value, frozen=True, kw_only=True):
    """RFC 9457. `code` is stable, `title` is Vietnamese, `detail` English; `faults` names every field at fault."""

    type: Word
    title: Sentence
    status: int
    detail: Sentence
    code: Word
    faults: list[ProblemFault] = []


REQUESTS: tuple[type[Value], ...] = (
    PostPledge,
    PostPledgeBatch,
    WithdrawPledge,
    PostReport,
    ApproveReport,
    ReturnReport,
    PostTip,
    MoveTip,
    SetClock,
)
ANSWERS: tuple[type[Value], ...] = (Accepted, AcceptedBatch, Problem)
