"""A process ends with a code that says why, beats its heart, and never logs what may be personal."""

import io
import json
import logging
import os
import signal
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

from services.contracts import metrics as cards
from services.contracts.details import plain
from services.contracts.errors import Reason, Rejected
from services.contracts.records import Position
from services.kit import logs, runtime
from services.kit.clock import Deadline, FakeClock, local_day
from services.kit.errors import Misconfigured, Unavailable, Usage
from services.kit.eventlog.kafka import LogSettings
from services.kit.eventlog.port import LogFault, LogIdentity, mismatches
from services.kit.health import Check, Health
from services.kit.http_server import HealthServer
from services.kit.metrics import Metrics
from services.kit.runtime import Heartbeat, StuckDetector


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (Misconfigured(["a is not set", "b is not set"]), 78),
        (Usage("no such command"), 64),
        (Unavailable("database"), 75),
        (KeyError("x"), 70),
    ],
)
def test_the_exit_code_says_why(error: Exception, code: int, capsys: pytest.CaptureFixture[str]) -> None:
    def main(_stop: threading.Event) -> None:
        raise error

    assert runtime.run(main) == code
    if isinstance(error, Misconfigured):
        assert capsys.readouterr().err == "a is not set\nb is not set\n"


def test_a_process_that_simply_ends_has_done_well() -> None:
    assert runtime.run(lambda _: None) == 0
    assert runtime.run(lambda _: 1) == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_asks_to_stop_and_the_old_handlers_come_back(number: signal.Signals) -> None:
    before = signal.getsignal(number)

    def main(stop: threading.Event) -> int:
        os.kill(os.getpid(), number)
        return 0 if stop.wait(10) else 1

    assert runtime.run(main) == 0
    assert signal.getsignal(number) is before


def test_a_heart_that_stands_still_ends_the_process() -> None:
    clock = FakeClock()
    heart = Heartbeat(clock)
    ended = threading.Event()
    died: list[int] = []

    def die(code: int, _message: str) -> None:
        died.append(code)
        ended.set()

    detector = StuckDetector(heart, 30, die, check_every_s=0.01)
    clock.advance(29)
    assert heart.check(30).ok
    heart.beat()
    clock.advance(29)
    detector.start()
    assert not ended.wait(0.1)
    clock.advance(2)
    assert not heart.check(30).ok
    assert ended.wait(10)
    assert died == [runtime.BUG]


def test_a_bug_in_a_thread_ends_the_process() -> None:
    died: list[int] = []

    def work() -> None:
        raise KeyError("x")

    runtime.spawn("worker", work, lambda code, _: died.append(code)).join(10)
    assert died == [runtime.BUG]


@pytest.mark.parametrize("servers", ["", "localhost", "http://localhost:9092", "a:1;b:2", "a:x"])
def test_an_address_of_a_log_that_is_none_is_misconfigured(servers: str) -> None:
    with pytest.raises(Misconfigured):
        LogSettings(servers)


def test_a_log_may_have_several_addresses() -> None:
    assert LogSettings("a:1, 10.0.0.2:9092").servers == ["a:1", "10.0.0.2:9092"]


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level, stdout = root.handlers[:], root.level, sys.stdout
    sys.stdout = written = io.StringIO()
    logs.configure("example")
    yield written
    sys.stdout = stdout
    root.handlers[:] = handlers
    root.setLevel(level)
    logs.structlog.reset_defaults()


def logged(lines: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in lines.getvalue().splitlines()]


def test_each_line_is_one_json_object_whoever_wrote_it(lines: io.StringIO) -> None:
    logs.get_logger().info("đã chạy", count=3)
    logging.getLogger("kafka.producer").warning("slow %s", "broker")
    logging.getLogger("kafka.producer").info("chatter")
    ours, theirs = logged(lines)
    assert (ours["event"], ours["count"], ours["level"], ours["service"]) == ("đã chạy", 3, "info", "example")
    assert (theirs["event"], theirs["level"], theirs["logger"]) == ("slow broker", "warning", "kafka.producer")
    assert ours["timestamp"].endswith("Z")


def test_an_exceptions_message_is_logged_only_when_it_is_ours(lines: io.StringIO) -> None:
    for error in (
        KeyError("Số 1, ngõ 2"),
        Unavailable("log"),
        Rejected(Reason.MALFORMED, "signers", plain("Số 1, ngõ 2")),
    ):
        try:
            raise error
        except (KeyError, Unavailable, Rejected) as caught:
            logs.get_logger().error("failed", **logs.described(caught))
            logging.getLogger("gunicorn.error").exception("failed too")
            logs.get_logger().exception("and here")
    assert "ngõ" not in lines.getvalue()
    assert "Traceback" not in lines.getvalue()
    first, second, third = logged(lines)[:3]
    assert first["error"] == second["error"] == third["error"] == "KeyError"
    assert "test_processes.py" in first["frames"][-1]
    assert logged(lines)[3]["message"] == "log is unavailable"
    assert logged(lines)[6]["reason"] == "malformed"


@pytest.fixture
def health_port() -> Iterator[int]:
    metrics = Metrics(cards.CATALOGUE)
    metrics.counter(cards.INGEST_FENCED).inc(3)
    health = Health({"loop": lambda: Check(True)}, {"log": lambda: Check(False, "why")})
    server = HealthServer(0, health, metrics, "127.0.0.1")
    server.start()
    yield server.port
    server.stop()


def fetched(port: int, path: str) -> tuple[int, bytes]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def test_a_loop_answers_for_its_health(health_port: int) -> None:
    assert fetched(health_port, "/health/live") == (
        200,
        b'{"status": "ok", "checks": {"loop": {"ok": true, "detail": ""}}}',
    )
    status, body = fetched(health_port, "/health/ready?x=1")
    assert (status, json.loads(body)["checks"]["log"]["detail"]) == (503, "why")
    assert b"ingest_fenced_total 3.0" in fetched(health_port, "/metrics")[1]
    assert fetched(health_port, "/else")[0] == 404


def test_metrics_are_the_cards() -> None:
    metrics = Metrics(cards.CATALOGUE)
    counter = metrics.counter(cards.INGEST_REJECTS, topic="pledge.v1", reason="malformed")
    counter.inc()
    counter.inc(4)
    metrics.gauge(cards.INGEST_HEARTBEAT_AGE).set_function(lambda: 7.0)
    metrics.histogram(cards.INGEST_BATCH_SECONDS).observe(0.2)
    assert metrics.value(cards.INGEST_REJECTS, topic="pledge.v1", reason="malformed") == 5
    assert metrics.value(cards.INGEST_HEARTBEAT_AGE) == 7
    assert metrics.value(cards.INGEST_BATCH_SECONDS, "_count") == 1
    rendered = metrics.render()[0].decode()
    assert all(f"# HELP {card.name} {card.help}" in rendered for card in cards.CATALOGUE)


def test_labels_that_are_gone_are_not_shown() -> None:
    metrics = Metrics(cards.CATALOGUE)
    metrics.gauge(cards.DEAD_LETTERS_WAITING, topic="pledge.v1").set(2)
    metrics.clear(cards.DEAD_LETTERS_WAITING)
    assert 'topic="pledge.v1"' not in metrics.render()[0].decode()


def test_a_deadline_is_used_up_and_never_negative() -> None:
    clock = FakeClock()
    deadline = Deadline(clock, 2)
    clock.advance(1.5)
    assert deadline.left_s == pytest.approx(0.5)
    clock.advance(5)
    assert deadline.left_s == 0


def test_days_are_local() -> None:
    clock = FakeClock()
    assert local_day(clock.now()).isoformat() == "2024-01-01"
    clock.advance(17 * 3_600)
    assert local_day(clock.now()).isoformat() == "2024-01-02"


def test_a_log_is_known_by_cluster_and_topics_and_a_missing_topic_proves_nothing() -> None:
    known = LogIdentity("c1", {"a.v1": "1", "b.v1": "2"})
    assert mismatches(known, LogIdentity("c1", {"a.v1": "1", "new.v1": "9"})) == []
    assert len(mismatches(known, LogIdentity("c2", {"a.v1": "1", "b.v1": "3"}))) == 2


def test_a_fault_of_the_log_says_where() -> None:
    fault = LogFault("corrupt", [Position("a.v1", 1, 42)])
    assert str(fault) == "corrupt at a.v1:1:42"
    assert fault.position.offset == 42
