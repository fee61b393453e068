"""python -m deploy.laptop: the broker and the database of this clone."""

import json
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

import click
from rich.console import Console
from rich.progress import Progress

from deploy.laptop import jars, places
from deploy.laptop.demo import Demo
from deploy.laptop.faults import LaptopFault
from deploy.laptop.jars import Jar
from deploy.laptop.kraft import Memory
from deploy.laptop.laptop import Laptop

NOT_RUNNING = 3


class _Commands(click.Group):
    def invoke(self, ctx: click.Context) -> None:
        try:
            super().invoke(ctx)
        except LaptopFault as fault:
            raise click.ClickException(str(fault)) from fault


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.pass_context
def main(ctx: click.Context) -> None:
    """The broker and the database of this clone, on the loopback address, data under var/.

    KAFKA_BOOTSTRAP_SERVERS and DATABASE_URL name others: then nothing is started here. Exit codes: 0 done,
    1 failed, 2 wrong usage, 3 (status only) not running.
    """
    progress = ctx.with_resource(
        Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty())
    )
    ctx.obj = Laptop(places.var_dir(), places.cache_dir(), os.environ, _shown(progress))


@main.group()
def broker() -> None:
    """Apache Kafka of one or three nodes."""


@broker.command("start")
@click.option("--nodes", type=click.Choice(["1", "3"]), help="How many, where it is laid out anew [1].")
@click.option("--port", type=click.IntRange(0, 65_000), help="The first port; 0: any free ones.")
@click.option("--memory", type=click.Choice(list(Memory)), default=Memory.SMALL, show_default=True)
@click.pass_obj
def start_broker(laptop: Laptop, nodes: str | None, port: int | None, memory: Memory) -> None:
    """Start the broker and wait until it serves."""
    address = laptop.start_broker(int(nodes) if nodes else None, port, Memory(memory))
    click.echo(f"broker: {address}")


@broker.command("stop")
@click.pass_obj
def stop_broker(laptop: Laptop) -> None:
    """Stop the broker; its events stay."""
    laptop.stop_broker()
    click.echo("broker: stopped")


@main.group()
def database() -> None:
    """PostgreSQL."""


@database.command("start")
@click.option("--port", type=click.IntRange(0, 65_000), help="Its port; 0: any free one.")
@click.pass_obj
def start_database(laptop: Laptop, port: int | None) -> None:
    """Start the database and wait until it answers."""
    laptop.start_database(port)
    click.echo(f"database: {laptop.status()['database'].get('address', 'as DATABASE_URL says')}")


@database.command("stop")
@click.pass_obj
def stop_database(laptop: Laptop) -> None:
    """Stop the database; its rows stay."""
    laptop.stop_database()
    click.echo("database: stopped")


@main.command()
@click.pass_obj
def stop(laptop: Laptop) -> None:
    """End a demo that still runs, the broker and the database."""
    laptop.stop_demo()
    laptop.stop_broker()
    laptop.stop_database()
    click.echo("stopped")


@main.command()
@click.option("--once", is_flag=True, help="End after the year; exit code 0 only if every status was right.")
@click.option("--seed", type=int, default=1, show_default=True, help="Same seed, same year.")
@click.option("--months", type=click.IntRange(1, 12), default=12, show_default=True, help="How many months are played.")
@click.pass_obj
def demo(laptop: Laptop, once: bool, seed: int, months: int) -> None:
    """Play a programme year on a broker and database of its own, show the ward table, serve the page."""
    folder = laptop.var / "demo"
    own = replace(laptop, var=folder / "laptop")
    with suppress(KeyboardInterrupt):
        simulation = ["--seed", str(seed), "--months", str(months)]
        sys.exit(Demo(own, folder, Console()).play(once=once, simulation=simulation))


@main.command()
@click.confirmation_option(prompt="Remove every event of the broker and every row of the database?")
@click.pass_obj
def wipe(laptop: Laptop) -> None:
    """Stop both and remove all that they hold (--yes: without asking)."""
    laptop.stop_demo()
    laptop.wipe()
    click.echo("broker and database: removed")


@main.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_obj
def status(laptop: Laptop, as_json: bool) -> None:
    """Say what runs; exit code 3 unless both do."""
    told = laptop.status()
    if as_json:
        click.echo(json.dumps(told))
    else:
        for name, facts in told.items():
            click.echo(f"{name}: {facts['state']} {facts.get('address', '')}".rstrip())
    if any(facts["state"] == "stopped" for facts in told.values()):
        sys.exit(NOT_RUNNING)


@main.command()
@click.pass_obj
def env(laptop: Laptop) -> None:
    """Print the addresses (with the password) as NAME=value lines; the same stand in var/laptop.env."""
    for name, value in laptop.addresses().items():
        click.echo(f"{name}={value}")


def _shown(progress: Progress) -> Callable[[Jar], None]:
    total = len(jars.listed(jars.LIST.read_text()))
    task = progress.add_task("the broker's jars", total=total, visible=False)

    def one_more(_: Jar) -> None:
        progress.update(task, advance=1, visible=True)
        if progress.finished:
            progress.stop()

    return one_more


if __name__ == "__main__":
    main(prog_name="python -m deploy.laptop")
