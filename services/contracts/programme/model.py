"""A programme: everything that another town would change, as one immutable value."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from uuid import UUID

from services.contracts.errors import Text
from services.contracts.programme.agencies import Agency, Group, Organisation, TipRecipient
from services.contracts.programme.baseline import BaselineFigure
from services.contracts.programme.calendars import PERIOD_KINDS, CalendarName, Period, PeriodKind, periods_of
from services.contracts.programme.denominators import Denominators
from services.contracts.programme.forms import Form
from services.contracts.programme.ids import organisation_token
from services.contracts.programme.indicators import Indicator
from services.contracts.programme.lineage import Lineage
from services.contracts.programme.notices import NO_ROUTES, Routes
from services.contracts.programme.obligations import Obligation, Owing
from services.contracts.programme.stubs import own_period
from services.contracts.programme.units import Units
from services.contracts.programme.verdicts import RulePack
from services.contracts.programme.workdays import WorkCalendar


@dataclass(frozen=True, slots=True)
class Decision:
    """A paper that the programme rests on. `number` is empty where our sources do not give it."""

    number: str
    name: Text
    provisional: bool


@dataclass(frozen=True, slots=True)
class PledgeText:
    """A version of the text that is signed."""

    version: str
    text: Text


@dataclass(frozen=True, slots=True)
class TipRules:
    """A tip must be handed over at the latest `handover_days` calendar days after the day it was received."""

    handover_days: int
    provisional: bool
    source: str


@dataclass(frozen=True, slots=True)
class SmallNumbers:
    """The shares of people that are not told where fewer than `fewest` are counted: who is meant could be made out."""

    fewest: int
    indicators: frozenset[str]
    provisional: bool
    source: str

    def may_tell(self, of: int | None) -> bool:
        """Of none there is nobody to make out; of an unknown number it is not known that there are enough."""
        return of is not None and (of == 0 or of >= self.fewest)


@dataclass(frozen=True)
class Programme:
    """`version` and `sandbox` come with the activation: what `parse` returns has version 0 and is no sandbox.

    `indicators` are in their newest definition, `former` the ones before it, the oldest first: ask `indicator`.
    """

    id: str
    name: Text
    sandbox: bool
    version: int
    hash: str
    calendar: CalendarName
    years: range
    root: str
    decisions: tuple[Decision, ...]
    text_versions: Mapping[str, PledgeText]
    tips: TipRules
    units: Units
    groups: Mapping[str, Group]
    denominators: Denominators
    organisations: Mapping[str, Organisation]
    agencies: Mapping[str, Agency]
    holidays: WorkCalendar
    forms: Mapping[str, Form]
    indicators: Mapping[str, Indicator]
    packs: tuple[RulePack, ...] = ()
    baseline: tuple[BaselineFigure, ...] = ()
    former: Mapping[str, tuple[Indicator, ...]] = field(default_factory=dict)
    small_numbers: SmallNumbers | None = None
    tip_recipients: tuple[TipRecipient, ...] = ()
    routes: Routes = NO_ROUTES

    @cached_property
    def starts_on(self) -> date:
        return self.periods()[0].start

    @cached_property
    def ends_on(self) -> date:
        return self.periods()[-1].end

    def periods(self) -> tuple[Period, ...]:
        """All periods of all years: year by year, months first, the year itself last."""
        return tuple(self._periods.values())

    def period(self, code: str) -> Period | None:
        return self._periods.get(code)

    def base_periods(self, period: Period, kind: PeriodKind) -> tuple[Period, ...]:
        """The periods of a kind inside a period, in order: the months of a quarter."""
        return self._inside[period.code, kind]

    def indicator(self, code: str, period: Period) -> Indicator:
        """The definition by which a whole period is judged: the newest in force on its first day."""
        newest = self.indicators[code]
        for one in reversed(self.definitions(code)):
            if one.effective_from is None or one.effective_from <= period.start:
                return one
        return newest

    def definitions(self, code: str) -> tuple[Indicator, ...]:
        """All definitions of an indicator, the newest last; none for an unknown code."""
        newest = self.indicators.get(code)
        return () if newest is None else (*self.former.get(code, ()), newest)

    def own_period(self, unit: str, period: Period) -> Period | None:
        """A period as it is for a unit: a stub when it began or ended inside it, None when it never stood in it."""
        known = self.units.by_id.get(unit)
        return own_period(known, period) if known is not None else None

    @cached_property
    def lineage(self) -> Lineage:
        return Lineage(self.units)

    def periods_from(self, frequency: PeriodKind) -> tuple[Period, ...]:
        """The periods of the kinds not shorter than a frequency."""
        return self._from[frequency]

    def activated(self, programme_id: str, version: int, *, sandbox: bool) -> "Programme":
        """The same programme under the id, version and standing with which it was put on Kafka."""
        return replace(self, id=programme_id, version=version, sandbox=sandbox)

    @cached_property
    def obligations(self) -> tuple[Obligation, ...]:
        owing = Owing(
            programme=self.id,
            root=self.root,
            units=self.units,
            forms=self.forms,
            agencies=self.agencies,
            periods=self.periods(),
            holidays=self.holidays,
        )
        return tuple(owing.obligations())

    @cached_property
    def obligation_of_report(self) -> Mapping[UUID, Obligation]:
        """The obligation that a report id answers."""
        return {obligation.report_id: obligation for obligation in self.obligations}

    @cached_property
    def obligations_of(self) -> Mapping[tuple[str, str, str], Obligation]:
        """The obligation of (form, unit, period); a unit has one owner per form."""
        return {(owed.form, owed.unit, owed.period): owed for owed in self.obligations}

    def headed_agencies(self, unit: str) -> tuple[Agency, ...]:
        """The agencies of exactly this unit whose head the programme names, in the order of the data."""
        return self._headed_agencies.get(unit, ())

    def pack(self, code: str, on: date) -> RulePack | None:
        """The edition of a pack that is in force on a day, else its last one: packs are compared on any data."""
        editions = [pack for pack in self.packs if pack.code == code]
        holding = [pack for pack in editions if pack.in_force(on)]
        return next(iter([*holding, *reversed(editions)]), None)

    def packs_in_force(self, on: date) -> tuple[RulePack, ...]:
        """In the order of the content."""
        return tuple(pack for pack in self.packs if pack.in_force(on))

    def listed_tokens(self, unit: str) -> frozenset[bytes]:
        """Signer tokens of the organisations and businesses listed in a unit."""
        return self._listed_tokens.get(unit, frozenset())

    @cached_property
    def untold_measures(self) -> frozenset[str]:
        """The measures of shares that may have to be withheld."""
        named = self.small_numbers.indicators if self.small_numbers is not None else frozenset()
        return frozenset(code for one in named for of in self.definitions(one) for code in of.measures)

    @cached_property
    def units_judged(self) -> dict[str, tuple[str, ...]]:
        """What `cells.units_of` has found, by period code."""
        return {}

    @cached_property
    def _periods(self) -> Mapping[str, Period]:
        return {period.code: period for year in self.years for period in periods_of(self.calendar, year)}

    @cached_property
    def _inside(self) -> Mapping[tuple[str, PeriodKind], tuple[Period, ...]]:
        return {
            (period.code, kind): tuple(
                inner for inner in self.periods() if inner.kind == kind and period.contains(inner)
            )
            for period in self.periods()
            for kind in PERIOD_KINDS
        }

    @cached_property
    def _from(self) -> Mapping[PeriodKind, tuple[Period, ...]]:
        return {
            kind: tuple(period for period in self.periods() if period.kind in PERIOD_KINDS[number:])
            for number, kind in enumerate(PERIOD_KINDS)
        }

    @cached_property
    def _headed_agencies(self) -> Mapping[str, tuple[Agency, ...]]:
        found: dict[str, list[Agency]] = {}
        for agency in self.agencies.values():
            if agency.head is not None:
                found.setdefault(agency.unit, []).append(agency)
        return {unit: tuple(agencies) for unit, agencies in found.items()}

    @cached_property
    def _listed_tokens(self) -> Mapping[str, frozenset[bytes]]:
        listed: dict[str, set[bytes]] = {}
        for organisation in self.organisations.values():
            listed.setdefault(organisation.unit, set()).add(organisation_token(organisation.id))
        return {unit: frozenset(tokens) for unit, tokens in listed.items()}


def operator_of(programme: Programme) -> str:
    """The agency in whose name operators act: the registered operator, else the first agency of the root unit."""
    agencies = programme.agencies.values()
    of_root = [agency for agency in agencies if agency.unit == programme.root]
    operators = [agency for agency in agencies if agency.kind == "operator"]
    return [*operators, *of_root][0].id
