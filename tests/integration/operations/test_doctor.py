"""Doctor finds nothing in a healthy installation, and of each fault exactly its finding."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy import create_engine, text

from services.kit.eventlog.kafka import KafkaAdmin, LogSettings
from services.kit.keys import SigningKey, new_signing_key
from services.operations import keys
from tests.support.broker import Addressed
from tests.support.doors import LIVE
from tests.support.ports import free_port
from tests.support.standing import Ahead, Standing


def told(standing: Standing, *options: str) -> subprocess.CompletedProcess[str]:
    """By a process of its own, as an operator would ask."""
    words = [sys.executable, "-m", "services.operations", "doctor", "--keys", str(standing.keys_dir), *options]
    return subprocess.run(
        words, env={**os.environ, **standing.environment}, capture_output=True, text=True, check=False
    )


def execute(standing: Standing, statement: str) -> None:
    engine = create_engine(standing.environment["DATABASE_URL"])
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()


def test_a_healthy_installation_has_no_findings(standing: Standing) -> None:
    asked = told(standing, "--json")
    assert (asked.returncode, asked.stderr) == (0, "")
    answer = json.loads(asked.stdout)
    assert (answer["ok"], answer["unreached"]) == (True, [])
    assert [(one["check"], one["findings"], one["waits"]) for one in answer["checks"]] == [
        (check, [], False)
        for check in ("settings", "topics", "identities", "clocks", "keys", "programmes", "migrations")
    ]


def test_a_finding_is_told_with_what_to_do_in_both_languages(standing: Standing) -> None:
    asked = told(standing.with_environment(PLEDGE_THREADS="many"))
    assert asked.returncode == 1
    assert "[lỗi] Cài đặt PLEDGE_THREADS: phải là số nguyên\n      → Sửa" in asked.stdout
    assert "[fault] The setting PLEDGE_THREADS: must be a whole number\n      → Correct" in asked.stdout
    assert asked.stdout.count("ổn / fine") == 6


@pytest.mark.parametrize(
    ("name", "value", "found"),
    [
        ("REPORTING_INGEST_BATCH_MAX_RECORDS", "0", "REPORTING_INGEST_BATCH_MAX_RECORDS: must be at least 1"),
        ("PLEDGE_TREADS", "4", "PLEDGE_TREADS: no such setting"),
        ("REPORTING_INTAK_THREADS", "4", "REPORTING_INTAK_THREADS: no such setting"),
        ("REPORTING_SERVE_DATABASE_URL", "", "REPORTING_SERVE_DATABASE_URL: is empty"),
        ("REPORTING_EVALUATE_BIND", "8113", "REPORTING_EVALUATE_*: bind must be host:port"),
    ],
)
def test_a_wrong_setting_is_one_finding(standing: Standing, name: str, value: str, found: str) -> None:
    assert standing.with_environment(**{name: value}).found() == [("settings", "fault", f"The setting {found}")]


@pytest.mark.parametrize(
    ("name", "value", "found"),
    [
        ("DATABASE_URL", None, "The setting DATABASE_URL: is not set"),
        ("DATABASE_URL", "nonsense", "A wrong setting: the database's URL cannot be parsed"),
        ("LOG_TOPIC_IDS", "nonsense", "The setting LOG_TOPIC_IDS: must be a JSON object of texts"),
        (
            "KAFKA_BOOTSTRAP_SERVERS",
            "nonsense",
            "A wrong setting: the log's bootstrap servers must be host:port, host:port ...",
        ),
    ],
)
def test_a_wrong_setting_that_all_share_is_one_finding_and_the_rest_waits(
    standing: Standing, name: str, value: str | None, found: str
) -> None:
    environment = {other: given for other, given in standing.environment.items() if other != name}
    broken = replace(standing, environment=environment | ({} if value is None else {name: value}))
    assert broken.found() == [("settings", "fault", found)]
    assert {one.check for one in broken.seen() if one.state == "waits"} >= {"topics", "clocks", "migrations"}


def test_a_log_that_no_setting_names_is_a_warning(standing: Standing) -> None:
    environment = {name: value for name, value in standing.environment.items() if not name.startswith("LOG_")}
    ((check, severity, what),) = replace(standing, environment=environment).found()
    assert (check, severity, "LOG_CLUSTER_ID is not set" in what) == ("identities", "warning", True)


def test_a_topic_that_is_not_as_its_card_is_one_finding_a_difference(standing: Standing) -> None:
    admin = KafkaAdmin(LogSettings(standing.installation.bootstrap_servers))
    admin.set_configs("report.v1", {"retention.ms": "3600000"})
    try:
        assert standing.found() == [("topics", "fault", "The topic report.v1: retention.ms is 3600000, and must be -1")]
    finally:
        admin.set_configs("report.v1", {"retention.ms": "-1"})
        admin.close()


def test_another_cluster_than_the_known_one_is_found_by_settings_and_by_positions(
    standing: Standing, broker: Addressed
) -> None:
    ids = standing.installation.environment
    elsewhere = standing.with_environment(KAFKA_BOOTSTRAP_SERVERS=broker.bootstrap_servers)
    found = [what for check, severity, what in elsewhere.found() if (check, severity) == ("identities", "fault")]
    assert len(found) == 2
    assert all(f"not {ids['LOG_CLUSTER_ID']}" in what for what in found)


def test_positions_after_the_end_of_the_log_are_found(own_tables: Standing) -> None:
    """As after the broker's disk was restored from an older copy."""
    execute(own_tables, "update g1.position set next_offset = next_offset + 5 where (topic, partition) = ('tip.v1', 2)")
    assert own_tables.found() == [
        ("identities", "fault", "tip.v1:2: read up to 5, but the log ends at 0: it was wiped or replaced")
    ]


def test_a_clock_of_ours_that_is_wrong_is_found_by_the_database_and_by_the_log(standing: Standing) -> None:
    ((check, severity, what),) = standing.found(Ahead(timedelta(seconds=30)))
    assert (check, severity) == ("clocks", "fault")
    assert re.fullmatch(r"The database's clock is (30|29)\.\d s behind this machine's", what)
    found = [what for _, _, what in standing.found(Ahead(timedelta(hours=-1)))]
    assert [what.partition(" clock is ")[0] for what in found] == ["The database's", "The broker's"]
    assert all("s ahead of this machine's" in what for what in found)
    assert standing.found(Ahead(timedelta(seconds=1))) == []


def _readable(folder: Path) -> str:
    path = folder / "signers" / LIVE / f"{LIVE}-1.key"
    path.chmod(0o640)
    return f"Others can read the key {path}"


def _no_signer_key(folder: Path) -> str:
    (folder / "signers" / LIVE / f"{LIVE}-1.key").unlink()
    return f"{LIVE} has no signer key"


def _two_signer_keys(folder: Path) -> str:
    other = folder / "signers" / LIVE / f"{LIVE}-2.key"
    other.touch(0o600)
    other.write_bytes(b"x" * 32)
    return f"{LIVE} has 2 signer keys"


def _short_signer_key(folder: Path) -> str:
    path = folder / "signers" / LIVE / f"{LIVE}-1.key"
    path.write_bytes(b"x" * 31)
    return f"The key {path} is missing or cannot be used"


def _no_issuer(folder: Path) -> str:
    (folder / keys.ISSUER).unlink()
    return f"The key {folder / keys.ISSUER} is missing or cannot be used"


def _another_issuer(folder: Path) -> str:
    (folder / keys.ISSUER).write_bytes(new_signing_key())
    return f"{folder / keys.JWKS} lacks the public half of {folder / keys.ISSUER}: every new token will be refused"


def _no_receipt_key(folder: Path) -> str:
    shutil.rmtree(folder / keys.RECEIPTS)
    return f"{folder / keys.RECEIPTS} has no private key to sign receipts with"


def _spoilt_receipt_key(folder: Path) -> str:
    (path,) = (folder / keys.RECEIPTS).glob("*.pem")
    path.write_bytes(b"spoilt")
    return f"The key {path} is missing or cannot be used"


@pytest.mark.parametrize(
    "spoil",
    [
        _readable,
        _no_signer_key,
        _two_signer_keys,
        _short_signer_key,
        _no_issuer,
        _another_issuer,
        _no_receipt_key,
        _spoilt_receipt_key,
    ],
)
def test_a_fault_of_the_keys_is_one_finding(own_keys: Standing, spoil: Callable[[Path], str]) -> None:
    expected = spoil(own_keys.keys_dir)
    assert own_keys.found() == [("keys", "fault", expected)]


def test_the_public_half_of_a_retired_receipt_key_may_be_read_by_all(own_keys: Standing) -> None:
    (path,) = (own_keys.keys_dir / keys.RECEIPTS).glob("*.pem")
    public = SigningKey.load(path).public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    retired = path.with_name("receipts-20200101.pem")
    retired.write_bytes(public)
    retired.chmod(0o644)
    assert own_keys.found() == []


def test_who_has_its_tokens_issued_by_others_needs_no_issuer(own_keys: Standing) -> None:
    _no_issuer(own_keys.keys_dir)
    assert own_keys.with_environment(PLEDGE_JWKS="https://id.example/jwks.json").found() == []


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        (
            "update reporting.migration set version_num = '9999'",
            "The database stands at 9999, which is newer than this code (",
        ),
        ("drop schema reporting cascade", "The database has no tables yet"),
        ("delete from reporting.current_generation", "No generation is served"),
        (
            "update reporting.current_generation set projection_version = 0",
            "Generation g1 is of projection 0, and this code is of ",
        ),
    ],
)
def test_tables_of_other_code_are_one_finding(own_tables: Standing, statement: str, found: str) -> None:
    execute(own_tables, statement)
    ((check, severity, what),) = own_tables.found()
    assert (check, severity) == ("migrations", "fault")
    assert what.startswith(found)


@pytest.mark.parametrize("name", ["NOTIFY_DATABASE_URL", "NOTIFY_SECRETS_DATABASE_URL"])
def test_a_database_of_notify_without_tables_is_one_finding(standing: Standing, database_url: str, name: str) -> None:
    found = standing.with_environment(**{name: database_url}).found()
    assert found == [("migrations", "fault", "The database has no tables yet")]


@pytest.mark.parametrize(
    ("name", "value", "away", "wholly"),
    [
        ("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:{port}", "log", {"settings", "migrations"}),
        (
            "DATABASE_URL",
            "postgresql://nobody@127.0.0.1:{port}/x",
            "database",
            {"settings", "topics", "keys"},
        ),
    ],
)
def test_what_cannot_be_reached_is_named_and_everything_else_is_examined(
    standing: Standing, name: str, value: str, away: str, wholly: set[str]
) -> None:
    asked = told(standing.with_environment(**{name: value.format(port=free_port())}), "--json")
    assert asked.returncode == 75
    answer = json.loads(asked.stdout)
    assert (answer["ok"], answer["unreached"]) == (False, [away])
    assert {one["check"] for one in answer["checks"] if one["fine"]} == wholly
    assert [one["findings"] for one in answer["checks"] if one["findings"]] == []
