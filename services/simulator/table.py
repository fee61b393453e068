"""The ward table in the terminal: a row per unit, a column per indicator, a colour and a word per status."""

from collections.abc import Iterable, Mapping
from typing import Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from services.contracts.programme import Period, Programme, units_of
from services.simulator.truth import Cell

_LOOKS: Final[Mapping[str, tuple[str, str, str]]] = {
    "met": ("ĐẠT", "met", "black on green"),
    "not_met": ("CHƯA ĐẠT", "not met", "white on red"),
    "on_track": ("đúng tiến độ", "on track", "green"),
    "at_risk": ("có nguy cơ", "at risk", "yellow"),
    "lost": ("không thể đạt", "lost", "bold red"),
    "no_data": ("chưa có số liệu", "no data", "cyan"),
    "overdue": ("quá hạn", "overdue", "black on yellow"),
    "not_due": ("chưa đến kỳ", "not due", "dim"),
}
"""Status: the words for it and its colour. The colour repeats what the word says."""


def ward_table(programme: Programme, period: Period, statuses: Mapping[Cell, str]) -> Table:
    """One period. A cell that the system does not show is a question mark; one that the period does not have, empty."""
    indicators = [i for i in programme.indicators.values() if period in programme.periods_from(i.frequency)]
    days = f"{period.start:%d/%m/%Y} – {period.end:%d/%m/%Y}"
    table = Table(title=f"{programme.name.vi}: {period.code} ({days})", show_lines=True)
    table.add_column("Đơn vị / unit", no_wrap=True)
    for indicator in indicators:
        table.add_column(indicator.code, justify="center")
    for unit in units_of(programme, period):
        cells = (_cell(statuses.get((unit, indicator.code, period.code))) for indicator in indicators)
        table.add_row(programme.units.by_id[unit].name, *cells)
    return table


def show_tables(
    console: Console, programme: Programme, periods: Iterable[Period], statuses: Mapping[Cell, str]
) -> None:
    for period in periods:
        console.print(ward_table(programme, period, statuses))
    for indicator in programme.indicators.values():
        console.print(f"{indicator.code}  {indicator.name.vi}  [dim]{indicator.name.en}[/dim]", highlight=False)
    console.print(Text("  ").join(Text(f" {vi} = {en} ", style=style) for vi, en, style in _LOOKS.values()))


def _cell(status: str | None) -> Text:
    if status is None:
        return Text("?")
    word, _, style = _LOOKS[status]
    return Text(word, style=style)
