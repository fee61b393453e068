"""Writing to Kafka so that a 2xx means every in-sync replica has the record, and so that an outage fails fast."""

import threading
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

from kafka import KafkaProducer
from kafka.errors import KafkaError, KafkaTimeoutError, MessageSizeTooLargeError

from services.contracts import metrics as cards
from services.contracts.errors import Reason, Rejected
from services.contracts.records import Position, Record
from services.contracts.topics import TopicCard
from services.kit.clock import Clock, Deadline
from services.kit.errors import Misconfigured, Unavailable
from services.kit.eventlog.in_flight import InFlight
from services.kit.eventlog.kafka.by_id import ProducerClient
from services.kit.eventlog.kafka.options import (
    RECORD_OVERHEAD_BYTES,
    LogSettings,
    producer_options,
    require_compiled_crc32c,
)
from services.kit.eventlog.kafka.probe import Probe
from services.kit.health import Check
from services.kit.logs import described, get_logger
from services.kit.metrics import Metrics
from services.kit.runtime import BUG, MISCONFIGURED, Die, die, spawn

FIRST_BROKER = (4, 1)
"""The first version of Apache Kafka that takes records for a topic's id."""
LOOK_EVERY_S = 0.5
RETRY_AFTER_S = 1.0
MakeProducer = Callable[[], Any]


class KafkaAppender:
    """One per process, made after the fork. `start` returns at once; until Kafka was met, `append` is Unavailable.

    `counted` false keeps appends out of the metrics, for records of which not even the number may be seen.
    """

    def __init__(
        self,
        settings: LogSettings,
        topics: Sequence[TopicCard],
        metrics: Metrics,
        clock: Clock,
        die: Die = die,
        *,
        counted: bool = True,
        make_producer: MakeProducer | None = None,
    ) -> None:
        require_compiled_crc32c()
        self._settings = settings
        self._limits = {card.name: card.max_message_bytes - RECORD_OVERHEAD_BYTES for card in topics}
        self._clock = clock
        self._die = die
        self._options = producer_options(settings, topics)
        self._make_producer = make_producer or self._producer_by_id
        self._in_flight = InFlight(settings.in_flight_max, clock)
        self._made: Any = None
        self._producer: Any = None  # the one made, once it knows every topic
        self._ended = threading.Event()
        self.probe = Probe(settings, list(self._limits), clock, die)
        self._declare(metrics if counted else Metrics(cards.CATALOGUE))
        metrics.gauge(cards.LOG_PROBE_AGE).set_function(self.probe.age_s)

    def _declare(self, metrics: Metrics) -> None:
        metrics.gauge(cards.LOG_IN_FLIGHT).set_function(self._in_flight.count)
        metrics.gauge(cards.LOG_OLDEST_IN_FLIGHT).set_function(self._in_flight.oldest_age_s)
        self._append_seconds = metrics.histogram(cards.LOG_APPEND_SECONDS)
        reasons = ("not_connected", "another_log", "full", "deadline", "refused")
        self._given_up = {reason: metrics.counter(cards.LOG_UNAVAILABLE, reason=reason) for reason in reasons}

    def start(self) -> None:
        self.probe.start()
        spawn("log-appender", self._run, self._die)

    def ready(self) -> Check:
        """From memory: the right log answers, the producer is there, and nothing has been waiting for long."""
        probed = self.probe.ready()
        oldest_s = self._in_flight.oldest_age_s()
        if not probed.ok:
            return probed
        if self._producer is None or self._ended.is_set():
            return Check(False, "not connected")
        if oldest_s > self._settings.not_ready_after_s:
            return Check(False, f"a record has been waiting for {oldest_s:.0f} s")
        return probed

    def append(self, records: Sequence[Record], deadline_s: float) -> list[Position]:
        for record in records:
            if _size(record) > self._limits[record.topic]:
                raise Rejected(Reason.TOO_LARGE)
        producer = self._producer
        if obstacle := self._obstacle({record.topic for record in records}, deadline_s):
            raise self._unavailable(obstacle)
        deadline = Deadline(self._clock, deadline_s)
        tickets = self._in_flight.enter(len(records))
        if tickets is None:
            raise self._unavailable("full")
        positions = self._acknowledged(self._send(producer, records, tickets), deadline)
        self._append_seconds.observe(deadline_s - deadline.left_s)
        return positions

    def _obstacle(self, topics: Iterable[str], deadline_s: float) -> str | None:
        """Why nothing can be appended now, asking nobody."""
        if self.probe.is_another_log():
            return "another_log"
        if self._producer is None or self._ended.is_set() or not self.probe.topic_ids.keys() >= set(topics):
            return "not_connected"
        return "deadline" if deadline_s <= 0 else None

    def _send(self, producer: Any, records: Sequence[Record], tickets: list[int]) -> list[Any]:
        """All are handed over before any is waited for. Those that cannot be handed over give their place back."""
        futures: list[Any] = []
        try:
            for record, ticket in zip(records, tickets, strict=True):
                future = producer.send(record.topic, value=record.value, key=record.key, headers=list(record.headers))
                future.add_both(lambda _, ticket=ticket: self._in_flight.leave(ticket))
                futures.append(future)
        except KafkaError as error:
            raise self._translated(error) from error
        finally:
            for ticket in tickets[len(futures) :]:
                self._in_flight.leave(ticket)
        return futures

    def _acknowledged(self, futures: list[Any], deadline: Deadline) -> list[Position]:
        try:
            answers = [future.get(timeout=deadline.left_s) for future in futures]
        except KafkaError as error:
            raise self._translated(error) from error
        return [Position(answer.topic, answer.partition, answer.offset) for answer in answers]

    def _translated(self, error: KafkaError) -> Unavailable | Rejected:
        if isinstance(error, MessageSizeTooLargeError):
            return Rejected(Reason.TOO_LARGE)
        if self.probe.is_another_log():
            return self._unavailable("another_log")
        return self._unavailable("deadline" if isinstance(error, KafkaTimeoutError) else "refused")

    def _unavailable(self, reason: str) -> Unavailable:
        self._given_up[reason].inc()
        return Unavailable("log", detail=reason)

    def _run(self) -> None:
        """Connect, then watch. The constructor of a producer blocks, so it has no place on the way of a start."""
        while not self._ended.wait(LOOK_EVERY_S if self._producer else 0.05):
            if self.probe.is_another_log():
                self._forget()
            elif self._producer is None:
                self._connect()
            elif self._wedged():
                self._die(BUG, f"the producer has not answered for {self._in_flight.oldest_age_s():.0f} s")
                return

    def _connect(self) -> None:
        try:
            self._made = self._made or self._make_producer()
            for topic in self._limits:  # else the first request of each would wait for it
                self._made.partitions_for(topic)
        except KafkaError as error:
            get_logger().warning("log not reached", **described(error))
            self._ended.wait(RETRY_AFTER_S)
            return
        except Misconfigured as error:
            self._die(MISCONFIGURED, str(error))
            return
        except RuntimeError:
            if self._ended.is_set():  # closed under our hands; the process may be ending for a reason of its own
                return
            raise
        self._producer = self._made

    def _producer_by_id(self) -> Any:
        """Raises Misconfigured when the broker cannot tell two topics of one name apart."""
        client = partial(ProducerClient, lambda: self.probe.topic_ids, self.probe.suspect)
        producer = KafkaProducer(**self._options, kafka_client=client)
        if producer.config["api_version"] < FIRST_BROKER:
            _discard(producer)
            raise Misconfigured([f"the log's brokers must be Apache Kafka {'.'.join(map(str, FIRST_BROKER))} or newer"])
        return producer

    def _forget(self) -> None:
        """What is queued for our log ends with its producer: those who wait for it are told now, and it never comes
        late. When our log is back, another producer is made."""
        producer, self._made, self._producer = self._made, None, None
        if producer is not None:
            _discard(producer)

    def _wedged(self) -> bool:
        """The cluster is well and the producer silent: it has died, and only a new process helps."""
        silent_s = min(self._in_flight.oldest_age_s(), self.probe.healthy_for_s())
        return silent_s > self._settings.wedged_after_s

    def close(self, deadline_s: float) -> int:
        """Take nothing more, wait for what is in flight; returns how many records were given up."""
        self._ended.set()
        self._in_flight.wait_until_empty(deadline_s)
        undelivered = self._in_flight.count()
        self.probe.stop()
        if self._made is not None:
            _discard(self._made)
        return undelivered


def _size(record: Record) -> int:
    headers = sum(len(name) + len(value) + 10 for name, value in record.headers)
    return len(record.key or b"") + len(record.value) + headers


def _discard(producer: Any) -> None:
    """End a producer now. Its own close waits, raises, and leaves the thread alive when records are left."""
    sender = producer._sender  # noqa: SLF001 - there is no public way
    sender.force_close()
    sender.join(2)
    try:
        producer.close(0)
    except KafkaError:
        return
