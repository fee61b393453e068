"""What doctor knows of the processes is what the processes ask for."""

import ast
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from deploy.laptop import places
from services.kit.errors import Misconfigured
from services.operations.processes import PROCESSES
from services.operations.settings import of_log

LOADING = {"load", "serving", "checking"}


def asked() -> Iterator[tuple[str, type[Any]]]:
    """Every (prefix, settings) that some process loads, wherever in the code that stands."""
    for path in sorted((places.ROOT / "services").rglob("*.py")):
        calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
        for call in calls:
            if isinstance(call.func, ast.Name) and call.func.id in LOADING:
                yield from _named(path, call.args)


def _named(path: Path, arguments: list[ast.expr]) -> Iterator[tuple[str, type[Any]]]:
    """Of an argument that is a settings class, and the one before it, its prefix."""
    module = import_module(".".join(path.relative_to(places.ROOT).with_suffix("").parts))
    values = [
        one.value if isinstance(one, ast.Constant) else getattr(module, getattr(one, "id", ""), None)
        for one in arguments
    ]
    for prefix, kind in pairwise(values):
        if isinstance(prefix, str) and isinstance(kind, type) and is_dataclass(kind):
            yield prefix, kind


def test_every_process_is_known_with_every_setting_that_it_asks_for() -> None:
    found = list(asked())
    assert {prefix for prefix, _ in found} == set(PROCESSES)
    for prefix, kind in found:
        assert {one.name for one in fields(kind)} <= {one.name for one in fields(PROCESSES[prefix])}, kind


@pytest.mark.parametrize("name", ["OPERATIONS_DATABASE_URL", "OPERATIONS_DATABASE_URL_FILE"])
def test_a_command_without_a_database_does_not_mind_that_others_are_told_of_one(name: str) -> None:
    given = {name: "postgresql://x@127.0.0.1/y", "OPERATIONS_KAFKA_BOOTSTRAP_SERVERS": "kafka:9092"}
    assert of_log(given).kafka_bootstrap_servers == "kafka:9092"
    with pytest.raises(Misconfigured, match="OPERATIONS_KAFKA: no such setting"):
        of_log({**given, "OPERATIONS_KAFKA": "x"})
