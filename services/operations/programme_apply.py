"""`programme apply`: put a programme folder on programme.v1, from where every process learns it."""

import os
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import click

from services.contracts import metrics as cards
from services.contracts.events import Event
from services.contracts.programme import Programme, ProgrammeFaults, parse
from services.contracts.programme.changes import changes
from services.contracts.programme.registry import Registry
from services.contracts.topics import PROGRAMME
from services.intake.door import record_of
from services.kit.clock import SystemClock
from services.kit.errors import Unavailable
from services.kit.eventlog.follow import Follower
from services.kit.eventlog.kafka import KafkaAppender, LogSettings
from services.kit.metrics import Metrics
from services.operations.activation import NotApplied, Wanted, activation, next_version, wanted
from services.operations.programme import Folder, faults_text, read_files
from services.operations.programme_changes import change_text
from services.operations.programme_log import PATIENCE_S, following
from services.operations.settings import of_log

_LOOK_EVERY_S: Final = 0.05


@click.command("apply")
@click.argument("directory", type=Folder)
@click.option("--sandbox", is_flag=True, help="Chương trình thử nghiệm. / As a sandbox: the caller's clock rules.")
@click.option("--id", "programme_id", help="Mã khác cho chương trình thử nghiệm. / Another id, for a sandbox.")
@click.option("--yes", is_flag=True, help="Không hỏi lại. / Do not ask.")
def command(directory: Path, sandbox: bool, programme_id: str | None, yes: bool) -> None:
    """Áp dụng DIRECTORY; in phiên bản. / Apply DIRECTORY; prints the version. Unchanged: nothing is written."""
    try:
        files = read_files(directory)
        ours = wanted(files, programme_id, sandbox=sandbox)
        settings = of_log(os.environ).log()
        with following(settings) as followed:
            parse(files, followed.state.active(ours.programme.id))
            _apply(ours, followed, settings, yes=yes)
    except NotApplied as refused:
        raise click.ClickException(str(refused)) from None
    except ProgrammeFaults as faults:
        text = f"xem / see `programme check --log`\n{faults_text(directory, faults.faults)}"
        raise click.ClickException(text) from None


def _apply(ours: Wanted, followed: Follower[Registry], settings: LogSettings, *, yes: bool) -> None:
    version = next_version(followed.state, ours)
    programme = ours.programme
    if version is None:
        active = followed.state.active(programme.id)
        click.echo(f"{programme.id}: phiên bản / version {active.version if active else 0}, không đổi / unchanged")
        return
    _show(followed.state.active(programme.id), programme)
    if not yes:
        click.confirm(f"{programme.id}: áp dụng phiên bản / apply version {version}?", abort=True)
    _append(activation(ours, version, datetime.now(UTC)), settings)
    _until(lambda: followed.state.get(programme.id, version) is not None, "programme.v1")
    _own(followed.state.get(programme.id, version), programme)
    click.echo(f"{programme.id}: phiên bản / version {version}, {'thử nghiệm / sandbox' * programme.sandbox}")


def _show(active: Programme | None, ours: Programme) -> None:
    """What is about to change, before anybody says yes."""
    for change in changes(active, ours) if active is not None else ():
        click.echo(f"  {change_text(change)}")


def _own(written: Programme | None, ours: Programme) -> None:
    if written is None or written.hash != ours.hash:
        raise NotApplied("Có người vừa áp dụng phiên bản khác. / Somebody else has just applied another version.")


def _append(events: list[Event], settings: LogSettings) -> None:
    appender = KafkaAppender(settings, [PROGRAMME], Metrics(cards.CATALOGUE), SystemClock())
    appender.start()
    try:
        _until(lambda: appender.ready().ok, "log")
        for event in events:
            appender.append([record_of(event)], PATIENCE_S)
    finally:
        appender.close(0)


def _until(holds: Callable[[], bool], dependency: str) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        if time.monotonic() > deadline:
            raise Unavailable(dependency)
        time.sleep(_LOOK_EVERY_S)
