"""The operators' commands: `python -m services.operations --help`. Each one is `command` in a module of its own."""

import click

from services.kit.errors import Misconfigured, Unavailable
from services.kit.lazy import LazyGroup
from services.kit.runtime import MISCONFIGURED, TEMPORARY

COMMANDS = ("docs", "doctor", "keys", "migrate", "programme", "tips", "token", "topics")


class Unreached(click.ClickException):
    exit_code = TEMPORARY


class Untold(click.ClickException):
    exit_code = MISCONFIGURED


class Operators(LazyGroup):
    """Says in one line, and by the exit codes of every process, what a command could not reach or was not told."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except Unavailable as error:
            raise Unreached(str(error)) from None
        except Misconfigured as error:
            raise Untold("\n".join(error.faults)) from None


main = Operators(
    name="services.operations",
    help="One-shot commands of operators.",
    modules={name: f"services.operations.{name}" for name in COMMANDS},
)

if __name__ == "__main__":
    main(prog_name="python -m services.operations")
