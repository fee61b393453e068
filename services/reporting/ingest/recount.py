"""`recount`: the running counts of signers against a recount from the facts. They are equal, or something is broken."""

import click

from services.kit.db import Connection
from services.kit.errors import Usage
from services.reporting.ingest.commands import in_transaction
from services.reporting.store import generations
from services.reporting.store.recount import differences


@click.command(
    "recount", help="Đếm lại người ký và so với số đang giữ. / Recount the signers; exit code 1 if they differ."
)
@click.option("--generation", type=click.IntRange(1))
def command(generation: int | None) -> None:
    in_transaction(lambda connection: _recount(connection, generation))


def _recount(connection: Connection, generation: int | None) -> int:
    number = generation or generations.current(connection)
    if number is None or not generations.exists(connection, number):
        raise Usage("no such generation")
    found = differences(generations.bind(connection, number))
    for place, (running, recounted) in found.items():
        click.echo(f"{' '.join(map(str, place))}: {running} != {recounted}")
    if not found:
        click.echo("Khớp. / Equal.")
    return 1 if found else 0
