"""Bounded, classified scalars from which every event and request is built.

A string that travels on Kafka is bounded and says what it is (`class`): a code, an identifier, a token, a hash or a
programme's packed content. There is no class for free text or for personal data, and a test walks all declarations.
"""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from msgspec import Meta

from services.contracts.errors import Unfit

FIRST_DAY = date(2018, 1, 1)
"""No event of ours is older: the baseline series of the pilot begins in 2018."""
LAST_YEAR = 9000
"""Later instants are refused: arithmetic with them (offsets, next year) would leave the calendar."""


_BASE64 = "(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?"


def exactly(pattern: str) -> str:
    """Anchor a pattern so that a trailing newline does not pass, in Python's and in ECMAScript's dialect alike."""
    return f"^(?:{pattern})(?![\\s\\S])"


def bound_days(**days: date | None) -> None:
    """Raises Unfit for the first of `days` (by field name) that lies before FIRST_DAY."""
    for name, day in days.items():
        if day is not None and day < FIRST_DAY:
            raise Unfit(name, "out_of_range", f"≥ {FIRST_DAY}")


def _text(kind: str, pattern: str, max_length: int, example: str, **schema: Any) -> Meta:
    return Meta(
        pattern=exactly(pattern),
        max_length=max_length,
        extra={"class": kind},
        extra_json_schema={"x-class": kind, "examples": [example], **schema},
    )


ProgrammeId = Annotated[str, _text("code", "[a-z0-9][a-z0-9-]{1,39}", 40, "hong-linh-2024")]
UnitId = Annotated[str, _text("code", "[0-9]{2,5}@[0-9]{4}-[0-9]{2}-[0-9]{2}", 16, "18115@2018-01-01")]
UnitRef = Annotated[str, _text("code", "[0-9]{2,5}(?:@[0-9]{4}-[0-9]{2}-[0-9]{2})?", 16, "18115")]
"""A unit's code, resolved by the day of what happened, or its full identity."""
GroupId = Annotated[str, _text("code", "[a-z0-9][a-z0-9-]{0,39}", 40, "18115-tdp-01")]
AgencyId = Annotated[str, _text("identifier", "[a-z0-9][a-z0-9-]{0,39}", 40, "ubnd-18115")]
ActorId = Annotated[str, _text("identifier", "[a-z0-9][a-z0-9-]{0,63}", 64, "officer-7f3a")]
OrganisationId = Annotated[str, _text("identifier", "[a-z0-9][a-z0-9-]{0,39}", 40, "18115-truong-thcs")]
FormCode = Annotated[str, _text("code", "[A-Z0-9][A-Z0-9-]{1,31}", 32, "BC-THANG-UBND")]
MeasureCode = Annotated[str, _text("code", "[a-z][a-z0-9_]{0,39}", 40, "propaganda_sessions")]
IndicatorCode = Annotated[str, _text("code", "[A-Z]{2}[0-9]{2}", 4, "CT05")]
PeriodCode = Annotated[str, _text("code", "[0-9]{4}-(?:M(?:0[1-9]|1[0-2])|Q[1-4]|H[12]|Y)", 8, "2024-M03")]
PackCode = Annotated[str, _text("code", "[a-z0-9][a-z0-9-]{1,39}", 40, "qd-28-2025")]
"""A pack of rules from which verdicts follow."""
PackCodes = Annotated[
    str,
    _text("code", "[a-z0-9][a-z0-9-]{1,39}(?:,[a-z0-9][a-z0-9-]{1,39}){0,4}", 204, "qd-28-2025,qd-3122-2010"),
]
"""One pack, or up to five with commas between them."""
CriterionCode = Annotated[str, _text("code", "[A-Z]{1,4}-[0-9]{1,2}[a-z]?", 8, "KMT-2a")]
VerdictCode = Annotated[str, _text("code", "[a-z][a-z0-9_]{1,39}", 40, "drug_free")]
"""A verdict, and each grade that it may give."""
TextVersion = Annotated[str, _text("code", "[a-z0-9][a-z0-9.-]{0,19}", 20, "2024.1")]
KeyId = Annotated[str, _text("identifier", "[a-z0-9][a-z0-9-]{0,31}", 32, "hong-linh-2024-1")]
ReasonCode = Annotated[str, _text("code", "[a-z][a-z0-9_]{1,39}", 40, "moved_away")]
RowCode = Annotated[str, _text("code", "[a-z0-9][a-z0-9_]{0,39}", 40, "home_visit")]
TopicName = Annotated[str, _text("code", "[a-z]+[.]v[0-9]{1,2}", 40, "pledge.v1")]
FlagName = Annotated[str, _text("code", "[a-z]{1,20}", 20, "provisional")]
DocumentReference = Annotated[str, _text("identifier", "[a-f0-9-]{36}", 36, "5b0e7f3e-8f3f-4c8b-9f0e-6d6a1c7b2a10")]
HexHash = Annotated[str, _text("hash", "[a-f0-9]{64}", 64, "9f86d081884c7d65" * 4)]
Word = Annotated[str, Meta(max_length=100, extra={"class": "word"})]
Sentence = Annotated[str, Meta(max_length=1_000, extra={"class": "sentence"})]
"""Words and sentences are ours and stand in answers only, never on Kafka."""
Jws = Annotated[str, Meta(max_length=4_096, extra={"class": "receipt"})]
PackedContent = Annotated[
    bytes,
    Meta(
        max_length=6_291_456,
        extra={"class": "programme_content"},
        extra_json_schema={"x-class": "programme_content", "pattern": exactly(_BASE64), "examples": ["eJwDAAAAAAE="]},
    ),
]
SignerToken = Annotated[
    bytes,
    Meta(
        min_length=16,
        max_length=16,
        extra={"class": "token"},
        extra_json_schema={
            "x-class": "token",
            "pattern": exactly(_BASE64),
            "examples": ["MDEyMzQ1Njc4OWFiY2RlZg=="],
        },
    ),
]
"""A keyed digest of who signed; meaningless without the programme's key."""

Day = Annotated[
    date,
    Meta(
        extra={"class": "day"},
        extra_json_schema={
            "pattern": exactly("(?:201[89]|20[2-9][0-9]|2[1-9][0-9]{2})-[0-9]{2}-[0-9]{2}"),
            "examples": ["2024-03-02"],
        },
    ),
]
"""Local day between 2018-01-01 and the end of the year after the event was accepted (`bound_days`, `codec.seal`)."""
Instant = Annotated[
    datetime,
    Meta(
        tz=True,
        extra_json_schema={
            "pattern": "(?:Z|z|[+-][0-9]{2}:[0-9]{2})(?![\\s\\S])",
            "examples": ["2024-03-02T09:30:00+07:00"],
        },
    ),
]
EntityId = Annotated[UUID, Meta(extra_json_schema={"examples": ["0b6f7c64-7b0e-5d53-9e6d-2f7d2a5f6c11"]})]
Count = Annotated[int, Meta(ge=0, le=1_000_000_000, extra_json_schema={"examples": [3]})]
Revision = Annotated[int, Meta(ge=1, le=10_000, extra_json_schema={"examples": [1]})]
Version = Annotated[int, Meta(ge=1, le=1_000_000)]
PartNumber = Annotated[int, Meta(ge=1, le=1_000)]
Offset = Annotated[int, Meta(ge=0, le=2**62)]
PartitionNumber = Annotated[int, Meta(ge=0, le=10_000)]

SignerKind = Literal["household", "individual", "pupil", "organisation", "official", "business", "clan"]
SigningMethod = Literal["paper", "ceremony", "online"]
SignerBasis = Literal["register_number", "address", "register_id"]
ReceivedVia = Literal["software", "direct", "post", "fax", "email", "other"]
"""Channels of Nghị định 09/2019/NĐ-CP on reporting, as named in the decree's rules on sending reports."""
TipCategory = Literal["trade", "possession", "use", "other_violation"]
TipChannel = Literal["hotline", "direct", "box", "zalo", "vneid", "written", "online", "other"]
TipStep = Literal["handed_over", "verifying", "closed", "extended", "extended_again", "suspended", "resumed"]
"""Acts of the Bộ luật Tố tụng hình sự 2015: `extended` for what is complex, `extended_again` by the Procuracy (article
147.2), `suspended` (148.1), `resumed` (148.2, 149)."""
ObligationStateName = Literal["not_due", "due", "received", "late", "overdue", "returned"]
StatusName = Literal["met", "not_met", "on_track", "at_risk", "lost", "no_data", "overdue", "not_due"]
