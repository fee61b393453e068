"""What agencies and officers post. These bodies never reach Kafka as they are."""

from typing import Annotated

from msgspec import Meta

from services.contracts.events import Ends, PublishedValue, Row, Value
from services.contracts.fields import (
    AgencyId,
    Count,
    Day,
    FormCode,
    GroupId,
    HexHash,
    Instant,
    MeasureCode,
    OrganisationId,
    PeriodCode,
    ProgrammeId,
    ReasonCode,
    ReceivedVia,
    Revision,
    RowCode,
    SignerKind,
    SigningMethod,
    TextVersion,
    TipCategory,
    TipChannel,
    TipStep,
    UnitId,
    UnitRef,
    bound_days,
)
from services.contracts.signer_identity import SignerIdentity

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


class SheetSigner(Value, frozen=True, kw_only=True):
    identity: SignerIdentity
    signed_on: Day | None = None

    def __post_init__(self) -> None:
        bound_days(signed_on=self.signed_on)


class PledgeSheet(Value, frozen=True, kw_only=True):
    """A sheet of 1 to 500 signers of one kind in one unit. `signed_on` of a signer defaults to `occurred_on`.

    `parties` and `witness` of organisations and businesses: with whom and before whom they sign, by register id.
    """

    unit: UnitRef
    kind: SignerKind
    group: GroupId | None = None
    method: SigningMethod
    text_version: TextVersion
    occurred_on: Day
    declared_count: Count
    signers: Annotated[list[SheetSigner], Meta(min_length=1, max_length=500)]
    parties: Annotated[list[OrganisationId], Meta(max_length=20)] = []
    witness: OrganisationId | None = None

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


class NameReport(Value, frozen=True, kw_only=True):
    """What is owed, and by whom: a report id follows from it."""

    programme: ProgrammeId
    form: FormCode
    unit: UnitRef
    period: PeriodCode
    owner: AgencyId


class DecideReport(NameReport, frozen=True, kw_only=True):
    """Names the report that is decided on, down to the body: `body_hash` stands in its receipt."""

    revision: Revision
    body_hash: HexHash


class ApproveReport(DecideReport, frozen=True, kw_only=True):
    pass


class ReturnReport(DecideReport, frozen=True, kw_only=True):
    reason: ReasonCode


class PublishedUnit(Value, frozen=True, kw_only=True):
    """The values of one unit, each indicator once."""

    unit: UnitId
    values: Annotated[list[PublishedValue], Meta(min_length=1, max_length=200)]


class PublishPeriod(Value, frozen=True, kw_only=True):
    """What is published of a period for a unit and those below it: a draft as `GET .../draft` gave it.

    `digest` and `positions` are the draft's: they say that these are the values that were read, and of what log.
    """

    programme: ProgrammeId
    unit: UnitRef
    units: Annotated[list[PublishedUnit], Meta(min_length=1, max_length=500)]
    digest: HexHash
    positions: Ends


class ReopenPeriod(Value, frozen=True, kw_only=True):
    """Takes back that the period of a unit is published, so that it can be published anew."""

    programme: ProgrammeId
    unit: UnitRef
    reason: ReasonCode


class ExtendObligation(NameReport, frozen=True, kw_only=True):
    """Lets a report come until a local day, at the hour at which it was due."""

    until: Day
    reason: ReasonCode

    def __post_init__(self) -> None:
        bound_days(until=self.until)


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


REQUESTS: tuple[type[Value], ...] = (
    PostPledge,
    PostPledgeBatch,
    WithdrawPledge,
    PostReport,
    ApproveReport,
    ReturnReport,
    PublishPeriod,
    ReopenPeriod,
    ExtendObligation,
    PostTip,
    MoveTip,
    SetClock,
)
