"""What the town does: one action is one request with the sandbox instant at which it is made."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

import msgspec

from services.contracts.events import (
    TYPE_NAMES,
    Data,
    PledgeSigned,
    PledgeWithdrawn,
    ReportApproved,
    ReportReturned,
    ReportSubmitted,
    TipMoved,
    TipReceived,
)
from services.contracts.programme import ids

Service = Literal["pledge", "intake", "notify"]
Body = dict[str, Any]

SIGNED: Final = TYPE_NAMES[PledgeSigned]
WITHDRAWN: Final = TYPE_NAMES[PledgeWithdrawn]
SUBMITTED: Final = TYPE_NAMES[ReportSubmitted]
APPROVED: Final = TYPE_NAMES[ReportApproved]
RETURNED: Final = TYPE_NAMES[ReportReturned]
TIP_RECEIVED: Final = TYPE_NAMES[TipReceived]
TIP_MOVED: Final = TYPE_NAMES[TipMoved]

_PLACES: Final[dict[type[Data], tuple[Service, str]]] = {
    PledgeSigned: ("pledge", "pledge"),
    PledgeWithdrawn: ("pledge", "pledge"),
    ReportSubmitted: ("intake", "report"),
    ReportApproved: ("intake", "decide"),
    ReportReturned: ("intake", "decide"),
    TipReceived: ("notify", "tip"),
    TipMoved: ("notify", "tip"),
}


class Action(msgspec.Struct, frozen=True, kw_only=True):
    """POST `body` to `path` of `service` as `agency` under the idempotency key `key`, with `Clock: at`.

    `name` is unique in a plan. Repeats of a request have its key and another name. `decides` names the action whose
    answer gives the `body_hash` that a decision must carry; `tip_of` the one whose answer names the tip that is moved
    (`{tip_id}` in the path).
    """

    name: str
    at: datetime
    event_type: str
    path: str
    body: Body
    agency: str
    key: str
    decides: str | None = None
    tip_of: str | None = None

    @property
    def after(self) -> str | None:
        """The action whose answer this one needs."""
        return self.decides or self.tip_of

    @property
    def service(self) -> Service:
        return place_of(self.event_type)[0]

    @property
    def role(self) -> str:
        return place_of(self.event_type)[1]

    def events(self) -> Iterator[tuple[UUID, Body]]:
        """The events that this request makes when it is accepted: id and what the request says of each."""
        programme = self.body["programme"]
        for item in self.body.get("sheets", [self.body]):
            key = f"{self.key}/{item['sheet']}" if "sheets" in self.body else self.key
            yield ids.event_id(programme, self.agency, self.event_type, key), item


def place_of(event_type: str) -> tuple[Service, str]:
    """The service that takes events of a type, and the role that it asks for."""
    return next(place for data, place in _PLACES.items() if TYPE_NAMES[data] == event_type)


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """A year of actions in the order of their instants, and the instants at which the state is compared."""

    programme: str
    seed: int
    actions: tuple[Action, ...]
    steps: tuple[datetime, ...]

    def due(self, after: datetime | None, until: datetime) -> tuple[Action, ...]:
        """The actions in (after, until]."""
        return tuple(a for a in self.actions if a.at <= until and (after is None or a.at > after))
