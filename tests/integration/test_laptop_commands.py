"""python -m deploy.laptop, as a person calls it."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import psycopg
import pytest

from deploy.laptop import guard, places
from tests.support.ports import is_open

_ADDRESSES = ("KAFKA_BOOTSTRAP_SERVERS", "DATABASE_URL")


@pytest.fixture
def var(run_folder: Path) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(dir=run_folder))
    folder.chmod(0o711)
    yield folder
    guard.clear(folder)


def _call(var: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    inherited = {name: value for name, value in os.environ.items() if name not in _ADDRESSES}
    return subprocess.run(
        [sys.executable, "-m", "deploy.laptop", *arguments],
        cwd=places.ROOT,
        env={**inherited, "LAPTOP_VAR_DIR": str(var), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def _named(text: str) -> Mapping[str, str]:
    return dict(line.split("=", 1) for line in text.splitlines())


def test_what_is_started_serves_is_told_and_is_stopped(var: Path) -> None:
    assert _call(var, "database", "start", "--port", "0").returncode == 0
    assert _call(var, "broker", "start", "--port", "0").returncode == 0

    told = _call(var, "status", "--json")
    states = json.loads(told.stdout)
    assert told.returncode == 0
    assert {name: facts["state"] for name, facts in states.items()} == {"broker": "running", "database": "running"}

    addresses = _named(_call(var, "env").stdout)
    assert addresses == _named((var / "laptop.env").read_text())
    psycopg.connect(addresses["DATABASE_URL"]).close()
    port = int(addresses["KAFKA_BOOTSTRAP_SERVERS"].rpartition(":")[2])
    assert is_open(port)

    assert _call(var, "stop").returncode == 0
    assert not is_open(port)
    assert _call(var, "status").returncode == 3
    assert _call(var, "env").stdout == ""


def test_a_second_start_finds_the_same_database(var: Path) -> None:
    _call(var, "database", "start", "--port", "0")
    first = _call(var, "env").stdout
    _call(var, "database", "stop")
    _call(var, "database", "start")
    assert first
    assert _call(var, "env").stdout == first


def test_the_password_is_told_by_env_alone(var: Path) -> None:
    said = _call(var, "database", "start", "--port", "0").stdout + _call(var, "status", "--json").stdout
    password = json.loads((var / "database" / "database.json").read_text())["password"]
    assert password not in said
    assert password in _call(var, "env").stdout


def test_addresses_in_the_environment_win_and_nothing_is_started(var: Path) -> None:
    elsewhere = {"KAFKA_BOOTSTRAP_SERVERS": "192.0.2.1:9092", "DATABASE_URL": "postgresql://a:b@192.0.2.1/c"}
    assert "192.0.2.1:9092" in _call(var, "broker", "start", **elsewhere).stdout
    assert _call(var, "database", "start", **elsewhere).returncode == 0
    assert _named(_call(var, "env", **elsewhere).stdout) == elsewhere
    assert not (var / "broker").exists()
    assert not (var / "database").exists()


def test_wipe_removes_every_row_and_a_refusal_keeps_them(var: Path) -> None:
    _call(var, "database", "start", "--port", "0")
    assert _call(var, "wipe").returncode == 1
    assert json.loads(_call(var, "status", "--json").stdout)["database"]["state"] == "running"
    assert _call(var, "wipe", "--yes").returncode == 0
    assert not (var / "database").exists()


def test_a_cluster_of_one_node_does_not_pass_for_three(var: Path) -> None:
    (var / "broker").mkdir()
    record = {"cluster_id": "x", "memory": "small", "ports": [20001, 20002]}
    (var / "broker" / "cluster.json").write_text(json.dumps(record))
    refused = _call(var, "broker", "start", "--nodes", "3")
    assert refused.returncode == 1
    assert "holds a cluster of 1 node(s), not 3" in refused.stderr


def test_wrong_usage_is_exit_code_2_and_help_names_the_commands(var: Path) -> None:
    assert _call(var, "broker", "start", "--nodes", "2").returncode == 2
    for name in ("broker", "database", "status", "env", "stop", "wipe"):
        assert name in _call(var, "--help").stdout
