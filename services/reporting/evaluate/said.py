"""What an event of ours told, so that it can be remembered (ADR 18). Pure."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple, cast

from services.contracts.events import (
    Event,
    ObligationOpened,
    ObligationOverdue,
    ObligationPostponed,
    ObligationReceived,
    ObligationReturned,
    Ratio,
    StatusChanged,
)
from services.reporting.domain.announced import Shown, Watched
from services.reporting.domain.case import FlagName
from services.reporting.domain.inputs import Cell, Value
from services.reporting.domain.status import Status
from services.reporting.store.statuses import Published, Told
from services.reporting.store.told import Remark

TOLD_OF_OBLIGATIONS: Final = (
    ObligationOpened,
    ObligationPostponed,
    ObligationReceived,
    ObligationReturned,
    ObligationOverdue,
)


class Said(NamedTuple):
    """One telling: of what, under which number, on which positions; `remark` is what to remember of it."""

    of: Any
    sequence: int
    positions: Mapping[str, list[int]]
    remark: Any


def status_said(event: Event) -> Said | None:
    if not isinstance(event.data, StatusChanged):
        return None
    remark = _remark(event, event.data)
    return Said(remark.told.cell, event.data.sequence, event.data.positions, remark)


def obligation_said(event: Event) -> Said | None:
    """The topic's types share what is remembered; a later release may have told of others."""
    data = event.data
    if not isinstance(data, TOLD_OF_OBLIGATIONS):
        return None
    shown = Shown(data.state, data.due_at, getattr(data, "revision", None), getattr(data, "received_at", None))
    watched = Watched(data.report_id, event.accepted_at, data.sequence, shown)
    return Said(data.report_id, data.sequence, data.positions, watched)


def _remark(event: Event, data: StatusChanged) -> Remark:
    status = Status(
        status=data.after,
        value=_value(data.value),
        worst=_value(data.worst),
        best=_value(data.best),
        flags=tuple(cast("list[FlagName]", data.flags)),  # those of this code, or of a later release
    )
    cell = Cell(data.unit, data.indicator, data.period)
    return Remark(Told(cell, Published(data.sequence, status), event.accepted_at), data.definition_hash)


def _value(ratio: Ratio | None) -> Value | None:
    return None if ratio is None else Value(ratio.num, ratio.den)
