"""Every event of the public language, declared once.

Decoders, encoders, JSON Schema, OpenAPI and the marshmallow schemas all come from these structs. The envelope is
CloudEvents 1.0 in Kafka's binary binding (`codec.py`). A new field is a new version (`versions.py`): readers go first.
"""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from services.contracts.fields import (
    ActorId,
    AgencyId,
    Count,
    Day,
    EntityId,
    FlagName,
    FormCode,
    GroupId,
    HexHash,
    IndicatorCode,
    Instant,
    KeyId,
    MeasureCode,
    ObligationStateName,
    Offset,
    OrganisationId,
    PackedContent,
    PartitionNumber,
    PartNumber,
    PeriodCode,
    ReasonCode,
    ReceivedVia,
    Revision,
    RowCode,
    SignerKind,
    SignerToken,
    SigningMethod,
    StatusName,
    TextVersion,
    TipCategory,
    TipChannel,
    TipStep,
    TopicName,
    Version,
    bound_days,
)
from services.contracts.values import Data, Document, Ends, Ratio, Row, Signer, Value

__all__ = ["Data", "Document", "Ends", "Ratio", "Row", "Signer", "Value"]
"""Of the parts; the events themselves are all of this module."""


class PledgeSigned(Data, frozen=True, kw_only=True):
    """A signed sheet: what an agency has in hand. One signature is a sheet of one."""

    sheet_id: EntityId
    kind: SignerKind
    group: GroupId | None = None
    method: SigningMethod
    text_version: TextVersion
    declared_count: Count
    key_id: KeyId
    signers: Annotated[list[Signer], Meta(min_length=1, max_length=500)]
    parties: Annotated[list[OrganisationId], Meta(max_length=20)] = []
    witness: OrganisationId | None = None


class PledgeWithdrawn(Data, frozen=True, kw_only=True):
    """Ends the token's signature on `occurred_on`; a later signature counts again."""

    kind: SignerKind
    token: SignerToken
    key_id: KeyId
    reason: ReasonCode


class ReportSubmitted(Data, frozen=True, kw_only=True):
    """One revision of a report. `nil` says that nothing happened; null in `values` says that it is not known.

    Without `received_on` it was received when it was accepted: intake adds no day of its own to a body.
    """

    report_id: EntityId
    form: FormCode
    period: PeriodCode
    owner: AgencyId
    revision: Revision
    received_on: Day | None = None
    received_via: ReceivedVia
    nil: bool = False
    values: Annotated[dict[MeasureCode, Count | None], Meta(max_length=64)] = {}
    rows: Annotated[dict[RowCode, Annotated[list[Row], Meta(max_length=200)]], Meta(max_length=16)] = {}
    documents: Annotated[list[Document], Meta(max_length=20)] = []

    def __post_init__(self) -> None:
        super().__post_init__()
        bound_days(received_on=self.received_on)


class _ReportDecision(Data, frozen=True, kw_only=True):
    """Binds to exactly one body of one revision; void, and shown so, for any other."""

    report_id: EntityId
    revision: Revision
    body_hash: HexHash


class ReportApproved(_ReportDecision, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    pass


class ReportReturned(_ReportDecision, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    reason: ReasonCode


class ObligationExtended(Data, frozen=True, kw_only=True):
    report_id: EntityId
    until: Day
    reason: ReasonCode

    def __post_init__(self) -> None:
        super().__post_init__()
        bound_days(until=self.until)


class TipReceived(Data, frozen=True, kw_only=True):
    """The public fact of a tip: no sender, no place, no word of its content."""

    tip_id: EntityId
    category: TipCategory
    channel: TipChannel
    due_on: Day

    def __post_init__(self) -> None:
        super().__post_init__()
        bound_days(due_on=self.due_on)


class TipMoved(Data, frozen=True, kw_only=True):
    tip_id: EntityId
    step: TipStep


class ProgrammeActivated(Data, frozen=True, kw_only=True):
    """One numbered part of a programme's whole content; active once all parts are read."""

    version: Version
    hash: HexHash
    sandbox: bool = False
    part: PartNumber
    parts: PartNumber
    content: PackedContent


class ProgrammeClosed(Data, frozen=True, kw_only=True):
    version: Version


class ProgrammeClock(Data, frozen=True, kw_only=True):
    """A sandbox's `now`, valid once the input topics are read up to `ends` (next offset by partition)."""

    now: Instant
    ends: Ends


class PublishedValue(Value, frozen=True, kw_only=True):
    indicator: IndicatorCode
    status: StatusName
    value: Ratio | None = None
    flags: Annotated[list[FlagName], Meta(max_length=8)] = []


class PeriodPublished(Data, frozen=True, kw_only=True):
    """The values of one unit as published; the closing event of a period carries positions and a digest instead."""

    period: PeriodCode
    values: Annotated[list[PublishedValue], Meta(max_length=200)] = []
    digest: HexHash | None = None
    positions: Ends = {}


class PeriodReopened(Data, frozen=True, kw_only=True):
    period: PeriodCode
    reason: ReasonCode


class BaselineImported(Data, frozen=True, kw_only=True):
    """A figure from before the programme, for comparison only (2018–2023 in the pilot)."""

    year: Annotated[int, Meta(ge=2018, le=2100)]
    values: Annotated[dict[MeasureCode, Count | None], Meta(max_length=64)]


class DeadletterDiscarded(Data, frozen=True, kw_only=True):
    """Closes the dead letter of one record by decision."""

    topic: TopicName
    partition: PartitionNumber
    offset: Offset
    reason: ReasonCode


class StatusChanged(Data, frozen=True, kw_only=True):
    sequence: Annotated[int, Meta(ge=1, le=2**62)]
    indicator: IndicatorCode
    period: PeriodCode
    before: StatusName | None = None
    after: StatusName
    value: Ratio | None = None
    worst: Ratio | None = None
    best: Ratio | None = None
    flags: Annotated[list[FlagName], Meta(max_length=8)] = []
    definition_hash: HexHash
    positions: Ends


class _ObligationFact(Data, frozen=True, kw_only=True):
    """How an obligation stands from an instant (`ce_time`) on. Of one report id the highest sequence is the truth."""

    sequence: Annotated[int, Meta(ge=1, le=2**62)]
    state: ObligationStateName
    report_id: EntityId
    form: FormCode
    period: PeriodCode
    owner: AgencyId
    due_at: Instant
    positions: Ends


class ObligationOpened(_ObligationFact, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Its period has closed: it is owed by `due_at`."""


class ObligationPostponed(_ObligationFact, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """An extension, or another calendar, has moved `due_at` later, and it is still awaited."""


class ObligationReceived(_ObligationFact, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """`revision` counts; `received_at` is when the first one came. `state` says whether that was late."""

    revision: Revision
    received_at: Instant


class ObligationReturned(_ObligationFact, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """The revision that counts was sent back."""

    revision: Revision


class ObligationOverdue(_ObligationFact, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    pass


EVENT_TYPES: dict[str, type[Data]] = {
    "vn.binhyen.pledge.signed": PledgeSigned,
    "vn.binhyen.pledge.withdrawn": PledgeWithdrawn,
    "vn.binhyen.report.submitted": ReportSubmitted,
    "vn.binhyen.report.approved": ReportApproved,
    "vn.binhyen.report.returned": ReportReturned,
    "vn.binhyen.obligation.extended": ObligationExtended,
    "vn.binhyen.tip.received": TipReceived,
    "vn.binhyen.tip.moved": TipMoved,
    "vn.binhyen.programme.activated": ProgrammeActivated,
    "vn.binhyen.programme.closed": ProgrammeClosed,
    "vn.binhyen.programme.clock": ProgrammeClock,
    "vn.binhyen.period.published": PeriodPublished,
    "vn.binhyen.period.reopened": PeriodReopened,
    "vn.binhyen.baseline.imported": BaselineImported,
    "vn.binhyen.deadletter.discarded": DeadletterDiscarded,
    "vn.binhyen.status.changed": StatusChanged,
    "vn.binhyen.obligation.opened": ObligationOpened,
    "vn.binhyen.obligation.received": ObligationReceived,
    "vn.binhyen.obligation.returned": ObligationReturned,
    "vn.binhyen.obligation.postponed": ObligationPostponed,
    "vn.binhyen.obligation.overdue": ObligationOverdue,
}
TYPE_NAMES: dict[type[Data], str] = {data: name for name, data in EVENT_TYPES.items()}


class Event(Struct, frozen=True, kw_only=True):
    """The envelope. `accepted_at` is `ce_time`, set by intake; `recorded_at` is the log's and not part of it.

    `body_hash` is SHA-256 of `data` in canonical form: equal bodies of one event id are copies, others conflict.
    """

    id: UUID
    source: AgencyId
    accepted_at: datetime
    programme_version: Version
    actor: ActorId | None = None
    body_hash: bytes
    data: Data

    @property
    def type(self) -> str:
        return TYPE_NAMES[type(self.data)]
