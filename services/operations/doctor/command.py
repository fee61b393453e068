"""`doctor`: what is looked at, with what, and in which order."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import click

from services.kit.clock import Clock, SystemClock
from services.kit.errors import Misconfigured
from services.notify.store.migrate import NOTIFY, SECRETS
from services.operations.doctor import (
    clocks,
    configuration,
    identities,
    keys,
    migrations,
    programmes,
    topics,
)
from services.operations.doctor.findings import Seen, Step, examine
from services.operations.doctor.installation import Installation
from services.operations.doctor.telling import CHECKS, as_json, as_text, exit_code
from services.operations.token import LAPTOP_KEYS
from services.reporting.store import checkup
from services.reporting.store.migrate import migrated

DATABASE: Final = frozenset({"database"})
LOG: Final = frozenset({"log"})
VAULT: Final = frozenset({"notify database"})
OURS: Final = LOG | {"our log"}
FACTS: Final = DATABASE | {"facts"}


@click.command("doctor")
@click.option("--json", "json_", is_flag=True, help="In JSON. / Print JSON.")
@click.option("--keys", "keys_dir", type=click.Path(file_okay=False, path_type=Path), default=LAPTOP_KEYS)
@click.pass_context
def command(ctx: click.Context, *, json_: bool, keys_dir: Path) -> None:
    """Khám hệ thống: điều gì sai và phải làm gì. / Say what is wrong with the installation, and what to do.

    Mã thoát / exit code: 0 ổn / fine, 1 có phát hiện / findings, 75 không gặp được / something was not reached.
    """
    seen = look(os.environ, keys_dir, SystemClock())
    click.echo(as_json(seen) if json_ else as_text(seen))
    ctx.exit(exit_code(seen))


def look(environ: Mapping[str, str], keys_dir: Path, clock: Clock) -> list[Seen]:
    """Every check that can be made."""
    steps = _here(environ, keys_dir)
    try:
        installation = Installation.named(environ, clock)
    except Misconfigured:  # the check of the settings says why
        return [
            *examine(steps, DATABASE | LOG | VAULT),
            *(Seen(check, "waits") for check in CHECKS if check != "settings"),
        ]
    try:
        return examine([*steps, *_there(installation, keys_dir)], DATABASE | LOG | VAULT)
    finally:
        installation.close()


def _here(environ: Mapping[str, str], keys_dir: Path) -> list[Step]:
    issued_here = not configuration.elsewhere(environ)
    return [
        Step("settings", lambda: configuration.findings(environ)),
        Step("keys", lambda: keys.of_installation(keys_dir, issued_here=issued_here)),
    ]


def _there(at: Installation, keys_dir: Path) -> list[Step]:
    """The log and the database, each by itself; then what was read against what is there."""
    return [
        Step("topics", lambda: topics.findings(at.admin), LOG),
        Step("identities", lambda: identities.of_settings(at.admin, at.settings.known()), LOG, "our log"),
        Step("migrations", lambda: migrations.of_tables(at.asked(migrated)), DATABASE, "tables"),
        Step("migrations", lambda: migrations.of_generation(at.asked(checkup.served)), DATABASE | {"tables"}, "facts"),
        Step("clocks", lambda: clocks.of_database(at.clock, lambda: at.asked(checkup.clock)), DATABASE),
        Step("clocks", lambda: clocks.of_log(at.clock, at.newest(), at.told.sandboxes()), OURS),
        Step("identities", lambda: identities.of_positions(at.admin, at.asked_of_facts(checkup.origins)), LOG | FACTS),
        Step("programmes", lambda: programmes.of_log(at.told), OURS),
        Step("programmes", lambda: programmes.of_database(at.told, at.asked_of_facts(checkup.versions)), OURS | FACTS),
        Step("migrations", lambda: migrations.of_tables(at.asked_of_notify(NOTIFY.migrated)), VAULT),
        Step("migrations", lambda: migrations.of_tables(at.asked_of_secrets(SECRETS.migrated)), VAULT),
        Step("keys", lambda: keys.of_programmes(keys_dir, [one.id for one in at.told.active()]), OURS),
    ]
