"""python -m bench: measure, show, and keep what was found if asked to."""

import json
import sys
from collections.abc import Sequence
from importlib import import_module
from time import monotonic
from typing import Final

import click
from rich.console import Console

from bench import document, machine, recorded
from bench.figures import Figure, Size
from bench.stage import Say, Wishes, open_stage
from bench.table import shown
from deploy.laptop.faults import LaptopFault

NAMES: Final = ("ingest", "intake", "evaluate", "freshness", "reads", "processes", "nation")
"""Each is a module `bench.<name>` with `run(stage: Stage, size: Size) -> list[Figure]`."""
ALONE: Final = ("nation-year",)
"""Only when it is named: it takes long, and some 15 GB of disk."""


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("names", nargs=-1, type=click.Choice((*NAMES, *ALONE)), metavar="[NAME...]")
@click.option("--size", type=click.Choice([size.value for size in Size]), default=Size.FULL.value, show_default=True)
@click.option("--minutes", type=click.FloatRange(min=0, min_open=True), help="processes: of load, to see what grows.")
@click.option("--share", type=click.FloatRange(0, 1, min_open=True), help="nation-year: of how much of the nation.")
@click.option("--record", is_flag=True, help="Keep the ratios (bench/recorded.json) and tables (docs/benchmarks.md).")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of a table.")
def main(
    names: Sequence[str], size: str, minutes: float | None, share: float | None, record: bool, as_json: bool
) -> None:
    """Measure all benchmarks or those named: ingest, intake, evaluate, freshness, reads, processes, nation.
    nation-year is measured when it is named.

    Each has a broker and a database of its own. Progress goes to stderr. Exit code 0 unless something broke: a goal
    that is not reached and a ratio that fell are told, and fail nothing.
    """
    if record and size != Size.FULL:
        raise click.UsageError("--record needs --size full")
    if record and share is not None:
        raise click.UsageError("--record is for the whole, without --share")
    found = {name: _measured(name, Size(size), Wishes(minutes, share)) for name in names or NAMES}
    about = machine.description()
    if as_json:
        said = {name: [figure.to_json() for figure in figures] for name, figures in found.items()}
        click.echo(json.dumps({"size": size, "machine": about, "benchmarks": said}, ensure_ascii=False, indent=2))
    else:
        Console(width=None if sys.stdout.isatty() else 160).print(shown(found))
    if size == Size.FULL:
        for fall in recorded.falls(found, recorded.read()):
            click.echo(f"fell: {fall}", err=True)
    if record:
        recorded.keep(found)
        document.write(found, about)


def _measured(name: str, size: Size, wishes: Wishes) -> list[Figure]:
    say, began = _sayer(name), monotonic()
    try:
        with open_stage(say, wishes) as stage:
            figures: list[Figure] = import_module(f"bench.{name.replace('-', '_')}").run(stage, size)
    except LaptopFault as fault:
        raise click.ClickException(f"{name}: {fault}") from fault
    say(f"done in {monotonic() - began:.0f} s")
    return figures


def _sayer(name: str) -> Say:
    return lambda words: click.echo(f"{name}: {words}", err=True)


if __name__ == "__main__":
    main(prog_name="python -m bench")
