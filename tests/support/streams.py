"""Builders of event streams: what agencies of Hồng Lĩnh say, as events, as records, and as ingest reads them."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from uuid import UUID, uuid5

from services.contracts.codec import encode, seal
from services.contracts.events import (
    Data,
    DeadletterDiscarded,
    Event,
    ObligationExtended,
    PledgeSigned,
    PledgeWithdrawn,
    ProgrammeActivated,
    ProgrammeClock,
    ReportApproved,
    ReportReturned,
    ReportSubmitted,
    Signer,
    TipMoved,
    TipReceived,
)
from services.contracts.programme import content_hash, content_of, ids, pack
from services.contracts.records import Position, Record, StoredRecord
from services.contracts.topics import TOPIC_OF_TYPE
from services.kit.clock import local_day
from services.kit.eventlog.port import LogIdentity
from services.reporting.store.batch import Read
from tests.support.programme_folder import pilot, pilot_files

PROGRAMME = "hong-linh-2024"
TOWN = "437@2018-01-01"
W1, W2, W3 = "18115@2018-01-01", "18118@2018-01-01", "18121@2018-01-01"
NOON = datetime(2024, 3, 20, 5, tzinfo=UTC)
DAY = date(2024, 3, 2)
_TOPICS = [name for topic in TOPIC_OF_TYPE.values() for name in (topic, f"{topic}.dead")]
LOG = LogIdentity("memory", {name: f"{name}#1" for name in _TOPICS})
"""As a MemoryLog calls itself."""


def event(
    data: Data, *, key: object = 0, source: str = "", at: datetime = NOON, version: int = 1, actor: str = ""
) -> Event:
    """`key` names the event: the same key is the same event id, whatever the data say. Each agency has one officer."""
    agency = source or f"ubnd-{data.unit[:-11]}"
    named = event_id(key)
    who = actor or f"{agency}-officer"
    return seal(data, event_id=named, source=agency, accepted_at=at, programme_version=version, actor=who)


def event_id(key: object) -> UUID:
    return key if isinstance(key, UUID) else uuid5(ids.NAMESPACE, repr(key))


def token(number: int) -> bytes:
    return sha256(f"token {number}".encode()).digest()[:16]


def signed(
    signers: Mapping[int, date] | Iterable[int],
    unit: str = W1,
    *,
    kind: str = "household",
    group: str | None = None,
    programme: str = PROGRAMME,
) -> PledgeSigned:
    """A sheet: signed({1: day, 2: day}) or signed([1, 2])."""
    days = signers if isinstance(signers, Mapping) else dict.fromkeys(signers, DAY)
    return PledgeSigned(
        programme=programme,
        unit=unit,
        occurred_on=max(days.values()),
        sheet_id=event_id("sheet"),
        kind=kind,  # type: ignore[arg-type]
        group=group,
        method="paper",
        text_version="2024.1",
        declared_count=len(days),
        key_id="key-1",
        signers=[
            Signer(pledge_id=event_id(number), token=token(number), basis="register_number", signed_on=day)
            for number, day in days.items()
        ],
    )


def withdrawn(number: int, on: date, unit: str = W1, *, programme: str = PROGRAMME) -> PledgeWithdrawn:
    return PledgeWithdrawn(
        programme=programme,
        unit=unit,
        occurred_on=on,
        kind="household",
        token=token(number),
        key_id="key-1",
        reason="moved_away",
    )


def report(
    values: Mapping[str, int | None] | None = None,
    *,
    unit: str = W1,
    revision: int = 1,
    period: str = "2024-M03",
    form: str = "BC-THANG-UBND",
    programme: str = PROGRAMME,
) -> ReportSubmitted:
    """A report of the ward's People's Committee; nil without values."""
    owner = f"ubnd-{unit[:-11]}"
    return ReportSubmitted(
        programme=programme,
        unit=unit,
        occurred_on=DAY,
        report_id=ids.report_id(programme, form, unit, period, owner),
        form=form,
        period=period,
        owner=owner,
        revision=revision,
        received_via="software",
        nil=values is None,
        values=dict(values or {}),
    )


def approved(of: ReportSubmitted, *, returned: bool = False) -> ReportApproved | ReportReturned:
    said = {
        "programme": of.programme,
        "unit": of.unit,
        "occurred_on": DAY,
        "report_id": of.report_id,
        "revision": of.revision,
        "body_hash": event(of).body_hash.hex(),
    }
    return ReportReturned(**said, reason="wrong_number") if returned else ReportApproved(**said)  # type: ignore[arg-type]


def extended(of: ReportSubmitted, until: date) -> ObligationExtended:
    """More time for a report, as some agency says."""
    return ObligationExtended(
        programme=of.programme, unit=of.unit, occurred_on=DAY, report_id=of.report_id, until=until, reason="storm"
    )


def tip(number: int, *, unit: str = W1, on: date = DAY, programme: str = PROGRAMME) -> TipReceived:
    return TipReceived(
        programme=programme,
        unit=unit,
        occurred_on=on,
        tip_id=event_id(("tip", number)),
        category="use",
        channel="hotline",
        due_on=on + timedelta(days=20),
    )


def moved(number: int, *, unit: str = W1, on: date = DAY, programme: str = PROGRAMME) -> TipMoved:
    return TipMoved(
        programme=programme, unit=unit, occurred_on=on, tip_id=event_id(("tip", number)), step="handed_over"
    )


def activated(*, version: int = 1, sandbox: bool = False, programme: str = PROGRAMME) -> list[Event]:
    """The pilot's folder as it stands on programme.v1."""
    content = content_of(pilot_files())
    parts = pack(content)
    return [
        event(
            ProgrammeActivated(
                programme=programme,
                unit=TOWN,
                occurred_on=date(2023, 12, 1),
                version=version,
                hash=content_hash(content),
                sandbox=sandbox,
                part=number,
                parts=len(parts),
                content=part,
            ),
            key=("activated", programme, version, number),
            source="operator",
            version=version,
        )
        for number, part in enumerate(parts, 1)
    ]


def clock(now: datetime, ends: Mapping[str, list[int]], programme: str = PROGRAMME) -> ProgrammeClock:
    return ProgrammeClock(programme=programme, unit=TOWN, occurred_on=local_day(now), now=now, ends=dict(ends))


def discarded(of: Position, unit: str = W1, programme: str = PROGRAMME) -> DeadletterDiscarded:
    return DeadletterDiscarded(
        programme=programme,
        unit=unit,
        occurred_on=DAY,
        topic=of.topic,
        partition=of.partition,
        offset=of.offset,
        reason="test_record",
    )


def stored(record: Record, partition: int, offset: int, at: datetime = NOON) -> StoredRecord:
    timestamp_ms = int(at.timestamp() * 1000)
    return StoredRecord(record.topic, partition, offset, timestamp_ms, record.key, record.value, record.headers)


def read(said: Event, partition: int, offset: int, recorded_at: datetime | None = None) -> Read:
    """What ingest makes of a record that is fit."""
    at = recorded_at or said.accepted_at
    owed = pilot().obligation_of_report.get(getattr(said.data, "report_id", event_id(0)))
    return Read(Position(topic_of(said), partition, offset), said, at, local_day(at), owed=owed)


def topic_of(said: Event) -> str:
    return TOPIC_OF_TYPE.get(said.type, "pledge.v1")


def record_of(said: Event) -> Record:
    topic = topic_of(said)
    key = said.data.programme if topic == "programme.v1" else None
    if isinstance(said.data, TipReceived | TipMoved):
        key = str(said.data.tip_id)
    return encode(said, topic=topic, key=key)
