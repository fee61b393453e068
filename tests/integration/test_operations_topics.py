"""`topics apply|check` on a real broker."""

import json
from pathlib import Path

from click.testing import CliRunner, Result

from services.contracts.topics import CARDS
from services.kit.eventlog.kafka import KafkaAdmin, LogSettings
from services.operations import topics
from tests.support.broker import OwnBrokers


def run(servers: str, *arguments: str) -> Result:
    return CliRunner().invoke(topics.command, [arguments[0], "--bootstrap-servers", servers, *arguments[1:]])


def test_topics_are_made_checked_and_mended(own_broker: OwnBrokers, tmp_path: Path) -> None:
    servers = own_broker().bootstrap_servers
    missing = run(servers, "check", "--json")
    assert missing.exit_code == 1
    assert {one["topic"] for one in json.loads(missing.output)["left"]} == set(CARDS)

    env = tmp_path / "log.env"
    made = run(servers, "apply", "--env-file", str(env), "-p", "pledge.v1=5")
    assert made.exit_code == 0, made.output
    assert run(servers, "check", "-p", "pledge.v1=5").exit_code == 0
    assert run(servers, "check").exit_code == 0

    admin = KafkaAdmin(LogSettings(servers))
    assert env.read_text() == topics.env_file(admin.identity(list(CARDS)))
    assert set(admin.identity(list(CARDS)).topic_ids) == set(CARDS)
    assert admin.partitions(["pledge.v1", "programme.v1"]) == {"pledge.v1": 5, "programme.v1": 1}
    _mended(servers, admin)
    assert run(servers, "apply", "-p", "pledge.v1=3").exit_code == 1, "partitions are never taken away"
    assert admin.partitions(["pledge.v1"]) == {"pledge.v1": 5}
    admin.close()


def _mended(servers: str, admin: KafkaAdmin) -> None:
    admin.set_configs("report.v1", {"retention.ms": "3600000"})
    forgetful = run(servers, "check")
    assert forgetful.exit_code == 1
    assert "report.v1 retention.ms: 3600000 -> -1" in forgetful.output
    mended = run(servers, "apply", "-p", "report.v1=4", "--json")
    assert mended.exit_code == 0, mended.output
    repaired = {(one["topic"], one["what"]) for one in json.loads(mended.output)["repaired"]}
    assert repaired == {("report.v1", "retention.ms"), ("report.v1", "partitions")}
    assert admin.configs("report.v1")["retention.ms"] == "-1"
    assert admin.partitions(["report.v1"]) == {"report.v1": 4}


def test_a_log_that_was_met_once_is_known_for_ever(own_broker: OwnBrokers, tmp_path: Path) -> None:
    first, second = own_broker().bootstrap_servers, own_broker().bootstrap_servers
    ids = tmp_path / "ids"
    assert run(first, "apply", "--ids", str(ids)).exit_code == 0
    assert run(first, "apply", "--ids", str(ids)).exit_code == 0
    written = {path.name: path.read_text() for path in ids.iterdir()}

    refused = run(second, "apply", "--ids", str(ids))
    assert refused.exit_code == 1
    assert "another log" in refused.output
    assert {path.name: path.read_text() for path in ids.iterdir()} == written
    admin = KafkaAdmin(LogSettings(second))
    assert admin.partitions(list(CARDS)) == {}
    admin.close()
