"""docker-compose.yml: the processes start with their settings, nobody has more rights than needed, few are reached."""

import importlib
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import click
import pytest

from services.kit.settings import FILE, load
from services.operations.processes import PROCESSES
from services.operations.settings import of_log
from tests.support.deployment import COMPOSE, OURS, PROMETHEUS, read, services

SERVICES: Final = services()
ONE_SHOT: Final = ("migrate", "topics", "keys", "operations")
PREFIXES: Final[Mapping[str, str]] = {
    "pledge": "PLEDGE",
    "reporting-intake": "REPORTING_INTAKE",
    "notify": "NOTIFY_INTAKE",
    "notify-dispatch": "NOTIFY_DISPATCH",
    "reporting-ingest": "REPORTING_INGEST",
    "reporting-evaluate": "REPORTING_EVALUATE",
    "reporting-serve": "REPORTING_SERVE",
    "migrate": "OPERATIONS",
    "topics": "OPERATIONS",
    "operations": "OPERATIONS",
}
CONTENTS: Final = {
    "DATABASE_URL": "postgresql://binhyen:x@postgres/reporting",
    "NOTIFY_DATABASE_URL": "postgresql://binhyen:x@postgres/notify",
    "NOTIFY_SECRETS_DATABASE_URL": "postgresql://binhyen:x@tip-secrets/tip_secrets",
    "NOTIFY_DISPATCH_SMTP_PASSWORD": "",
    "NOTIFY_DISPATCH_SMS_TOKEN": "",
    "LOG_CLUSTER_ID": "B",
    "LOG_TOPIC_IDS": json.dumps({"pledge.v1": "1"}),
}


def handed(service: str, folder: Path) -> dict[str, str]:
    """The environment of a service, with files of a known content."""
    found = {}
    for name, value in SERVICES[service].get("environment", {}).items():
        found[name] = re.sub(r"^\$\{\w+:-(.*)\}$", r"\1", str(value))
        if name.endswith(FILE):
            path = folder / name
            path.write_text(CONTENTS[name.removesuffix(FILE)])
            found[name] = str(path)
    return found


def mounts(service: str) -> dict[str, dict[str, Any]]:
    """{target: the mount} of a service's volumes."""
    return {mount["target"]: mount for mount in map(_mount, SERVICES[service].get("volumes", []))}


def _mount(volume: str | dict[str, Any]) -> dict[str, Any]:
    if not isinstance(volume, str):
        return volume
    source, target, *mode = volume.split(":")
    return {"source": source, "target": target, "read_only": mode == ["ro"]}


def members(network: str) -> set[str]:
    return {name for name, service in SERVICES.items() if network in service.get("networks", [])}


@pytest.mark.parametrize("service", PREFIXES)
def test_the_settings_of_a_process_are_whole(service: str, tmp_path: Path) -> None:
    given, prefix = handed(service, tmp_path), PREFIXES[service]
    settings: Any = of_log(given) if service == "topics" else load(prefix, PROCESSES[prefix], given)
    assert getattr(settings, "bind", "0.0.0.0:8080") == "0.0.0.0:8080"
    for name in ("jwks", "receipt_keys_dir", "signer_keys_dir", "notice_key"):
        if hasattr(settings, name):
            assert mounts(service)[str(getattr(settings, name))]["read_only"] is True


@pytest.mark.parametrize("service", [*OURS, *ONE_SHOT])
def test_the_command_of_a_process_exists(service: str) -> None:
    module, *words = SERVICES[service]["command"]
    command: click.Command = importlib.import_module(f"{module}.__main__").main
    for word in words:
        if not isinstance(command, click.Group) or word.startswith("-"):
            break
        found = command.get_command(click.Context(command), word)
        assert found is not None, f"{module} has no {word}"
        command = found


@pytest.mark.parametrize("service", SERVICES)
def test_nobody_has_more_rights_than_needed(service: str) -> None:
    found = SERVICES[service]
    assert found["read_only"] is True
    assert found["cap_drop"] == ["ALL"]
    assert found["security_opt"] == ["no-new-privileges:true"]
    assert "privileged" not in found
    assert "cap_add" not in found
    assert set(found["deploy"]["resources"]["limits"]) == {"cpus", "memory", "pids"}
    assert found["restart"] == ("no" if service in ONE_SHOT else "unless-stopped")
    assert "container_name" not in found
    assert not found["image"].endswith(":latest")


@pytest.mark.parametrize("service", SERVICES)
def test_nothing_is_reached_from_outside_this_machine(service: str) -> None:
    assert all(str(port).startswith("127.0.0.1:") for port in SERVICES[service].get("ports", []))


def test_only_those_speak_that_must() -> None:
    doors = {"pledge", "reporting-intake", "notify"}
    workers = {"reporting-ingest", "reporting-evaluate", "notify-dispatch"}
    assert members("log") == {"kafka", "topics", "operations"} | doors | workers
    assert members("data") == {"postgres", "migrate", "operations", "reporting-serve", "notify"} | workers
    assert members("secrets") == {"tip-secrets", "migrate", "operations", "notify"}
    assert members("edge") == doors | {"reporting-serve", "notify-dispatch"}
    assert members("outward") == {"notify-dispatch"}
    assert members("metrics") == {"prometheus", *OURS}
    assert members("watch") == {"prometheus", "alertmanager", "grafana"}
    assert SERVICES["keys"]["network_mode"] == "none"
    networks = read(COMPOSE)["networks"]
    assert {name for name, network in networks.items() if network.get("internal")} == {
        "log",
        "data",
        "secrets",
        "metrics",
    }


def test_a_private_key_is_seen_by_those_who_use_it() -> None:
    whole = {name for name in SERVICES for mount in mounts(name).values() if mount["source"] == "keys"} - {
        name
        for name in SERVICES
        if all(mount.get("volume") for mount in mounts(name).values() if mount["source"] == "keys")
    }
    assert whole == {"keys", "operations"}
    assert {name for name in OURS if "/keys/signers" in mounts(name)} == {"pledge"}


def test_no_secret_stands_in_the_environment() -> None:
    declared = set(read(COMPOSE)["secrets"])
    for name, service in SERVICES.items():
        assert set(service.get("secrets", [])) <= declared
        for variable, value in service.get("environment", {}).items():
            assert "://" not in str(value) or variable.startswith("KAFKA_"), f"{name}: {variable}"
            if "PASSWORD" in variable or "DATABASE" in variable:
                assert str(value).removeprefix("/run/secrets/") in service["secrets"], f"{name}: {variable}"


def test_a_process_waits_for_what_it_needs() -> None:
    for name in OURS:
        needs = {one: how["condition"] for one, how in SERVICES[name]["depends_on"].items()}
        assert set(needs.values()) == {"service_completed_successfully"}
        assert ("topics" in needs) is (name in members("log"))
        assert ("migrate" in needs) is (name in members("data"))
        assert ("keys" in needs) is any(target.startswith("/keys") for target in mounts(name))
    assert SERVICES["topics"]["depends_on"] == {"kafka": {"condition": "service_healthy"}}
    healthy = {"condition": "service_healthy"}
    assert SERVICES["migrate"]["depends_on"] == {"postgres": healthy, "tip-secrets": healthy}
    assert all("healthcheck" in service for service in SERVICES.values())


def test_every_process_is_watched() -> None:
    assert {job["job_name"] for job in read(PROMETHEUS / "prometheus.yml")["scrape_configs"]} == set(OURS)
