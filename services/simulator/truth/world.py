"""The town as it is known at one instant, and what is expected of one cell of the table."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from services.contracts.programme import Programme, local_date
from services.simulator.truth.facts import (
    Event,
    Report,
    ReportKey,
    Span,
    Tip,
    known,
    reports_of,
    spans_of,
    tips_of,
)

Number = tuple[int, int]
"""An exact number: numerator and denominator."""


class Expected(NamedTuple):
    """`stated` is False where the rules fix the status only: the value may be anything then."""

    status: str
    value: Number | None = None
    stated: bool = True
    quality: bool = False


NOT_DUE = Expected("not_due")


@dataclass(frozen=True)
class World:
    programme: Programme
    now: datetime
    reports: dict[ReportKey, Report]
    spans: dict[str, list[Span]]
    tips: list[Tip]

    @property
    def today(self) -> date:
        return local_date(self.now)


def look(programme: Programme, events: list[Event], now: datetime) -> World:
    """Everything that counts of the events accepted by now."""
    counting = known(events, now)
    return World(
        programme=programme,
        now=now,
        reports=reports_of(programme, counting),
        spans=spans_of(programme, counting),
        tips=tips_of(programme, counting),
    )
