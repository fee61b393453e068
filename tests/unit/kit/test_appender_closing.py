"""An appender that is closed while it still connects."""

import threading
from types import SimpleNamespace

from services.contracts.metrics import CATALOGUE
from services.contracts.topics import PLEDGE
from services.kit.clock import SystemClock
from services.kit.eventlog.kafka import KafkaAppender, LogSettings
from services.kit.metrics import Metrics


class ClosedUnderHands:
    """A producer whose I/O is gone when it answers."""

    def __init__(self) -> None:
        self.asked, self.closed = threading.Event(), threading.Event()
        self._sender = SimpleNamespace(force_close=self.closed.set, join=lambda _: None)

    def partitions_for(self, _topic: str) -> None:
        self.asked.set()
        self.closed.wait(10)
        raise RuntimeError("the loop is closed")

    def close(self, _timeout: float) -> None:
        """Nothing is left to do."""


def test_closing_it_is_no_bug_that_hides_why_the_process_ends() -> None:
    producer, died = ClosedUnderHands(), []
    before = set(threading.enumerate())
    appender = KafkaAppender(
        LogSettings("127.0.0.1:1"),
        [PLEDGE],
        Metrics(CATALOGUE),
        SystemClock(),
        lambda *ended: died.append(ended),
        make_producer=lambda: producer,
    )
    appender.start()
    (thread,) = (one for one in set(threading.enumerate()) - before if one.name == "log-appender")
    assert producer.asked.wait(10)
    assert appender.close(0) == 0
    thread.join(10)
    assert not thread.is_alive()
    assert died == []
