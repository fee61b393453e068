"""Who has contributed to a period and who has not, as it is answered and as the page shows it."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from services.contracts.programme import Agency, Period, Programme
from services.contracts.readings.contributions import Contribution, Contributions, KindOfAgency
from services.reporting.domain.contributions import Contributed, contributed
from services.reporting.domain.summaries import name_of, period_summary
from services.reporting.serve.lists import Asked
from services.reporting.serve.obligations import Standings, obligations_within, standings_of
from services.reporting.serve.paging import page
from services.reporting.serve.summaries import unit_summary
from services.reporting.serve.view import View, period_of, unit_of

MOST_LINES: Final = 100
_MISSING: Final = frozenset({"nothing", "behind"})


class Table(NamedTuple):
    """As the page shows it: by kind of agency, and the agencies of which something is missing; `more` are not shown."""

    kinds: list[KindOfAgency]
    lines: list[Contributed]
    more: bool


def contributions(view: View, asked: Asked) -> Contributions:
    programme = view.programme(asked["programme"])
    period = period_of(programme, asked["period"])
    unit = unit_of(programme, asked.get("unit", programme.root), period)
    standings = standings_of(view, programme, obligations_within(programme, unit.id, period))
    whole = _contributed(programme, unit.id, period, standings)
    shown, following = page(whole, lambda one: one.agency.id, asked.get("cursor"), asked.get("limit"))
    return Contributions(
        as_of=view.as_of(programme),
        next=following,
        programme=programme.id,
        version=programme.version,
        period=period_summary(period),
        unit=unit_summary(programme, unit),
        kinds=_kinds(whole),
        items=[_told(programme, one) for one in shown],
    )


def table(programme: Programme, period: Period, standings: Standings) -> Table:
    """Of the whole programme."""
    whole = _contributed(programme, programme.root, period, standings)
    missing = [one for one in whole if one.state in _MISSING]
    return Table(_kinds(whole), missing[:MOST_LINES], len(missing) > MOST_LINES)


def _contributed(programme: Programme, unit: str, period: Period, standings: Standings) -> list[Contributed]:
    agencies = [agency for agency in programme.agencies.values() if _there(programme, agency, unit, period)]
    return contributed(agencies, [(owed, stands) for owed, _, stands in standings.listed])


def _there(programme: Programme, agency: Agency, unit: str, period: Period) -> bool:
    """Of the unit or below it, on some day of the period."""
    stood = programme.units.by_id[agency.unit].overlaps(period.start, period.end)
    return stood and programme.units.within(agency.unit, unit)


def _kinds(whole: Sequence[Contributed]) -> list[KindOfAgency]:
    """By name; kinds that owe nothing yet are left out."""
    owing = [one for one in whole if one.owed]
    return [
        KindOfAgency(
            kind=kind,
            owing=sum(one.agency.kind == kind for one in owing),
            nothing=sum(one.agency.kind == kind and one.state == "nothing" for one in owing),
            behind=sum(one.agency.kind == kind and one.state == "behind" for one in owing),
        )
        for kind in sorted({one.agency.kind for one in owing})
    ]


def _told(programme: Programme, one: Contributed) -> Contribution:
    agency = one.agency
    return Contribution(
        agency=agency.id,
        name=name_of(agency.name),
        kind=agency.kind,
        unit=agency.unit,
        unit_name=programme.units.by_id[agency.unit].name,
        office=name_of(agency.head) if agency.head is not None else None,
        state=one.state,
        owed=one.owed,
        delivered=one.delivered,
        late=one.late,
        overdue=one.overdue,
        returned=one.returned,
        indicators=[
            indicator.code for indicator in programme.indicators.values() if indicator.owner_kind == agency.kind
        ],
    )
