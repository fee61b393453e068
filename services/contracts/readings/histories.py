"""How a status came about, and what was before the programme."""

from typing import Annotated, Literal

from msgspec import Meta

from services.contracts.events import Ratio, Value
from services.contracts.fields import (
    Day,
    EntityId,
    FlagName,
    HexHash,
    IndicatorCode,
    Instant,
    PeriodCode,
    ProgrammeId,
    Sentence,
    StatusName,
    Word,
)
from services.contracts.readings.lists import PeriodSummary, UnitSummary
from services.contracts.readings.pages import Page, Whole
from services.contracts.readings.statuses import CellStatus
from services.contracts.readings.streaks import IndicatorStreak


class Shown(Value, frozen=True, kw_only=True, omit_defaults=False):
    """What is shown of a status."""

    status: StatusName
    value: Ratio | None
    worst: Ratio | None
    best: Ratio | None
    flags: list[FlagName]


class Cause(Value, frozen=True, kw_only=True, omit_defaults=False):
    """Why a status changed on a day.

    `time`: a period opened or closed, or a report fell due, at `at`. `event`: an event about a report (`event_id`,
    `type`) was recorded at `at`. `signers`: so many more signers count (`n`, less than 0: fewer). `tips`,
    `dead_letters`: something was recorded about some. `publication`: the period was published or reopened.
    `programme`: its `version` became active.
    """

    kind: Literal["time", "event", "signers", "tips", "dead_letters", "publication", "programme"]
    at: Instant | None = None
    event_id: EntityId | None = None
    type: Word | None = None
    n: Annotated[int, Meta(ge=-(2**62), le=2**62)] | None = None
    version: Whole | None = None


class StatusChange(Value, frozen=True, kw_only=True, omit_defaults=False):
    """A local day at whose end a status was another than at the end of the day before (`before` null: there was none).

    `at`: when it became so, where that is known: signers, tips and dead letters are counted by day. `causes` are at
    most 20 of the `causes_known`.
    """

    day: Day
    at: Instant | None
    before: Shown | None
    after: Shown
    version: Whole
    definition_hash: HexHash
    definition_version: Whole
    causes: list[Cause]
    causes_known: Whole


class StatusHistory(Page, frozen=True, kw_only=True, omit_defaults=False):
    """How a status came to be what it is, from the day `since` on, when the programme was first known.

    The last change of the last page is what `GET /v1/status` answers, unless that is stale. A page may hold fewer
    changes than its limit, or none, and still have a `next`. `streak`: how long the indicator has been kept, up to the
    end of the period, as `GET /v1/streaks` tells it; null without a target.
    """

    programme: ProgrammeId
    unit: UnitSummary
    indicator: IndicatorCode
    period: PeriodSummary
    since: Day
    streak: IndicatorStreak | None = None
    items: list[StatusChange]


class BaselineYear(Value, frozen=True, kw_only=True, omit_defaults=False):
    """What an indicator came to in a year before the programme, as `source` says."""

    year: Whole
    value: Ratio
    provisional: bool
    source: Sentence


class ProgrammeYear(Value, frozen=True, kw_only=True, omit_defaults=False):
    """The status of the programme's whole year; null where it is not evaluated."""

    period: PeriodCode
    status: CellStatus | None


class Comparison(Value, frozen=True, kw_only=True, omit_defaults=False):
    """Years before the programme beside those of it. Nothing is judged by the former."""

    indicator: IndicatorCode
    before: list[BaselineYear]
    after: list[ProgrammeYear]


class Baseline(Page, frozen=True, kw_only=True, omit_defaults=False):
    """The indicators of a unit for which the programme has figures from before it."""

    programme: ProgrammeId
    unit: UnitSummary
    items: list[Comparison]
