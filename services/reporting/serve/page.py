"""The page at /: the ward table of a programme and a period. Plain HTML, no scripts, every value escaped."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import Environment, FileSystemLoader, Template

from services.contracts.errors import Text
from services.contracts.programme import Indicator, Period, Programme, local_date
from services.contracts.readings.statuses import CellStatus, StatusMatrix
from services.kit.clock import LOCAL
from services.reporting.serve import lists, owing, words
from services.reporting.serve.streak_words import streak_texts
from services.reporting.serve.streaks import Kept, kept
from services.reporting.serve.verdict_table import verdict_table
from services.reporting.serve.view import View, period_of

TEMPLATES = Path(__file__).parent / "templates"
_MOST_ROWS = 500


class Shown(NamedTuple):
    """One cell as it is read: the word, the colour's name, what stands below, and where it is explained."""

    status: str
    vi: str
    en: str
    value: str
    bounds: str
    flags: str
    stale: bool
    explain: str
    kept: list[Text]


def render(view: View, asked: Mapping[str, Any]) -> str:
    """As it is, or with `known_at` as it was known at the end of that day."""
    programmes = view.programmes()
    if not programmes:
        return _template("empty.html").render()
    chosen = asked.get("programme", _first(programmes).id)
    programme, known_on = lists.programme_asked(view, {**asked, "programme": chosen})
    now = view.now_of(programme) or view.wall
    period = period_of(programme, asked["period"]) if "period" in asked else _present(programme, now)
    wanted = {"programme": programme.id, "period": period.code, "limit": _MOST_ROWS, "known_at": known_on}
    matrix = lists.status_matrix(view, wanted)
    return _template("matrix.html").render(
        programme=programme,
        programmes=programmes,
        period=period,
        periods=programme.periods(),
        units=matrix.units,
        rows=_rows(programme, period, matrix, _kept(view, programme, period, matrix)),
        owing=owing.table(view, programme, period, known_on),
        matrix=matrix,
        verdicts=verdict_table(view, programme, period, [row.unit.id for row in matrix.units], known_on),
        as_of=matrix.as_of,
        now=_local(matrix.as_of.now) if matrix.as_of.now else None,
        age=_age(matrix.as_of.age_s),
        words=words,
    )


def _first(programmes: list[Programme]) -> Programme:
    """The first real one; a sandbox only when there is nothing else."""
    return min(programmes, key=lambda programme: (programme.sandbox, programme.id))


def _present(programme: Programme, now: datetime) -> Period:
    """The month that holds `now`, else the programme's nearest."""
    today = local_date(now)
    months = [period for period in programme.periods() if period.kind == "month"]
    begun = [month for month in months if month.start <= today]
    return begun[-1] if begun else months[0]


def _kept(view: View, programme: Programme, period: Period, matrix: StatusMatrix) -> Kept:
    """None on the page of a day that is over: what was kept is told as it stands now."""
    if matrix.known_at is not None:
        return {}
    units = [row.unit.id for row in matrix.units]
    return kept(view, programme, period, units, [programme.indicators[code] for code in matrix.indicators])


def _rows(
    programme: Programme, period: Period, matrix: StatusMatrix, streaks: Kept
) -> list[tuple[Indicator, str, list[Shown | None]]]:
    """(indicator, its target, a cell for every unit: None where nothing is evaluated yet)."""
    cells = {
        (row.unit.id, cell.indicator): _shown(programme, matrix, row.unit.id, cell, streaks)
        for row in matrix.units
        for cell in row.cells
    }
    return [
        (indicator, words.target_text(indicator), [cells.get((row.unit.id, indicator.code)) for row in matrix.units])
        for indicator in (programme.indicator(code, period) for code in matrix.indicators)
    ]


def _shown(programme: Programme, matrix: StatusMatrix, unit: str, cell: CellStatus, streaks: Kept) -> Shown:
    """It links to why it is so now, and of a day that is over to how it came about: only the present is explained."""
    indicator = programme.indicator(cell.indicator, period_of(programme, matrix.period.code))
    kind, untargeted = indicator.kind, indicator.target.op == "none"
    told = "explain" if matrix.known_at is None else "history"
    asked = f"programme={programme.id}&period={matrix.period.code}"
    streak = streaks.get((unit, cell.indicator))
    counted = untargeted and cell.value and cell.status == "not_due"
    text = words.NO_TARGET if counted else words.STATUS_WORDS[cell.status]
    return Shown(
        status=cell.status,
        vi=text.vi,
        en=text.en,
        value=words.value_text(cell.value, kind) if cell.value else "",
        bounds=words.bounds_text(cell, kind),
        flags=", ".join(words.FLAG_WORDS[flag].vi if flag in words.FLAG_WORDS else flag for flag in cell.flags),
        stale=cell.stale,
        explain=f"/v1/units/{unit}/indicators/{cell.indicator}/{told}?{asked}",
        kept=[] if streak is None else list(streak_texts(streak)),
    )


def _local(instant: datetime) -> str:
    return instant.astimezone(LOCAL).strftime("%H:%M:%S %d/%m/%Y")


def _age(age_s: int | None) -> str:
    if age_s is None:
        return ""
    minutes, seconds = divmod(age_s, 60)
    hours, minutes = divmod(minutes, 60)
    return (
        f"{hours} giờ {minutes} phút" if hours else f"{minutes} phút {seconds} giây" if minutes else f"{seconds} giây"
    )


@cache
def _template(name: str) -> Template:
    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, trim_blocks=True, lstrip_blocks=True)
    return environment.get_template(name)
