"""How doctor goes about it: what cannot be seen, what has to wait, what counts as late or as ahead."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from services.contracts.errors import Text
from services.contracts.records import Record, StoredRecord
from services.kit.clock import Clock, FakeClock
from services.kit.errors import Unavailable
from services.kit.eventlog.memory import MemoryLog
from services.kit.eventlog.port import LogIdentity, Partition
from services.kit.migrations import Migrated
from services.operations.doctor import clocks, identities, migrations, programmes, reading, telling
from services.operations.doctor.findings import Finding, Seen, Severity, Step, examine
from tests.support.streams import activated, record_of

NOW = datetime(2024, 3, 20, 3, 0, tzinfo=UTC)
LOG = frozenset({"log"})


def finding(severity: Severity = "fault") -> Finding:
    return Finding(severity, Text("sai", "wrong"), Text("sửa", "mend"))


def states(*steps: Step) -> list[str]:
    return [one.state for one in examine(steps, LOG)]


def away() -> Iterator[Finding]:
    raise Unavailable("log")


def untouched() -> Iterator[Finding]:
    raise AssertionError("asked although it cannot answer")


def test_what_was_not_reached_is_not_asked_again() -> None:
    seen = examine([Step("topics", away, LOG), Step("clocks", untouched, LOG), Step("keys", list)], LOG)
    assert [(one.state, one.away) for one in seen] == [("unreached", "log"), ("unreached", "log"), ("fine", "")]


def test_what_rests_on_something_that_was_not_reached_is_not_reached_either() -> None:
    ours = frozenset({"our log"})
    seen = examine([Step("identities", away, LOG, "our log"), Step("keys", untouched, ours)], LOG)
    assert [one.away for one in seen] == ["log", "log"]


def test_what_rests_on_a_fault_waits_and_what_rests_on_a_warning_goes_on() -> None:
    ground = frozenset({"tables"})
    for severity, state in (("fault", "waits"), ("warning", "fine")):
        first = Step("migrations", lambda severity=severity: [finding(severity)], gives="tables")  # type: ignore[misc]
        second = Step("identities", list if state == "fine" else untouched, ground, "more")
        third = Step("programmes", list if state == "fine" else untouched, frozenset({"more"}))
        assert states(first, second, third) == ["found", state, state]


@pytest.mark.parametrize(
    ("seen", "code"),
    [
        ([Seen("keys", "fine")], 0),
        ([Seen("keys", "fine"), Seen("keys", "found", [finding("warning")])], 1),
        ([Seen("keys", "found", [finding()]), Seen("clocks", "waits")], 1),
        ([Seen("keys", "found", [finding()]), Seen("clocks", "unreached", away="log")], 75),
    ],
)
def test_the_exit_code_says_whether_all_was_seen_and_all_was_fine(seen: list[Seen], code: int) -> None:
    assert telling.exit_code(seen) == code
    assert json.loads(telling.as_json(seen))["ok"] == (code == 0)


def test_what_was_not_reached_is_named_beside_what_was_found() -> None:
    seen = [Seen("keys", "found", [finding()]), Seen("keys", "unreached", away="log")]
    lines = [line for line in telling.as_text(seen).splitlines() if line.startswith(("khoá", "  "))]
    assert lines == [
        "khoá / keys: 1 phát hiện / findings; không gặp được / not reached: Kafka",
        "  [lỗi] sai",
        "      → sửa",
        "  [fault] wrong",
        "      → mend",
    ]


@pytest.mark.parametrize(("skew_s", "found"), [(-2.1, 1), (-2, 0), (0, 0), (2, 0), (2.1, 1)])
def test_a_clock_may_be_two_seconds_from_the_databases(skew_s: float, found: int) -> None:
    assert len(list(clocks.of_database(FakeClock(NOW), lambda: NOW + timedelta(seconds=skew_s)))) == found


def test_the_time_that_the_database_takes_to_answer_is_no_skew() -> None:
    clock = FakeClock(NOW)

    def slowly() -> datetime:
        clock.advance(10)
        return NOW + timedelta(seconds=5)

    assert list(clocks.of_database(clock, slowly)) == []


def stored(clock: Clock, accepted_after: timedelta) -> StoredRecord:
    """A record that was appended at the clock's now."""
    (said, *_) = activated()
    headers = tuple(
        (name, (clock.now() + accepted_after).isoformat().encode() if name == "ce_time" else value)
        for name, value in record_of(said).headers
    )
    log = MemoryLog({"programme.v1": 1}, clock)
    log.append(record_of(said)._replace(headers=headers))
    return reading.newest(log, log.reader, ["programme.v1"], clock)[0]


@pytest.mark.parametrize(
    ("accepted_after_s", "recorded_ago_s", "found"),
    [(2, 0, 0), (3, 0, 1), (-3600, 0, 0), (3, 3_500, 1), (3, 3_700, 0)],
)
def test_a_door_is_ahead_when_it_accepts_after_the_record_and_old_records_prove_nothing(
    accepted_after_s: int, recorded_ago_s: int, found: int
) -> None:
    clock = FakeClock(NOW)
    record = stored(clock, timedelta(seconds=accepted_after_s))
    clock.advance(recorded_ago_s)
    assert len(list(clocks.of_log(clock, [record], frozenset()))) == found


def test_a_record_that_cannot_be_read_is_passed_and_told_and_the_rest_is_folded() -> None:
    clock = FakeClock(NOW)
    log = MemoryLog({"programme.v1": 1}, clock)
    broken = log.append(Record("programme.v1", b"x", b"x"))
    for said in activated():
        log.append(record_of(said))
    log.corrupt(broken)
    read = reading.whole(log, log.reader, "programme.v1", clock)
    told = programmes.told(read.records, read.unreadable)
    assert told.unread == (broken,)
    assert [(one.id, one.version) for one in told.active()] == [("hong-linh-2024", 1)]


def test_a_topic_that_does_not_end_is_given_up_as_unavailable() -> None:
    clock = FakeClock(NOW)
    log = MemoryLog({"programme.v1": 1}, clock)
    log.append(Record("programme.v1", b"x", b"x"))

    class Silent:
        def poll(self, max_records: int, timeout_ms: int) -> dict[Partition, list[StoredRecord]]:
            clock.advance(timeout_ms / 1_000)
            return {}

        def close(self) -> None:
            clock.advance(0)

    with pytest.raises(Unavailable):
        reading.whole(log, lambda _: Silent(), "programme.v1", clock)  # type: ignore[arg-type, return-value]


def test_the_newest_records_are_the_last_of_each_partition_that_has_one() -> None:
    clock = FakeClock(NOW)
    log = MemoryLog({"tip.v1": 3}, clock)
    last = {
        (at.topic, at.partition): at for at in (log.append(Record("tip.v1", key, b"x")) for key in (b"a", b"b") * 3)
    }
    found = reading.newest(log, log.reader, ["tip.v1"], clock)
    assert sorted(record.position for record in found) == sorted(last.values())


@pytest.mark.parametrize(
    ("revision", "known", "found"),
    [
        (None, False, ["The database has no tables yet"]),
        ("0001", True, ["The database stands at 0001, and must stand at 0002"]),
        ("0003", False, ["The database stands at 0003, which is newer than this code (0002)"]),
        ("0002", True, []),
    ],
)
def test_a_database_stands_before_at_or_after_the_newest_migration(
    revision: str | None, known: bool, found: list[str]
) -> None:
    findings = migrations.of_tables(Migrated("0002", revision, known))
    assert [finding.what.en for finding in findings] == found


def test_topics_that_the_settings_do_not_name_are_one_warning() -> None:
    log = MemoryLog({"pledge.v1": 1, "report.v1": 1, "tip.v1": 1})
    ids = log.identity(["tip.v1"]).topic_ids
    (finding,) = identities.of_settings(log, LogIdentity("memory", ids))
    assert (finding.severity, finding.what.en) == ("warning", "LOG_TOPIC_IDS does not name pledge.v1, report.v1")
