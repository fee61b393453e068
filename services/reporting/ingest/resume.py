"""`resume`: lifts the halt that too many rejects have caused."""

from datetime import UTC, datetime

import click

from services.kit.db import Connection
from services.reporting.ingest.commands import in_transaction
from services.reporting.store.rejects import lift_halts


@click.command("resume", help="Cho đọc tiếp sau khi dừng vì quá nhiều tin hỏng. / Go on after a halt.")
def command() -> None:
    in_transaction(_resume)


def _resume(connection: Connection) -> None:
    lifted = lift_halts(connection, datetime.now(UTC))
    for halt in lifted:
        click.echo(f"{halt.since:%Y-%m-%d %H:%M} {halt.topic} {halt.source} {halt.reason}: {halt.rejects}")
    if not lifted:
        click.echo("Không có lệnh dừng nào. / Nothing was halted.")
