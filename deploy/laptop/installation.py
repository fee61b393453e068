"""What stands before the first process starts: tables, topics, keys and a programme."""

import csv
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from deploy.laptop import places
from deploy.laptop.faults import LaptopFault

PROGRAMME = places.ROOT / "programmes" / "hong-linh-2024"
_KEYS_FROM = "2018-01-01"
_OURS = ("PLEDGE_", "REPORTING_", "NOTIFY_", "SIMULATOR_", "LOG_")


def install(folder: Path, addresses: Mapping[str, str], *, sandbox: bool = True) -> dict[str, str]:
    """Make ready a broker and a database that are empty, and the programme (for play, or in earnest); keys in
    `folder`/keys.

    Returns the environment of every process. Raises LaptopFault with what a command said.
    """
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
    environment = {**inherited, **addresses, "PYTHONPATH": str(places.ROOT)}
    ids = folder / "log-ids.env"
    for words in _commands(folder / "keys", ids, sandbox):
        operate(words, environment)
    return environment | _read(ids)


def operate(words: Sequence[str], environment: Mapping[str, str]) -> str:
    """What one of the operators' commands prints."""
    command = [sys.executable, "-m", "services.operations", *words]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise LaptopFault(f"{' '.join(words[:2])}: exit {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def _commands(keys: Path, ids: Path, sandbox: bool) -> Iterator[list[str]]:
    yield ["migrate"]
    yield ["topics", "apply", "--env-file", str(ids)]
    yield ["keys", "init", str(keys), "--programme", PROGRAMME.name]
    yield ["programme", "apply", str(PROGRAMME), "--yes", *(["--sandbox"] if sandbox else [])]
    police = _police()
    files = {agency: keys / "tips" / f"{agency}.key" for agency in police}
    yield ["tips", "new-key", *map(str, files.values())]
    yield [
        "tips",
        "register",
        PROGRAMME.name,
        "--from",
        _KEYS_FROM,
        *(f"{one}={path}.pub" for one, path in files.items()),
    ]


def _police() -> list[str]:
    """Who opens tips: on a laptop one person plays them all."""
    with (PROGRAMME / "agencies.csv").open(encoding="utf-8") as file:
        return [row["id"] for row in csv.DictReader(file) if row["kind"] == "police"]


def _read(ids: Path) -> dict[str, str]:
    """The cluster's and the topics' ids that `topics apply` has written."""
    pairs = (line.split("=", 1) for line in ids.read_text().splitlines() if "=" in line)
    return {name: value.strip("'") for name, value in pairs}
