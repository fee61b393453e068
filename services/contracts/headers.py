"""What stands in the headers of a record, as text: CloudEvents 1.0 in Kafka's binary binding, and a dead letter's."""

from typing import Annotated, Literal
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

from services.contracts.fields import ActorId, AgencyId, HexHash, Instant, ProgrammeId, TopicName, UnitId, exactly

Digits = Annotated[str, Meta(pattern=exactly("0|[1-9][0-9]*"), max_length=19)]


class EventHeaders(Struct, frozen=True, kw_only=True, rename={"content_type": "content-type"}):
    """`ce_time`: when it was accepted. `ce_bodyhash`: SHA-256 of the value. `ce_actor`: the officer, if known."""

    content_type: Literal["application/json"]
    ce_specversion: Literal["1.0"]
    ce_id: UUID
    ce_source: AgencyId
    ce_type: str
    ce_time: Instant
    ce_dataschema: str
    ce_subject: UnitId
    ce_programme: ProgrammeId
    ce_programmeversion: Digits
    ce_bodyhash: HexHash
    ce_actor: ActorId | UnsetType = UNSET


class DeadLetterHeaders(Struct, frozen=True, kw_only=True, rename=lambda name: name.replace("_", "-")):
    """Beside the headers of the original: where it stands, and why it was refused. `dl-cut`: its value is left out."""

    dl_topic: TopicName
    dl_partition: Digits
    dl_offset: Digits
    dl_reason: str
    dl_field: str
    dl_service: str
    dl_cut: Literal["1"] | UnsetType = UNSET
