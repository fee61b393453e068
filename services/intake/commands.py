"""The commands of a process that is a door: serve it, or show its settings."""

import json
import os
import sys
from collections.abc import Callable
from typing import Any, TypeVar

import click

from services.intake.settings import IntakeSettings
from services.kit import logs
from services.kit.runtime import run
from services.kit.settings import load, masked

S = TypeVar("S", bound=IntakeSettings)


def serving(service: str, prefix: str, kind: type[S], serve: Callable[[S], int]) -> Callable[[], None]:
    """What a command does that serves until SIGTERM; ends with the exit codes of `kit.runtime`."""

    def work() -> None:
        logs.configure(service)
        sys.exit(run(lambda _: serve(load(prefix, kind, os.environ))))

    return work


def checking(prefix: str, kind: type[Any]) -> Callable[[], None]:
    """What a command does that prints the effective settings, secrets masked; exit code 0 or 78."""

    def show() -> None:
        settings = load(prefix, kind, os.environ)
        click.echo(json.dumps(masked(settings), default=str, indent=2))

    return lambda: sys.exit(run(lambda _: show()))
