"""`generation`: make, compare and drop generations. `ingest --generation N` fills one."""

import click

from services.kit.db import Connection
from services.kit.errors import Usage
from services.reporting.ingest.commands import in_transaction
from services.reporting.store import generations
from services.reporting.store.comparison import differing_statuses

NUMBER = click.IntRange(1)


@click.group("generation", help="Các thế hệ của dữ kiện. / The generations of the facts.")
def command() -> None:
    """Nothing of its own."""


@command.command("create", help="Tạo một thế hệ trống. / Make an empty one.")
@click.argument("number", type=NUMBER)
def create(number: int) -> None:
    in_transaction(lambda connection: generations.create(connection, number))


@command.command("drop", help="Xoá một thế hệ không dùng. / Drop one that is not served.")
@click.argument("number", type=NUMBER)
def drop(number: int) -> None:
    in_transaction(lambda connection: _drop(connection, number))


@command.command(
    "compare", help="So hai thế hệ theo đơn vị; mã thoát 1 nếu khác. / Compare two; exit code 1 if they differ."
)
@click.argument("one", type=NUMBER)
@click.argument("other", type=NUMBER)
def compare(one: int, other: int) -> None:
    in_transaction(lambda connection: _compare(connection, one, other))


def _drop(connection: Connection, number: int) -> None:
    if generations.current(connection) == number:
        raise Usage(f"generation {number} is the one that is served")
    generations.drop(connection, number)


def _compare(connection: Connection, one: int, other: int) -> int:
    differing = generations.compare(connection, one, other)
    for unit, (left, right) in differing.items():
        click.echo(f"{unit}: {left} != {right}")
    statuses = differing_statuses(connection, one, other)
    for row in statuses:
        click.echo(f"{row.what}: {row.one} != {row.other}")
    if differing or statuses:
        return 1
    click.echo("Giống nhau. / They say the same.")
    return 0
