"""What is seen of a play: a bar while it runs, then what differs, and the ward table."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from services.contracts.programme import Period, Programme, local_date
from services.simulator.play import Result, Told
from services.simulator.table import show_tables

_SHOWN_DIFFERENCES: Final = 50


@contextmanager
def progress(steps: int) -> Iterator[Told]:
    """A bar on standard error; gives what is to be called after every step."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[note]}"),
    )
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("Mô phỏng / playing", total=steps, note="")

        def told(result: Result) -> None:
            day = f"{local_date(result.now):%d/%m/%Y}" if result.now else ""
            note = f"{day}  {result.requests} yêu cầu / requests  {len(result.differences)} khác / differences"
            bar.update(task, completed=result.steps, note=note)

        yield told


def show(console: Console, programme: Programme, result: Result, elapsed_s: float) -> None:
    """The year, the month that holds at the end, and every difference up to a limit."""
    show_tables(console, programme, _shown(programme, result), result.last)
    for difference in result.differences[:_SHOWN_DIFFERENCES]:
        console.print(f"[red]{escape(str(difference))}[/red]", highlight=False)
    if len(result.differences) > _SHOWN_DIFFERENCES:
        console.print(f"[red]… {len(result.differences) - _SHOWN_DIFFERENCES} nữa / more[/red]")
    if result.failure is not None:
        console.print(f"[bold red]{escape(result.failure)}[/bold red]", highlight=False)
    seen = ", ".join(f"{status} {count}" for status, count in sorted(result.statuses.items()))
    console.print(f"Trạng thái đã thấy / statuses seen: {seen}", highlight=False)
    decided = {grades: count for grades, count in result.verdicts.items() if " | " not in grades}
    told = ", ".join(f"{grade} {count}" for grade, count in sorted(decided.items()))
    open_ones = result.verdicts.total() - sum(decided.values())
    console.print(f"Kết luận đã thấy / verdicts seen: {told}, chưa kết luận / undecided {open_ones}", highlight=False)
    style = "bold green" if result.right else "bold red"
    console.print(
        f"{result.requests} yêu cầu / requests, {result.steps} bước / steps, {result.compared} ô / cells, "
        f"{len(result.differences)} khác biệt / differences, {elapsed_s:.0f} s",
        style=style,
        highlight=False,
    )


def _shown(programme: Programme, result: Result) -> list[Period]:
    today = local_date(result.now) if result.now else programme.starts_on
    year, month = ("year", "month")
    begun = [period for period in programme.periods() if period.start <= today]
    return [[period for period in begun if period.kind == kind][-1] for kind in (year, month)]
