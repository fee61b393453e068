"""What events are made of: the parts that several of them share."""

from typing import Annotated

from msgspec import Meta, Struct

from services.contracts.fields import (
    FIRST_DAY,
    Count,
    Day,
    DocumentReference,
    EntityId,
    HexHash,
    Offset,
    ProgrammeId,
    RowCode,
    SignerBasis,
    SignerToken,
    TopicName,
    UnitId,
    bound_days,
)


class Value(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A part of an event: immutable, closed, and silent about what is at its default."""


class Data(Value, frozen=True, kw_only=True):
    """What every event says: the programme, the unit it happened in, and the local day."""

    programme: ProgrammeId
    unit: UnitId
    occurred_on: Day

    def __post_init__(self) -> None:
        if self.occurred_on < FIRST_DAY:
            bound_days(occurred_on=self.occurred_on)


class Signer(Value, frozen=True, kw_only=True):
    pledge_id: EntityId
    token: SignerToken
    basis: SignerBasis
    signed_on: Day

    def __post_init__(self) -> None:
        if self.signed_on < FIRST_DAY:  # asked first, because sheets have many signers
            bound_days(signed_on=self.signed_on)


class Document(Value, frozen=True, kw_only=True):
    hash: HexHash
    size_bytes: Count
    reference: DocumentReference


Row = Annotated[dict[RowCode, Count | RowCode], Meta(max_length=16)]
Ends = Annotated[dict[TopicName, Annotated[list[Offset], Meta(max_length=1_000)]], Meta(max_length=16)]


class Ratio(Value, frozen=True, kw_only=True):
    """An exact number: num / den; a plain count has den 1."""

    num: Annotated[int, Meta(ge=0, le=2**62)]
    den: Annotated[int, Meta(ge=1, le=2**62)] = 1
