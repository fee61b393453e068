"""Records of signed sheets, as pledge would append them: signers that nobody has met, in the wards of the pilot."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from hashlib import sha256
from itertools import islice
from time import sleep
from uuid import UUID

from services.contracts.codec import encode, seal
from services.contracts.events import PledgeSigned, Signer
from services.contracts.metrics import CATALOGUE
from services.contracts.records import Record
from services.contracts.topics import PLEDGE, PROGRAMME
from services.kit.clock import SystemClock
from services.kit.eventlog.kafka import KafkaAdmin, KafkaAppender, LogSettings
from services.kit.eventlog.port import Partition
from services.kit.metrics import Metrics

PROGRAMME_ID = "hong-linh-2024"
WARDS = ("18115@2018-01-01", "18118@2018-01-01", "18121@2018-01-01")
_ACCEPTED_AT = datetime(2024, 3, 20, 5, tzinfo=UTC)
_AT_ONCE = 1_000
_PATIENCE_S = 60.0
_LOOK_EVERY_S = 0.02


def sheets(name: str, number: int, signers: int) -> Iterator[Record]:
    """`number` sheets of so many signers each. Another `name` makes other sheets and other people."""
    for one in range(number):
        data = _sheet(name, one, signers)
        agency = f"ubnd-{data.unit[:5]}"
        event_id = UUID(bytes=_digest(name, "event", one))
        yield encode(
            seal(
                data,
                event_id=event_id,
                source=agency,
                accepted_at=_ACCEPTED_AT,
                programme_version=1,
                actor=f"{agency}-officer",
            ),
            key=str(one),  # spread over the partitions more evenly than three wards would be
        )


def append(bootstrap_servers: str, records: Iterator[Record]) -> dict[Partition, int]:
    """Where pledge.v1 and programme.v1 end with these records appended."""
    settings = LogSettings(bootstrap_servers, bulk=True)
    appender = KafkaAppender(settings, [PLEDGE], Metrics(CATALOGUE), SystemClock())
    appender.start()
    admin = KafkaAdmin(settings)
    try:
        while not appender.ready().ok:
            sleep(_LOOK_EVERY_S)
        while some := list(islice(records, _AT_ONCE)):
            appender.append(some, _PATIENCE_S)
        return admin.end_offsets([PLEDGE.name, PROGRAMME.name])
    finally:
        admin.close()
        appender.close(0)


def _sheet(name: str, number: int, signers: int) -> PledgeSigned:
    unit = WARDS[number % len(WARDS)]
    people = [_signer(name, number * signers + each) for each in range(signers)]
    return PledgeSigned(
        programme=PROGRAMME_ID,
        unit=unit,
        occurred_on=max(person.signed_on for person in people),
        sheet_id=UUID(bytes=_digest(name, "sheet", number)),
        kind="household",
        method="paper",
        text_version="2024.1",
        declared_count=signers,
        key_id="hong-linh-2024-1",
        signers=people,
    )


def _signer(name: str, number: int) -> Signer:
    return Signer(
        pledge_id=UUID(bytes=_digest(name, "pledge", number)),
        token=_digest(name, "person", number),
        basis="register_number",
        signed_on=date(2024, 3, 1 + number % 19),
    )


def _digest(name: str, kind: str, number: int) -> bytes:
    return sha256(f"{name} {kind} {number}".encode()).digest()[:16]
