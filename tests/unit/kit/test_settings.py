"""Settings come from the environment, whole and checked, or not at all."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pytest

from services.kit.errors import Misconfigured
from services.kit.settings import load, masked, setting


@dataclass(frozen=True)
class Example:
    kafka_bootstrap_servers: str
    port: int = setting(8080, at_least=1, at_most=65_535)
    share: float = 0.5
    sandbox: bool = False
    folder: Path = Path("var")
    units: tuple[str, ...] = ()
    mode: Literal["active", "standby"] = "active"
    log_cluster_id: str | None = None
    log_topic_ids: dict[str, str] | None = None
    database_url: str = setting("postgresql://me:secret@localhost/db")
    token: str = setting("t", secret=True)
    extras: tuple[str, ...] = field(default_factory=tuple)


KAFKA = {"KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1"}


def faults(**environ: str) -> list[str]:
    with pytest.raises(Misconfigured) as caught:
        load("EX", Example, {**KAFKA, **environ})
    return caught.value.faults


def test_every_kind_of_value_is_read() -> None:
    found = load(
        "EX",
        Example,
        {
            **KAFKA,
            "EX_PORT": "9",
            "EX_SHARE": "0.25",
            "EX_SANDBOX": "True",
            "EX_FOLDER": "/tmp/x",
            "EX_UNITS": "18115, 18118,",
            "EX_MODE": "standby",
            "LOG_CLUSTER_ID": "abc",
            "LOG_TOPIC_IDS": '{"a.v1": "1"}',
            "OTHER_PORT": "not ours",
        },
    )
    assert found == Example(
        "127.0.0.1:1", 9, 0.25, True, Path("/tmp/x"), ("18115", "18118"), "standby", "abc", {"a.v1": "1"}
    )


def test_a_services_own_name_wins_over_the_shared_one() -> None:
    assert load("EX", Example, {**KAFKA, "EX_KAFKA_BOOTSTRAP_SERVERS": "own:1"}).kafka_bootstrap_servers == "own:1"


def test_an_optional_setting_may_be_given_as_nothing() -> None:
    assert load("EX", Example, {**KAFKA, "EX_LOG_CLUSTER_ID": ""}).log_cluster_id is None


def test_every_fault_is_told_at_once() -> None:
    with pytest.raises(Misconfigured) as caught:
        load(
            "EX",
            Example,
            {"EX_PROT": "1", "EX_PORT": "many", "EX_SANDBOX": "maybe", "EX_MODE": "x", "EX_LOG_TOPIC_IDS": "[1]"},
        )
    assert [fault.split(":")[0] for fault in caught.value.faults] == [
        "EX_PROT",
        "EX_KAFKA_BOOTSTRAP_SERVERS",
        "EX_PORT",
        "EX_SANDBOX",
        "EX_MODE",
        "EX_LOG_TOPIC_IDS",
    ]


@pytest.mark.parametrize(("port", "words"), [("0", "at least 1"), ("70000", "at most 65535")])
def test_bounds_hold(port: str, words: str) -> None:
    assert words in faults(EX_PORT=port)[0]


def test_an_empty_text_is_no_value() -> None:
    assert faults(EX_DATABASE_URL="") == ["EX_DATABASE_URL: is empty"]


def test_what_is_shown_holds_no_secret() -> None:
    shown = masked(load("EX", Example, {**KAFKA, "EX_TOKEN": "hush"}))
    assert shown["token"] == "***"
    assert shown["database_url"] == "postgresql://me:***@localhost/db"
    assert "hush" not in str(shown)
    assert "secret" not in str(shown)
    assert shown["kafka_bootstrap_servers"] == "127.0.0.1:1"


def test_a_value_may_stand_in_a_file_whose_last_line_ends(tmp_path: Path) -> None:
    (tmp_path / "url").write_text("postgresql://me:hush@db/x\n")
    (tmp_path / "ids").write_text('{"a.v1": "1"}\n')
    found = load(
        "EX",
        Example,
        {**KAFKA, "EX_DATABASE_URL_FILE": str(tmp_path / "url"), "LOG_TOPIC_IDS_FILE": str(tmp_path / "ids")},
    )
    assert (found.database_url, found.log_topic_ids) == ("postgresql://me:hush@db/x", {"a.v1": "1"})


def test_a_services_own_file_wins_over_a_shared_value(tmp_path: Path) -> None:
    (tmp_path / "servers").write_text("own:1")
    found = load("EX", Example, {**KAFKA, "EX_KAFKA_BOOTSTRAP_SERVERS_FILE": str(tmp_path / "servers")})
    assert found.kafka_bootstrap_servers == "own:1"


def test_a_value_given_twice_or_in_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    missing = str(tmp_path / "missing")
    told = faults(EX_PORT_FILE=missing, EX_TOKEN="t", EX_TOKEN_FILE=missing, EX_PROT_FILE=missing)
    assert told == [
        "EX_PROT_FILE: no such setting",
        f"EX_PORT: {missing} cannot be read (FileNotFoundError)",
        "EX_TOKEN: is given twice: EX_TOKEN_FILE is set too",
    ]
