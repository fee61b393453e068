"""`python -m services.reporting verify`: exit code 1 when what is stored, or was said, is not what is computed.

Statuses; with `--explanations` the explanation of every cell, with `--explain FILE` one saved answer of `serve`.
"""

import json
import os
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from threading import Event as Flag
from typing import Any, NamedTuple

import click
import msgspec

from services.contracts.explanations import Explanation
from services.contracts.programme import Programme, Registry
from services.kit import runtime
from services.kit.db import engine
from services.kit.errors import Usage
from services.kit.settings import FILE, load
from services.reporting.evaluate.explanations import Checked, check_all, check_answer
from services.reporting.evaluate.settings import PREFIX, VerifySettings
from services.reporting.evaluate.verify import as_json, verify
from services.reporting.store.programmes import read_programmes
from services.reporting.store.snapshots import Connection, snapshot_of

DIFFERENT = 1


@click.command("verify")
@click.option("--generation", type=click.IntRange(min=1), help="Thế hệ nào. / Which one; else the one that is served.")
@click.option("--json", "plain", is_flag=True, help="In JSON. / Print JSON.")
@click.option(
    "--explain",
    "answer",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Kiểm tra một giải thích đã lưu. / Check one saved explanation instead.",
)
@click.option("--explanations", "every", is_flag=True, help="Giải thích lại mọi ô. / Explain every cell again instead.")
def command(generation: int | None, plain: bool, answer: Path | None, every: bool) -> None:
    """Tính lại mọi tình trạng và so sánh. / Computes every status again and compares it with what is stored."""
    if answer is not None and every:
        raise click.UsageError("--explain | --explanations")
    look: Look = partial(_saved, answer) if answer is not None else _explanations if every else _statuses
    sys.exit(runtime.run(partial(_verify, generation, plain, look)))


class Found(NamedTuple):
    """Of one programme: how many were compared, how many wait and claim nothing, and what differs, as JSON."""

    compared: int
    waiting: int
    differences: list[dict[str, Any]]


Look = Callable[[Connection, Registry], dict[str, Found]]


def _verify(generation: int | None, plain: bool, look: Look, _stop: Flag) -> int:
    names = (f"{PREFIX}_DATABASE_URL", "DATABASE_URL")
    ours = {name: value for name, value in os.environ.items() if name.removesuffix(FILE) in names}
    database = engine(load(PREFIX, VerifySettings, ours).database_url, pool_size=1, application_name="reporting verify")
    with snapshot_of(database, generation, scratch=True) as connection:
        found = look(connection, read_programmes(connection).registry)
    database.dispose()
    _tell(found, plain)
    return DIFFERENT if any(one.differences for one in found.values()) else runtime.OK


def _active(registry: Registry) -> Iterator[Programme]:
    for programme_id in registry.ids():
        programme = registry.active(programme_id)
        if programme is not None:
            yield programme


def _statuses(connection: Connection, registry: Registry) -> dict[str, Found]:
    verified = {programme.id: verify(connection, programme) for programme in _active(registry)}
    return {name: Found(one.compared, one.waiting, as_json(one.differences)) for name, one in verified.items()}


def _explanations(connection: Connection, registry: Registry) -> dict[str, Found]:
    return {programme.id: _checked(check_all(connection, programme)) for programme in _active(registry)}


def _saved(answer: Path, connection: Connection, registry: Registry) -> dict[str, Found]:
    try:
        said = msgspec.json.decode(answer.read_bytes(), type=Explanation)
    except msgspec.MsgspecError as error:
        raise Usage(f"{answer}: {error}") from None
    return {said.programme: _checked(check_answer(connection, registry, said))}


def _checked(found: Checked) -> Found:
    rows = [
        {**one.cell._asdict(), "path": one.path, "stored": one.said, "computed": one.computed}
        for one in found.discrepancies
    ]
    return Found(found.compared, found.waiting, rows)


def _tell(found: dict[str, Found], plain: bool) -> None:
    if plain:
        click.echo(json.dumps({name: one._asdict() for name, one in found.items()}, ensure_ascii=False))
        return
    for programme, one in found.items():
        click.echo(
            f"{programme}: đã so {one.compared} ô, {one.waiting} ô đang chờ tính, "
            f"{len(one.differences)} khác / {one.compared} cells compared, {one.waiting} waiting, "
            f"{len(one.differences)} different"
        )
        for row in one.differences:
            place = " ".join(str(row[name]) for name in ("unit", "indicator", "period", "path") if name in row)
            click.echo(f"  {place}: {row['stored']} != {row['computed']}")
