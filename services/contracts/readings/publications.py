"""Periods that were published or reopened, and what can be."""

from typing import Literal

from services.contracts.events import Ends, Value
from services.contracts.fields import AgencyId, EntityId, HexHash, Instant, PeriodCode, ProgrammeId, UnitId, Word
from services.contracts.readings.lists import PeriodSummary, UnitSummary
from services.contracts.readings.pages import Page
from services.contracts.requests import PublishedUnit


class PeriodDecided(Value, frozen=True, kw_only=True, omit_defaults=False):
    """A publication of a period or its reopening. `void` says why it changes nothing.

    `own_report`: the person had submitted or decided on a report that it rests on. `already_published`,
    `not_published`: the period was, or was not. `same_person`: who published does not reopen. `complete`: whether the
    values of all its units are there, as its digest says; null for a reopening.
    """

    event_id: EntityId
    kind: Literal["published", "reopened"]
    unit: UnitId
    source: AgencyId
    accepted_at: Instant
    reason: Word | None
    digest: HexHash | None
    complete: bool | None
    void: Literal["own_report", "already_published", "not_published", "same_person"] | None


class PeriodDecisions(Page, frozen=True, kw_only=True, omit_defaults=False):
    """Every decision on a period of a unit, in the order of acceptance, and what stands after the last."""

    programme: ProgrammeId
    unit: UnitSummary
    period: PeriodSummary
    state: Literal["open", "published", "reopened"]
    items: list[PeriodDecided]


class Draft(Page, frozen=True, kw_only=True, omit_defaults=False):
    """What can be published of a period: `units`, `digest` and `positions` are posted as they stand here.

    `final`: the period has closed and no value waits to be evaluated anew. `next` is always null.
    """

    programme: ProgrammeId
    unit: UnitId
    period: PeriodCode
    final: bool
    units: list[PublishedUnit]
    digest: HexHash
    positions: Ends
