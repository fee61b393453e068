"""`generation`: make, fill, compare, accept, serve and drop generations."""

import os
import sys
from collections.abc import Callable
from functools import partial
from threading import Event as Flag
from time import monotonic
from typing import Final

import click

from services.contracts import topics
from services.kit import logs, runtime
from services.kit.clock import SystemClock
from services.kit.db import Connection, engine, translated
from services.kit.errors import Unavailable, Usage
from services.kit.eventlog.kafka import KafkaAdmin, KafkaReader
from services.kit.settings import load
from services.reporting.ingest.commands import LONG_STATEMENT_MS, in_transaction
from services.reporting.ingest.fill import prepare
from services.reporting.rebuild import switch as switching
from services.reporting.rebuild.difference import Digest
from services.reporting.rebuild.filling import Filling
from services.reporting.rebuild.pause import Rebuild
from services.reporting.rebuild.telling import Progressing, Telling
from services.reporting.settings import LetterSettings
from services.reporting.store import generations
from services.reporting.store.comparison import differing_statuses
from services.reporting.store.standing import standing

NUMBER: Final = click.IntRange(1)
CONNECTIONS: Final = 6  # the lease, two of the batch in flight, the snapshot, what is accepted, one to spare
AGAIN_S: Final = 5.0
NO: Final = 1

number_of = click.argument("number", type=NUMBER)
in_json = click.option("--json", "plain", is_flag=True, help="In JSON, mỗi dòng một mục. / Print JSON lines.")
within = click.option(
    "--within-s",
    type=click.FloatRange(0.1, 300),
    default=5.0,
    show_default=True,
    help="Dừng ghi tối đa bao lâu. / For how long nobody may write, at most.",
)


@click.group("generation", help="Các thế hệ của dữ kiện. / The generations of the facts.")
def command() -> None:
    """Nothing of its own."""


@command.command("create", help="Tạo một thế hệ trống. / Make an empty one.")
@number_of
def create(number: int) -> None:
    in_transaction(lambda connection: _create(connection, number))


@command.command("drop", help="Xoá một thế hệ không dùng. / Drop one that is not served.")
@number_of
def drop(number: int) -> None:
    in_transaction(lambda connection: _drop(connection, number))


@command.command("list", help="Các thế hệ và tiến độ. / Every generation, and how far it is.")
@in_json
def listed(plain: bool) -> None:
    in_transaction(lambda connection: Telling(plain=plain).standing(standing(connection)))


@command.command(
    "compare", help="So hai thế hệ theo đơn vị; mã thoát 1 nếu khác. / Compare two; exit code 1 if they differ."
)
@click.argument("one", type=NUMBER)
@click.argument("other", type=NUMBER)
def compare(one: int, other: int) -> None:
    in_transaction(lambda connection: _compare(connection, one, other))


@command.command("fill", help="Làm đầy đến chỗ thế hệ đang dùng, rồi dừng. / Fill up to the served one, then end.")
@number_of
@in_json
def fill(number: int, plain: bool) -> None:
    def work(rebuild: Rebuild) -> int:
        rebuild.catch_up()
        Telling(plain=plain).progress(rebuild.filling.progress(), 0.0)
        return 0

    _run(number, work, plain=plain)


@command.command(
    "diff", help="Những gì sẽ khác nếu dùng thế hệ này; mã thoát 1 nếu có. / What would differ; exit code 1 if any."
)
@number_of
@within
@in_json
def diff(number: int, within_s: float, plain: bool) -> None:
    def work(rebuild: Rebuild) -> int:
        telling, digest = Telling(plain=plain), Digest()
        with switching.compared(rebuild, within_s) as both:
            for one in both.differences():
                telling.differing(one)
                digest.add(one)
            telling.total(both.served, both.number, digest)
        return NO if digest.facts or digest.cells else 0

    _run(number, work, plain=plain)


@command.command("accept", help="Chấp nhận đúng khác biệt đã xem. / Accept exactly the difference that was shown.")
@number_of
@click.option("--digest", required=True, help="Mã mà `diff` in ra. / As `diff` printed it.")
@within
@in_json
def accept(number: int, digest: str, within_s: float, plain: bool) -> None:
    def work(rebuild: Rebuild) -> int:
        same, found = switching.accept(rebuild, digest, within_s)
        Telling(plain=plain).accepted(same=same, digest=found)
        return 0 if same else NO

    _run(number, work, plain=plain)


@command.command("switch", help="Dùng thế hệ này thay thế hệ đang dùng. / Serve this one in place of the served one.")
@number_of
@within
@click.option("--patience-s", type=click.FloatRange(0), default=600.0, show_default=True)
@in_json
def switch(number: int, within_s: float, patience_s: float, plain: bool) -> None:
    def work(rebuild: Rebuild) -> int:
        done = _patiently(lambda: switching.switch(rebuild, within_s), rebuild, patience_s)
        Telling(plain=plain).switched(number, done)
        return NO if done.left else 0

    _run(number, work, plain=plain)


def _patiently(attempt: Callable[[], switching.Switched], rebuild: Rebuild, patience_s: float) -> switching.Switched:
    """Again after a while, when a pause was too short: there may be less to do then."""
    ends = monotonic() + patience_s
    while True:
        try:
            return attempt()
        except Unavailable as away:
            if rebuild.stopped() or monotonic() + AGAIN_S > ends:
                raise
            click.echo(f"thử lại sau / again in {AGAIN_S:.0f} s: {away}", err=True)
        rebuild.wait(AGAIN_S)


def _run(number: int, work: Callable[[Rebuild], int], *, plain: bool) -> None:
    """Ends the process with what `work` returns; it answers on stdout, so the log goes elsewhere."""
    logs.configure("reporting-generation", sys.stderr)
    sys.exit(runtime.run(partial(_work, number, work, plain)))


def _work(number: int, work: Callable[[Rebuild], int], plain: bool, stop: Flag) -> int:
    settings = load("REPORTING_COMMAND", LetterSettings, os.environ)
    database = engine(
        settings.database_url,
        pool_size=CONNECTIONS,
        application_name="reporting generation",
        statement_timeout_ms=LONG_STATEMENT_MS,
    )
    admin = KafkaAdmin(settings.log())
    log = admin.identity([card.name for card in topics.INPUTS])
    clock = SystemClock()
    filling = Filling(database, log, number, partial(KafkaReader.of_partitions, settings.log()), clock)
    try:
        with translated(), database.begin() as connection:
            if generations.current(connection) == number:
                raise Usage(f"generation {number} is the one that is served")
        prepare(database, number)
        progressing = Progressing(filling.progress, clock, Telling(plain=plain))
        return work(Rebuild(filling, progressing.tell, stop.is_set, stop.wait))
    finally:
        filling.close()
        admin.close()
        database.dispose()


def _create(connection: Connection, number: int) -> None:
    generations.create(connection, number)
    generations.make_known(connection, number)


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
