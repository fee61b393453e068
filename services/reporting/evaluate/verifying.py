"""`python -m services.reporting verify [--generation N] [--json]`: exit code 1 when a stored status is not computed."""

import json
import os
import sys
from functools import partial
from threading import Event as Flag

import click

from services.kit import runtime
from services.kit.db import engine
from services.kit.settings import FILE, load
from services.reporting.evaluate.settings import PREFIX, VerifySettings
from services.reporting.evaluate.verify import Verified, as_json, verify
from services.reporting.store.programmes import read_programmes
from services.reporting.store.snapshots import snapshot_of

DIFFERENT = 1


@click.command("verify")
@click.option("--generation", type=click.IntRange(min=1), help="Thế hệ nào. / Which one; else the one that is served.")
@click.option("--json", "plain", is_flag=True, help="In JSON. / Print JSON.")
def command(generation: int | None, plain: bool) -> None:
    """Tính lại mọi tình trạng và so sánh. / Computes every status again and compares it with what is stored."""
    sys.exit(runtime.run(partial(_verify, generation, plain)))


def _verify(generation: int | None, plain: bool, _stop: Flag) -> int:
    names = (f"{PREFIX}_DATABASE_URL", "DATABASE_URL")
    ours = {name: value for name, value in os.environ.items() if name.removesuffix(FILE) in names}
    database = engine(load(PREFIX, VerifySettings, ours).database_url, pool_size=1, application_name="reporting verify")
    found: dict[str, Verified] = {}
    with snapshot_of(database, generation) as connection:
        registry = read_programmes(connection).registry
        for programme_id in registry.ids():
            programme = registry.active(programme_id)
            if programme is not None:
                found[programme_id] = verify(connection, programme)
    database.dispose()
    _tell(found, plain)
    return DIFFERENT if any(one.differences for one in found.values()) else runtime.OK


def _tell(found: dict[str, Verified], plain: bool) -> None:
    if plain:
        told = {
            programme: {"compared": one.compared, "waiting": one.waiting, "differences": as_json(one.differences)}
            for programme, one in found.items()
        }
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    for programme, one in found.items():
        click.echo(
            f"{programme}: đã so {one.compared} ô, {one.waiting} ô đang chờ tính, "
            f"{len(one.differences)} khác / {one.compared} cells compared, {one.waiting} waiting, "
            f"{len(one.differences)} different"
        )
        for row in as_json(one.differences):
            click.echo(f"  {row['unit']} {row['indicator']} {row['period']}: {row['stored']} != {row['computed']}")
