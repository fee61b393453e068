"""How long units have kept what they reached, and when they lost it again."""

from services.contracts.events import Value
from services.contracts.fields import Day, IndicatorCode, PeriodCode, ProgrammeId, Word
from services.contracts.readings.lists import PeriodSummary, UnitSummary
from services.contracts.readings.pages import Page, Whole


class RelapseSeen(Value, frozen=True, kw_only=True, omit_defaults=False):
    """Met in `kept_until`, and not met in `lost_in`, the next period that was decided."""

    kept_until: PeriodCode
    lost_in: PeriodCode


class LastBreach(Value, frozen=True, kw_only=True, omit_defaults=False):
    """Of a target of zero: days from the last breach to `known_to`, the last day of which anything is known.

    Figures are known by period, so the days are bounds: the breach was on some day of the period `last`, or in a
    period after it of which a report is missing. `at_most_days` null beside `at_least_days`: no breach is known. All
    null: nothing is known.
    """

    last: PeriodCode | None
    known_to: Day | None
    at_least_days: Whole | None
    at_most_days: Whole | None


class IndicatorStreak(Value, frozen=True, kw_only=True, omit_defaults=False):
    """`kept` closed periods (of `frequency`) in a row met, from `since` to `known_to`, the last one that was decided.

    `silent`: later or earlier periods beside the streak of which nothing is decided; if all of them turn out met it is
    `at_most` periods long. A period in which there was nothing to judge is passed over. `stale`: a period is still to
    be evaluated anew. `breach` is null where the target is not zero.
    """

    indicator: IndicatorCode
    frequency: Word
    kept: Whole
    at_most: Whole
    since: PeriodCode | None
    known_to: PeriodCode | None
    silent: list[PeriodCode]
    relapses: list[RelapseSeen]
    breach: LastBreach | None
    stale: bool


class UnitStreaks(Value, frozen=True, kw_only=True, omit_defaults=False):
    """The indicators that have a target; what a unit kept stays its own when it becomes part of another."""

    unit: UnitSummary
    streaks: list[IndicatorStreak]


class Streaks(Page, frozen=True, kw_only=True, omit_defaults=False):
    """As they stand now, over the periods that end with `period` or before it."""

    programme: ProgrammeId
    version: Whole
    period: PeriodSummary
    units: list[UnitStreaks]
