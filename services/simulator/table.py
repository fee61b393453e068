"""The ward table in the terminal: a row per indicator, a column per unit, a colour and a word per status."""

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from rich import box
from rich.columns import Columns
from rich.console import Console
from rich.table import Table
from rich.text import Text

from services.contracts.programme import Period, Programme, units_of
from services.contracts.words import STATUS_WORDS
from services.simulator.truth import Cell

_WIDE: Final = 150
_MARGIN: Final = 3


class _Look(NamedTuple):
    """How a status is shown: the sign repeats what the words say, and the colour what the sign says."""

    sign: str
    style: str


_LOOKS: Final[Mapping[str, _Look]] = {
    "met": _Look("✔", "black on green"),
    "not_met": _Look("✘", "white on red"),
    "on_track": _Look("↗", "green"),
    "at_risk": _Look("↘", "yellow"),
    "lost": _Look("⊘", "bold red"),
    "no_data": _Look("?", "cyan"),
    "overdue": _Look("‼", "black on yellow"),
    "not_due": _Look("·", "dim"),
}


def ward_table(programme: Programme, period: Period, statuses: Mapping[Cell, str], width: int) -> Table:
    """One period, in words where there is room, else in signs. A cell that the system does not show is empty."""
    words = width >= _WIDE
    names = [programme.units.by_id[unit].name for unit in units_of(programme, period)]
    targeted = [indicator for indicator in programme.indicators.values() if not indicator.auxiliary]
    indicators = [indicator for indicator in targeted if period in programme.periods_from(indicator.frequency)]
    days = f"{period.start:%d/%m/%Y} – {period.end:%d/%m/%Y}"
    table = Table(
        title=f"{period.code}: {days}",
        box=box.ROUNDED if words else box.SIMPLE_HEAD,
        padding=(0, 1) if words else 0,
        pad_edge=words,
    )
    widths = [max(len(word) for word in name.split()) for name in names]
    left = width - sum(widths) - len(names) - _MARGIN
    table.add_column("Chỉ tiêu / indicator", no_wrap=True, overflow="ellipsis", max_width=None if words else left)
    for name, widest in zip(names, widths, strict=True):
        table.add_column(name if words else name.replace(" ", "\n"), justify="center", min_width=widest)
    for indicator in indicators:
        found = (statuses.get((unit, indicator.code, period.code)) for unit in units_of(programme, period))
        cells = (_cell(status, words=words) for status in found)
        table.add_row(f"{indicator.code} {indicator.name.vi}", *cells)
    return table


def show_tables(
    console: Console, programme: Programme, periods: Iterable[Period], statuses: Mapping[Cell, str]
) -> None:
    console.print(f"[bold]{programme.name.vi}[/bold] / {programme.name.en}", highlight=False)
    for period in periods:
        console.print(ward_table(programme, period, statuses, console.width))
    for indicator in programme.indicators.values():
        if indicator.auxiliary:
            continue
        console.print(f"{indicator.code}  [dim]{indicator.name.en}[/dim]", highlight=False)
    legend = (
        Text.assemble((f" {look.sign} ", look.style), f" {STATUS_WORDS[status].vi} / {STATUS_WORDS[status].en}")
        for status, look in _LOOKS.items()
    )
    console.print(Columns(legend, padding=(0, 2)))


def _cell(status: str | None, *, words: bool) -> Text:
    if status is None:
        return Text()
    look = _LOOKS[status]
    return Text(STATUS_WORDS[status].vi if words else f" {look.sign} ", style=look.style)
