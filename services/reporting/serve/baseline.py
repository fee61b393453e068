"""Before and after: a unit's figures of the years before the programme beside those of its own years."""

from collections.abc import Mapping

from services.contracts.events import Ratio
from services.contracts.programme import Programme, Unit
from services.contracts.programme.baseline import BaselineFigure
from services.contracts.readings.histories import Baseline, BaselineYear, Comparison, ProgrammeYear
from services.contracts.readings.statuses import CellStatus
from services.kit.web.paging import page
from services.reporting.serve.lists import Asked, cells_of
from services.reporting.serve.summaries import unit_summary
from services.reporting.serve.view import View, unit_of


def baseline(view: View, asked: Asked) -> Baseline:
    programme = view.programme(asked["programme"])
    unit = unit_of(programme, asked["unit"], programme.periods()[-1])
    figures = [one for one in programme.baseline if one.unit == unit.id]
    codes = [code for code in programme.indicators if any(one.indicator == code for one in figures)]
    chosen, following = page(codes, lambda code: code, asked.get("cursor"), asked.get("limit"))
    years = _years(view, programme, unit) if chosen else {}
    return Baseline(
        as_of=view.as_of(programme),
        next=following,
        programme=programme.id,
        unit=unit_summary(programme, unit),
        items=[
            Comparison(
                indicator=code,
                before=_before([one for one in figures if one.indicator == code]),
                after=[ProgrammeYear(period=year, status=cells.get(code)) for year, cells in years.items()],
            )
            for code in chosen
        ],
    )


def _before(figures: list[BaselineFigure]) -> list[BaselineYear]:
    return [
        BaselineYear(
            year=one.year,
            value=Ratio(num=one.num, den=one.den),
            provisional=one.provisional,
            source=one.source,
        )
        for one in sorted(figures, key=lambda one: one.year)
    ]


def _years(view: View, programme: Programme, unit: Unit) -> Mapping[str, Mapping[str, CellStatus]]:
    """The cells of each year of the programme in which the unit stands, by period and indicator."""
    years = [one for one in programme.periods() if one.kind == "year" and unit.overlaps(one.start, one.end)]
    found = {year.code: cells_of(view, programme, year, [unit.id]).get(unit.id, []) for year in years}
    return {code: {cell.indicator: cell for cell in cells} for code, cells in found.items()}
