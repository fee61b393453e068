"""Routes of notices: what must be told to whom, how urgently, and who is told next when nobody answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from functools import cached_property
from typing import Final, Literal

from services.contracts.programme.units import LEAF_KINDS, UnitKind

NoticeKind = Literal[
    "report_due_soon",
    "report_due",
    "report_overdue",
    "report_returned",
    "status_worsened",
    "zero_breached",
    "status_relapsed",
    "coverage_reached",
    "coverage_lost",
    "dead_letter",
    "tip_unacknowledged",
    "tip_due_soon",
]
Level = Literal["ward", "town", "province", "country", "root"]
Channel = Literal["email", "sms", "webhook", "apprise"]
Digest = Literal["none", "hour", "day"]
GroupBy = Literal["agency", "unit", "kind"]

OWNER: Final = "owner"
"""The role of whichever agency a notice is about: the one that owes the report, or that received the tip."""
KINDS_AT: Final[Mapping[Level, frozenset[UnitKind]]] = {
    "ward": LEAF_KINDS,
    "town": frozenset({"town", "district"}),
    "province": frozenset({"province", "city"}),
    "country": frozenset({"country"}),
}
"""Which units a level names; `root` is the programme's own, whatever its kind."""


@dataclass(frozen=True, slots=True)
class NoticeHours:
    """Local hours of a working day in which a notice that is not urgent may arrive: from `opens` until `closes`."""

    opens: time = time(7, 30)
    closes: time = time(17, 0)


@dataclass(frozen=True, slots=True)
class NoticeClass:
    """How urgently a notice wants an answer.

    `urgent`: danger to life: at any hour of any day, never silenced, never held back. `acknowledge_minutes`: within so
    many minutes of its being sent somebody must answer (of working hours, unless urgent); None: it only informs.
    `digest`: gathered into one message at the next full hour, or when the next working day opens. `repeat_hours`: the
    same state of the same subject is not told twice within so many hours.
    """

    code: str
    urgent: bool
    acknowledge_minutes: int | None
    digest: Digest
    group_by: tuple[GroupBy, ...]
    repeat_hours: int


@dataclass(frozen=True, slots=True)
class Rung:
    """A step of a ladder: a role of the unit of a level, by which channels in this order, and how many must answer."""

    level: Level
    role: str
    channels: tuple[Channel, ...]
    required: int = 1


@dataclass(frozen=True, slots=True)
class Ladder:
    code: str
    rungs: tuple[Rung, ...]


@dataclass(frozen=True, slots=True)
class Route:
    """Notices of a kind are of a class and climb a ladder. `indicators`: only of these; empty: of all."""

    kind: NoticeKind
    notice_class: str
    ladder: str
    indicators: tuple[str, ...] = ()


@dataclass(frozen=True)
class Routes:
    """`soon_working_days` before it is due a report is reminded of, `tip_soon_days` before its legal date a tip.

    `coverage_steps`: percentages whose reaching and losing is told. `daily_limit`: so many messages a day and person,
    beyond which what is not urgent waits for the next working day.
    """

    hours: NoticeHours = NoticeHours()
    soon_working_days: int = 1
    tip_soon_days: int = 3
    coverage_steps: tuple[int, ...] = ()
    daily_limit: int = 20
    classes: Mapping[str, NoticeClass] = field(default_factory=dict)
    ladders: Mapping[str, Ladder] = field(default_factory=dict)
    routes: tuple[Route, ...] = ()

    def route(self, kind: NoticeKind, indicator: str | None) -> Route | None:
        """The first route that fits; None: nobody is told."""
        fitting = (
            route for route in self._by_kind.get(kind, ()) if not route.indicators or indicator in route.indicators
        )
        return next(fitting, None)

    @cached_property
    def _by_kind(self) -> Mapping[NoticeKind, tuple[Route, ...]]:
        found: dict[NoticeKind, tuple[Route, ...]] = {}
        for route in self.routes:
            found[route.kind] = (*found.get(route.kind, ()), route)
        return found


NO_ROUTES: Final = Routes()
