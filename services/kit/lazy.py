"""Commands that are imported when they are asked for: checking a programme must not wait for Kafka or a database."""

from collections.abc import Mapping
from importlib import import_module
from importlib.util import find_spec

import click


class LazyGroup(click.Group):
    """A group whose further commands are the `command` of the modules named in `modules`."""

    def __init__(self, *, modules: Mapping[str, str], name: str | None = None, help: str | None = None) -> None:  # noqa: A002
        super().__init__(name=name, help=help)
        self._modules = {command: module for command, module in modules.items() if find_spec(module)}

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *self._modules})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self._modules:
            return super().get_command(ctx, cmd_name)
        command = import_module(self._modules[cmd_name]).command
        assert isinstance(command, click.Command)
        return command
