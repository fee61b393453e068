"""What is owed, by whom, until when, and how it stands."""

from typing import Literal

from services.contracts.events import Ratio, Value
from services.contracts.fields import (
    AgencyId,
    Day,
    EntityId,
    FormCode,
    Instant,
    PeriodCode,
    ProgrammeId,
    ReasonCode,
    Sentence,
    UnitId,
    Word,
)
from services.contracts.readings.lists import PeriodSummary, UnitSummary
from services.contracts.readings.pages import Page, Whole

ObligationState = Literal["not_due", "due", "received", "late", "overdue", "returned", "approved"]


class ObligationExtension(Value, frozen=True, kw_only=True, omit_defaults=False):
    """`agency` lets a report come until the day `until`. `void`: it is not of a unit above, and changes nothing."""

    until: Day
    agency: AgencyId
    reason: ReasonCode
    accepted_at: Instant
    void: bool


class ReportDoubt(Value, frozen=True, kw_only=True, omit_defaults=False):
    """Something odd in a report that was taken and counts all the same. `doubtful`: a rule of the form warns of it."""

    field: Word
    code: Literal["doubtful", "copied", "outlier"]
    vi: Sentence
    en: Sentence


class ObligationStatus(Value, frozen=True, kw_only=True, omit_defaults=False):
    """A report that is owed. `late`: there is none, or the first came at or after `due_at`, and that has passed.

    `due_at` is with the extension that reaches furthest, `first_due_at` without any. `received_at`: when the first
    came, on paper (at the beginning of its day) where an agency above confirms the day; `late_days`: local days from
    the day it was due to that day, or to today. `void_decisions` name this revision with another body, or are by the
    person who reported; they change nothing.
    """

    report_id: EntityId
    form: FormCode
    unit: UnitId
    period: PeriodCode
    owner: AgencyId
    due_at: Instant
    first_due_at: Instant
    state: ObligationState
    late: bool
    late_days: Whole | None
    revision: Whole | None
    accepted_at: Instant | None
    received_at: Instant | None
    void_decisions: Whole
    extensions: list[ObligationExtension]
    doubts: list[ReportDoubt]


class ObligationRates(Value, frozen=True, kw_only=True, omit_defaults=False):
    """Never above 1. `completeness`: received / owed by now, or received ahead (what was returned is not there).

    `timeliness`: first received in time / in time, late or overdue. Null where nothing is owed, or decided, yet.
    """

    completeness: Ratio | None
    timeliness: Ratio | None


class Obligations(Page, frozen=True, kw_only=True, omit_defaults=False):
    """What the reporting units at and below a unit owe for the periods inside a period, by due date; and the rates.

    `known_at`: what was known at that day's end.
    """

    programme: ProgrammeId
    version: Whole
    known_at: Day | None = None
    period: PeriodSummary
    unit: UnitSummary
    rates: ObligationRates
    items: list[ObligationStatus]
