"""Who has contributed to a period and who has not: agencies, never persons (F25: not the police alone)."""

from typing import Literal

from services.contracts.events import Value
from services.contracts.fields import AgencyId, IndicatorCode, ProgrammeId, Sentence, UnitId, Word
from services.contracts.readings.lists import PeriodSummary, UnitSummary
from services.contracts.readings.pages import Name, Page, Whole

ContributionState = Literal["nothing", "behind", "complete", "not_due", "owes_none"]


class Contribution(Value, frozen=True, kw_only=True, omit_defaults=False):
    """What an agency owes by now, or has delivered ahead, of the periods inside the period, and what is there of it.

    `nothing`: it owes and has delivered nothing that stands (what was returned does not); `behind`: some of it is
    missing; `complete`: all of it is there; `not_due`: nothing is owed yet; `owes_none`: it is asked for no report of
    these periods. `late`: of what was delivered; `overdue`: of what is missing. `office`: who answers for it, never a
    name. `indicators`: those that its kind of agency answers for.
    """

    agency: AgencyId
    name: Name
    kind: Word
    unit: UnitId
    unit_name: Sentence
    office: Name | None
    state: ContributionState
    owed: Whole
    delivered: Whole
    late: Whole
    overdue: Whole
    returned: Whole
    indicators: list[IndicatorCode]


class KindOfAgency(Value, frozen=True, kw_only=True, omit_defaults=False):
    """How many agencies of a kind owe something by now, and how many of these have delivered nothing, or not all."""

    kind: Word
    owing: Whole
    nothing: Whole
    behind: Whole


class Contributions(Page, frozen=True, kw_only=True, omit_defaults=False):
    """The agencies at and below a unit, those that have delivered nothing first; `kinds` are of all pages."""

    programme: ProgrammeId
    version: Whole
    period: PeriodSummary
    unit: UnitSummary
    kinds: list[KindOfAgency]
    items: list[Contribution]
