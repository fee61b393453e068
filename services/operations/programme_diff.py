"""`programme diff`: what a folder would change, in definitions and in statuses, before it is applied."""

import json
import os
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from services.contracts.programme import Programme, ProgrammeFaults
from services.contracts.programme.changes import Change, changes
from services.kit.db import Connection, engine
from services.kit.settings import load
from services.operations.activation import NotApplied, wanted
from services.operations.programme import Folder, read_files
from services.operations.programme_changes import change_json, change_text
from services.operations.settings import PREFIX, FactsSettings
from services.reporting.rebuild.telling import WHY_WORDS, side_json, side_text
from services.reporting.rebuild.trial import Tried, trial
from services.reporting.store.now import programme_now
from services.reporting.store.programmes import read_programmes
from services.reporting.store.snapshots import snapshot_of

LONG_STATEMENT_MS = 600_000


@click.command("diff")
@click.argument("directory", type=Folder)
@click.option("--sandbox", is_flag=True, help="Chương trình thử nghiệm. / Of a sandbox.")
@click.option("--id", "programme_id", help="Mã của chương trình thử nghiệm. / The sandbox's id.")
@click.option("--json", "plain", is_flag=True, help="In JSON. / Print JSON.")
@click.pass_context
def command(ctx: click.Context, directory: Path, sandbox: bool, programme_id: str | None, plain: bool) -> None:
    """Những gì DIRECTORY sẽ thay đổi; mã thoát 1 nếu có. / What DIRECTORY would change; exit code 1 if anything."""
    try:
        ours = wanted(read_files(directory), programme_id, sandbox=sandbox).programme
    except NotApplied as refused:
        raise click.ClickException(str(refused)) from None
    except ProgrammeFaults as faults:
        text = f"{len(faults.faults)} lỗi; xem `programme check`. / faults; see `programme check`."
        raise click.ClickException(text) from None
    ctx.exit(_diff(ours, load(PREFIX, FactsSettings, os.environ), plain=plain))


def _diff(ours: Programme, settings: FactsSettings, *, plain: bool) -> int:
    database = engine(
        settings.database_url,
        pool_size=1,
        application_name="programme diff",
        statement_timeout_ms=LONG_STATEMENT_MS,
    )
    try:
        with snapshot_of(database) as connection:
            return _tell(connection, ours, plain=plain)
    finally:
        database.dispose()


def _tell(connection: Connection, ours: Programme, *, plain: bool) -> int:
    """Line by line, as it is found."""
    active = read_programmes(connection).registry.active(ours.id)
    if active is None:
        raise click.ClickException(f"{ours.id}: chưa có phiên bản nào. / No version of it is known yet.")
    found = changes(active, ours)
    for change in found:
        _say(plain, {"kind": "change", **change_json(change)}, change_text(change))
    now = programme_now(connection, ours.id)
    cells: Counter[str] = Counter()
    redefined = {change.key for change in found if change.redefines}
    for tried in trial(connection, active, ours, now) if now is not None and found else ():
        _say(plain, _tried_json(tried, redefined), _tried_text(tried, redefined))
        cells[tried.cell.indicator] += 1
    total = {
        "kind": "total",
        "programme": ours.id,
        "active": active.version,
        "now": None if now is None else now.isoformat(),
        "changes": len(found),
        "redefined": sorted(redefined),
        "cells": cells.total(),
        "cells_of": dict(sorted(cells.items())),
    }
    _say(plain, total, _total_text(ours, active, found, cells, redefined))
    return 1 if found else 0


def _say(plain: bool, said: Mapping[str, Any], line: str) -> None:
    click.echo(json.dumps(said, ensure_ascii=False) if plain else line)


def _tried_json(tried: Tried, redefined: set[str]) -> dict[str, Any]:
    return {
        "kind": "cell",
        **tried.cell._asdict(),
        "before": side_json(tried.before),
        "after": side_json(tried.after),
        "why": "definition" if tried.cell.indicator in redefined else "programme",
    }


def _tried_text(tried: Tried, redefined: set[str]) -> str:
    why = WHY_WORDS["definition" if tried.cell.indicator in redefined else "programme"]
    return f"{'/'.join(tried.cell)}: {side_text(tried.before)} → {side_text(tried.after)}: {why.vi} / {why.en}"


def _total_text(
    ours: Programme, active: Programme, found: list[Change], cells: Counter[str], redefined: set[str]
) -> str:
    named = f" ({', '.join(sorted(redefined))})" if redefined else ""
    return (
        f"{ours.id}: so với phiên bản {active.version} đang dùng có {len(found)} thay đổi, {len(redefined)} định nghĩa "
        f"chỉ tiêu{named}, {cells.total()} ô sẽ khác / {len(found)} changes to the active version {active.version}, "
        f"{len(redefined)} definitions of indicators{named}, {cells.total()} cells would say something else"
    )
