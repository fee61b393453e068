"""Records to events and back: CloudEvents 1.0, Kafka's binary binding, on the hot path.

The structs of `events.py` are compiled once into decoders. Nothing here knows a programme: that is `programme.judge`.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from uuid import UUID

import msgspec

from services.contracts import details, topics
from services.contracts.errors import Reason, Rejected, Unfit
from services.contracts.events import EVENT_TYPES, Data, Event, PledgeSigned, ReportSubmitted
from services.contracts.fields import FIRST_DAY, LAST_YEAR, ActorId, AgencyId
from services.contracts.records import Headers, Record, StoredRecord
from services.contracts.versions import FIRST_VERSION, version_of, versions_of

CONTENT_TYPE = b"application/json"
_SCHEMA_PREFIX = "urn:binhyen:"
_DECODERS = {name: msgspec.json.Decoder(data) for name, data in EVENT_TYPES.items()}
_ENCODER = msgspec.json.Encoder(order="sorted")


class _Envelope(msgspec.Struct, frozen=True):
    """The header values, checked together by one compiled conversion.

    Programme and subject are checked where the data say them, with which they must agree: a pattern is not cheap.
    """

    ce_id: UUID
    ce_source: AgencyId
    ce_type: str
    ce_time: datetime
    ce_dataschema: str
    ce_subject: str
    ce_programme: str
    ce_programmeversion: int
    ce_bodyhash: str
    ce_actor: ActorId | None = None


def canonical(data: Data) -> bytes:
    """The one byte form of an event's data: sorted keys, defaults left out. What stands on Kafka and is hashed."""
    return _ENCODER.encode(data)


def seal(
    data: Data, *, event_id: UUID, source: str, accepted_at: datetime, programme_version: int, actor: str | None
) -> Event:
    """An event around `data`, with the hash of its canonical body. Raises Rejected for a day after next year."""
    _bound_days(data, accepted_at)
    return Event(
        id=event_id,
        source=source,
        accepted_at=accepted_at,
        programme_version=programme_version,
        actor=actor,
        body_hash=sha256(canonical(data)).digest(),
        data=data,
    )


def dataschema(event_type: str, version: int = FIRST_VERSION) -> str:
    return f"{_SCHEMA_PREFIX}{event_type.removeprefix('vn.binhyen.')}:{version}"


_VERSIONS = {(name, dataschema(name, version)): version for name in EVENT_TYPES for version in versions_of(name)}


def encode(event: Event, *, topic: str | None = None, key: str | None = None) -> Record:
    """The record of an event. `topic` and `key` default to the card of its type and to its unit."""
    name = event.type
    headers = [
        ("content-type", CONTENT_TYPE),
        ("ce_specversion", b"1.0"),
        ("ce_id", str(event.id).encode()),
        ("ce_source", event.source.encode()),
        ("ce_type", name.encode()),
        ("ce_time", _instant(event.accepted_at)),
        ("ce_dataschema", dataschema(name, version_of(event.data)).encode()),
        ("ce_subject", event.data.unit.encode()),
        ("ce_programme", event.data.programme.encode()),
        ("ce_programmeversion", str(event.programme_version).encode()),
        ("ce_bodyhash", event.body_hash.hex().encode()),
    ]
    if event.actor is not None:
        headers.append(("ce_actor", event.actor.encode()))
    return Record(
        topic=topic or topics.TOPIC_OF_TYPE[name],
        key=(key or event.data.unit).encode(),
        value=canonical(event.data),
        headers=tuple(headers),
    )


def decode(record: StoredRecord) -> Event:
    """The event of a record; raises Rejected with the reason and the field. Never any other error."""
    if record.value is None:
        raise Rejected(Reason.MALFORMED, "", details.NO_VALUE)
    if len(record.value) > topics.CARDS[record.topic].max_message_bytes:
        raise Rejected(Reason.TOO_LARGE)
    envelope = _envelope(record.headers)
    data = _data(record.topic, envelope, record.value)
    body_hash = _body_hash(envelope.ce_bodyhash, record.value)
    _agree(envelope, data)
    return Event(
        id=envelope.ce_id,
        source=envelope.ce_source,
        accepted_at=_utc(envelope.ce_time),
        programme_version=envelope.ce_programmeversion,
        actor=envelope.ce_actor,
        body_hash=body_hash,
        data=data,
    )


def header_texts(headers: Headers) -> dict[str, str]:
    """Headers as text; raises Rejected on bytes that are not UTF-8. Of a repeated header the first counts."""
    try:
        return {name: value.decode() for name, value in reversed(headers)}
    except UnicodeDecodeError as error:
        raise Rejected(Reason.MALFORMED, "headers", details.NOT_UTF8) from error


def _envelope(headers: Headers) -> _Envelope:
    texts: Mapping[str, str] = header_texts(headers)
    if texts.get("ce_specversion") != "1.0":
        raise Rejected(Reason.MALFORMED, "ce_specversion")
    try:
        envelope = msgspec.convert(texts, _Envelope, strict=False)
    except msgspec.ValidationError as error:
        raise Rejected(Reason.MALFORMED, "headers", details.plain(str(error))) from error
    if envelope.ce_time.tzinfo is None:
        raise Rejected(Reason.MALFORMED, "ce_time", details.NO_OFFSET)
    if not FIRST_DAY.year <= envelope.ce_time.year <= LAST_YEAR:
        raise Rejected(Reason.MALFORMED, "ce_time", details.OUT_OF_RANGE)
    return envelope


def _data(topic: str, envelope: _Envelope, value: bytes) -> Data:
    name = envelope.ce_type
    if name not in topics.CARDS[topic].types:
        raise Rejected(Reason.UNKNOWN_TYPE, "ce_type")
    version = _VERSIONS.get((name, envelope.ce_dataschema), 0)
    if not version:
        raise Rejected(Reason.UNSUPPORTED_VERSION, "ce_dataschema")
    data = _decoded(name, value)
    if version_of(data) > version:
        raise Rejected(Reason.UNSUPPORTED_VERSION, "ce_dataschema", details.NEWER_THAN_STATED)
    return data


def _decoded(name: str, value: bytes) -> Data:
    try:
        return _DECODERS[name].decode(value)
    except msgspec.ValidationError as error:
        raise Rejected(Reason.INVALID_FIELD, _path(error), details.plain(str(error))) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Rejected(Reason.MALFORMED, "", details.plain(str(error))) from error


def _body_hash(stated: str, value: bytes) -> bytes:
    actual = sha256(value)
    if stated != actual.hexdigest():
        raise Rejected(Reason.MALFORMED, "ce_bodyhash")
    return actual.digest()


def _agree(envelope: _Envelope, data: Data) -> None:
    if data.programme != envelope.ce_programme:
        raise Rejected(Reason.MALFORMED, "ce_programme")
    if data.unit != envelope.ce_subject:
        raise Rejected(Reason.MALFORMED, "ce_subject")
    _bound_days(data, envelope.ce_time)


def _bound_days(data: Data, accepted_at: datetime) -> None:
    last = accepted_at.year + 1
    if data.occurred_on.year > last:
        raise Rejected(Reason.INVALID_FIELD, "occurred_on", details.AFTER_NEXT_YEAR)
    if isinstance(data, PledgeSigned) and any(signer.signed_on.year > last for signer in data.signers):
        raise Rejected(Reason.INVALID_FIELD, "signers", details.SIGNED_AFTER_NEXT_YEAR)
    if isinstance(data, ReportSubmitted) and (data.received_on or FIRST_DAY).year > last:
        raise Rejected(Reason.INVALID_FIELD, "received_on", details.AFTER_NEXT_YEAR)


def _path(error: msgspec.ValidationError) -> str:
    _, _, found = str(error).partition(" - at `$")
    path = re.sub(r"\[(\w+|\.\.\.)\]", r".\1", found.rstrip("`"))
    inside = error.__cause__.field if isinstance(error.__cause__, Unfit) else ""
    return ".".join(part for part in (path.strip("."), inside) if part)


def _utc(value: datetime) -> datetime:
    return value if value.tzinfo is UTC else value.astimezone(UTC)


def _instant(value: datetime) -> bytes:
    return value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z").encode()
