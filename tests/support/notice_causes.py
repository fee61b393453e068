"""What gives cause for a notice: facts of obligations, changes of figures, rows of the vault's outbox."""

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid5

from services.contracts.codec import encode, seal
from services.contracts.events import (
    Data,
    Event,
    ObligationOpened,
    ObligationOverdue,
    ObligationReceived,
    Ratio,
    StatusChanged,
)
from services.contracts.programme import Obligation, local_date, obligations
from services.contracts.programme.ids import NAMESPACE
from services.contracts.records import StoredRecord
from services.notify.domain.tips import OutboxKind, VaultRow
from tests.support.programme_folder import pilot

PROGRAMME = "hong-linh-2024"
WARD = "18115@2018-01-01"
POSITIONS = {"pledge.v1": [0]}


def stored(event: Event, offset: int = 0) -> StoredRecord:
    record = encode(event)
    return StoredRecord(record.topic, 0, offset, 0, record.key, record.value, record.headers)


def event_of(data: Data, at: datetime) -> Event:
    its_id = uuid5(NAMESPACE, f"event {data!r}")
    return seal(data, event_id=its_id, source="reporting", accepted_at=at, programme_version=1, actor=None)


def owed(
    kind: type[Any], at: datetime, *, sequence: int = 1, unit: str = WARD, period: str = "2024-M02", **given: Any
) -> Event:
    """A fact of the monthly report of a ward's people's committee."""
    due = next(
        one for one in obligations(pilot()) if (one.unit, one.period) == (unit, period) and one.form == "BC-THANG-UBND"
    )
    return owed_of(due, kind, at, sequence, **given)


def owed_of(due: Obligation, kind: type[Any], at: datetime, sequence: int, **given: Any) -> Event:
    """A fact of any obligation."""
    states: dict[Any, str] = {ObligationOpened: "due", ObligationOverdue: "overdue", ObligationReceived: "received"}
    if kind is ObligationReceived:
        given = {"revision": 1, "received_at": at, **given}
    data = kind(
        programme=PROGRAMME,
        unit=due.unit,
        occurred_on=local_date(at),
        sequence=sequence,
        state=given.pop("state", states.get(kind, "returned")),
        report_id=due.report_id,
        form=due.form,
        period=due.period,
        owner=due.owner,
        due_at=given.pop("due_at", due.due_at),
        positions=POSITIONS,
        **given,
    )
    return event_of(data, at)


def figure(
    after: str,
    at: datetime,
    *,
    sequence: int = 1,
    indicator: str = "CT17",
    period: str = "2024-M02",
    value: Any = None,
    unit: str = WARD,
) -> Event:
    """A change of a cell."""
    ratio = value if isinstance(value, Ratio | None) else Ratio(num=value)
    data = StatusChanged(
        programme=PROGRAMME,
        unit=unit,
        occurred_on=local_date(at),
        sequence=sequence,
        indicator=indicator,
        period=period,
        after=after,  # type: ignore[arg-type] # a status of an example
        value=ratio,
        definition_hash="0" * 64,
        positions=POSITIONS,
    )
    return event_of(data, at)


def tip_row(
    kind: OutboxKind, day: date, *, due_on: date, tip: int = 1, unit: str = WARD, agency: str = "ca-18115"
) -> VaultRow:
    its_id = uuid5(NAMESPACE, f"row {kind} {tip} {day} {due_on}")
    return VaultRow(its_id, kind, PROGRAMME, UUID(int=tip), unit, agency, day, due_on)
