"""Reporting's processes and commands: `python -m services.reporting --help`. Each has a module."""

from importlib import import_module
from importlib.util import find_spec

import click

COMMANDS = {
    "intake": "services.reporting.intake.run",
    "ingest": "services.reporting.ingest.run",
    "evaluate": "services.reporting.evaluate.run",
    "serve": "services.reporting.serve.run",
    "resume": "services.reporting.ingest.resume",
    "redrive": "services.reporting.ingest.redrive",
    "books": "services.reporting.serve.booking",
    "letters": "services.reporting.ingest.listing",
    "discard": "services.reporting.ingest.discard",
    "generation": "services.reporting.rebuild.command",
    "recount": "services.reporting.ingest.recount",
    "verify": "services.reporting.evaluate.verifying",
}


class Processes(click.Group):
    """Imports a process when it is asked for: serving must not wait for a Kafka client, nor ingest for Flask."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return [name for name, module in COMMANDS.items() if find_spec(module)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        command: click.Command = import_module(COMMANDS[cmd_name]).command
        return command


main = Processes(help="Báo cáo: từ tin đến tình trạng. / Reporting: from events to statuses.")

if __name__ == "__main__":
    main(prog_name="python -m services.reporting")
