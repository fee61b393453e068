"""What an appender does when the broker is away, frozen, killed, or another one."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from kafka import KafkaProducer

from deploy.laptop.broker import Broker
from services.contracts import metrics as cards
from services.contracts.records import Position, Record
from services.contracts.topics import TopicCard
from services.kit.clock import SystemClock
from services.kit.errors import Unavailable
from services.kit.eventlog.kafka import KafkaAdmin, KafkaAppender, KafkaReader, LogSettings
from services.kit.eventlog.kafka import appender as appender_module
from services.kit.eventlog.kafka.options import producer_options
from services.kit.eventlog.port import Partition
from services.kit.metrics import Metrics
from services.kit.runtime import BUG, MISCONFIGURED
from tests.support.logs import fresh_card, make_topic, read, wait_until, with_client


@dataclass
class Rig:
    """A broker that a test may break, one topic, and appenders on it."""

    broker: Broker
    settings: LogSettings
    card: TopicCard = field(default_factory=lambda: fresh_card(partitions=1))
    metrics: Metrics = field(default_factory=lambda: Metrics(cards.CATALOGUE))
    died: list[tuple[int, str]] = field(default_factory=list)
    open: list[KafkaAppender] = field(default_factory=list)

    def appender(self, make_producer: Callable[[], Any] | None = None, **settings: Any) -> KafkaAppender:
        chosen = replace(self.settings, **settings)
        appender = KafkaAppender(
            chosen,
            [self.card],
            self.metrics,
            SystemClock(),
            lambda *e: self.died.append(e),
            make_producer=make_producer,
        )
        appender.start()
        self.open.append(appender)
        return appender

    def ready(self, appender: KafkaAppender) -> KafkaAppender:
        wait_until(lambda: appender.ready().ok, lambda: appender.ready().detail)
        return appender

    def one(self, number: int) -> list[Record]:
        return [Record(self.card.name, b"k", f"{number}".encode())]

    def values(self, count: int) -> list[bytes | None]:
        """What stands in the topic, `count` records at least."""
        reader = KafkaReader.of_partitions(self.settings, {Partition(self.card.name, 0): 0})
        found = read(reader, count)
        reader.close()
        return [stored.value for stored in found]


@pytest.fixture
def rig(breakable: Broker) -> Iterator[Rig]:
    settings = LogSettings(breakable.bootstrap_servers, probe_every_s=0.2, probe_fresh_s=3)
    rig = Rig(breakable, settings)
    make_topic(KafkaAdmin(settings), rig.card)
    yield rig
    for appender in rig.open:
        appender.close(0)


def test_an_appender_starts_without_a_broker_and_is_ready_once_there_is_one(rig: Rig) -> None:
    rig.broker.stop()
    appender = rig.appender()
    assert not appender.ready().ok
    with pytest.raises(Unavailable):
        appender.append(rig.one(1), 2)
    rig.broker.start()
    rig.ready(appender)
    assert appender.append(rig.one(2), 5) == [Position(rig.card.name, 0, 0)]


def test_a_topic_that_is_missing_keeps_the_appender_not_ready_until_it_is_made(rig: Rig) -> None:
    other = fresh_card()
    appender = KafkaAppender(rig.settings, [other], rig.metrics, SystemClock(), lambda *e: rig.died.append(e))
    appender.start()
    rig.open.append(appender)
    wait_until(lambda: appender.probe.age_s() < 1)
    assert other.name in appender.ready().detail
    make_topic(KafkaAdmin(rig.settings), other)
    rig.ready(appender)
    assert rig.died == []


def test_through_a_freeze_nothing_acknowledged_or_pending_is_lost_or_doubled(rig: Rig) -> None:
    appender = rig.ready(rig.appender())
    appender.append(rig.one(0), 5)
    rig.broker.pause()
    with pytest.raises(Unavailable):
        appender.append(rig.one(1), 0.5)
    wait_until(lambda: not appender.ready().ok)
    rig.broker.resume()
    appender.append(rig.one(2), 15)
    assert rig.values(3) == [b"0", b"1", b"2"]
    rig.ready(appender)


def test_through_a_kill_every_record_arrives_once_and_a_timeout_means_unknown(rig: Rig) -> None:
    appender = rig.ready(rig.appender())
    unknown = []
    for number in range(40):
        if number == 10:
            rig.broker.kill()
        if number == 20:
            rig.broker.start()
        try:
            appender.append(rig.one(number), 0.2)
        except Unavailable:
            unknown.append(number)
    appender.append(rig.one(99), 15)
    assert set(range(11, 20)) <= set(unknown)
    counted = Counter(rig.values(41))
    assert counted == Counter([f"{number}".encode() for number in (*range(40), 99)])


def test_places_in_flight_come_back_with_the_answer_and_not_with_the_timeout(rig: Rig) -> None:
    appender = rig.ready(rig.appender(in_flight_max=5))
    rig.broker.pause()
    with pytest.raises(Unavailable, match="deadline"):
        appender.append([*rig.one(1), *rig.one(2), *rig.one(3)], 0.2)
    with pytest.raises(Unavailable, match="full"):
        appender.append([*rig.one(4), *rig.one(5), *rig.one(6)], 0.2)
    assert rig.metrics.value(cards.LOG_IN_FLIGHT) == 3
    rig.broker.resume()
    wait_until(lambda: rig.metrics.value(cards.LOG_IN_FLIGHT) == 0)
    appender.append([*rig.one(4), *rig.one(5), *rig.one(6)], 5)
    assert rig.values(6) == [b"1", b"2", b"3", b"4", b"5", b"6"]


def test_threads_share_one_producer(rig: Rig) -> None:
    appender = rig.ready(rig.appender())
    positions: list[Position] = []
    threads = [
        threading.Thread(target=lambda n=n: positions.extend(appender.append(rig.one(n), 10))) for n in range(16)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(position.offset for position in positions) == list(range(16))


def test_closing_on_a_frozen_broker_counts_what_is_given_up(rig: Rig) -> None:
    appender = rig.ready(rig.appender())
    rig.broker.pause()
    with pytest.raises(Unavailable):
        appender.append([*rig.one(1), *rig.one(2)], 0.2)
    assert appender.close(0.3) == 2


def test_another_cluster_than_the_configured_one_ends_the_process_as_misconfigured(rig: Rig) -> None:
    appender = rig.appender(cluster_id="another")
    wait_until(lambda: rig.died)
    assert rig.died[0][0] == MISCONFIGURED
    assert not appender.ready().ok
    with pytest.raises(Unavailable):
        appender.append(rig.one(1), 5)
    assert set(KafkaAdmin(rig.settings).end_offsets([rig.card.name]).values()) == {0}


def test_another_topic_than_the_configured_one_ends_the_process_as_misconfigured(rig: Rig) -> None:
    rig.appender(topic_ids={rig.card.name: "another"})
    wait_until(lambda: rig.died)
    assert rig.died[0][0] == MISCONFIGURED
    assert rig.card.name in rig.died[0][1]


def test_who_waits_while_the_topic_is_made_again_is_told_so_at_once_and_nothing_is_queued_for_it(rig: Rig) -> None:
    """Nor does the process end: its log may come back."""
    appender = rig.ready(rig.appender(probe_every_s=60))
    told: Future[str] = Future()

    def append_until_told() -> None:
        while not told.done():
            try:
                appender.append(rig.one(1), 60)
            except Unavailable as error:
                told.set_result(error.detail)

    threading.Thread(target=append_until_told, daemon=True).start()
    with_client(rig.settings, lambda client: client.delete_topics([rig.card.name]))
    wait_until(lambda: not KafkaAdmin(rig.settings).partitions([rig.card.name]))
    make_topic(KafkaAdmin(rig.settings), rig.card)
    assert told.result(30) == "another_log"
    assert "made again" in appender.ready().detail
    wait_until(lambda: rig.metrics.value(cards.LOG_IN_FLIGHT) == 0)
    assert set(KafkaAdmin(rig.settings).end_offsets([rig.card.name]).values()) == {0}
    assert rig.died == []


def test_a_broker_that_cannot_tell_topics_of_one_name_apart_is_not_written_to(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(appender_module, "FIRST_BROKER", (99, 0))
    appender = rig.appender()
    wait_until(lambda: rig.died)
    assert rig.died[0][0] == MISCONFIGURED
    assert "99.0 or newer" in rig.died[0][1]
    assert not appender.ready().ok


def test_an_outage_longer_than_the_watchdogs_patience_does_not_end_a_producer_that_lives(rig: Rig) -> None:
    appender = rig.ready(rig.appender(wedged_after_s=5))
    rig.broker.pause()
    with pytest.raises(Unavailable):
        appender.append(rig.one(1), 7)
    rig.broker.resume()
    wait_until(lambda: rig.metrics.value(cards.LOG_IN_FLIGHT) == 0)
    rig.ready(appender)
    assert rig.died == []


def short_lived(settings: LogSettings, card: TopicCard) -> KafkaProducer:
    """As the project's producer, but with a delivery timeout that a test can outlive."""
    options = producer_options(settings, [card]) | {"delivery_timeout_ms": 2_000, "request_timeout_ms": 1_500}
    return KafkaProducer(**options)


def test_a_producer_that_died_silently_is_noticed_and_ends_the_process(rig: Rig) -> None:
    """The defect of kafka-python 3.0.12 behind the delivery timeout of a day; an upgrade that cures it shows here."""
    appender = rig.appender(
        make_producer=lambda: short_lived(rig.settings, rig.card), not_ready_after_s=1, wedged_after_s=3
    )
    rig.ready(appender).append(rig.one(0), 5)
    frozen = threading.Timer(5, rig.broker.resume)
    rig.broker.pause()
    frozen.start()
    with pytest.raises(Unavailable):
        appender.append(rig.one(1), 4)  # expires, sent and retried: the producer is dead from here on
    with pytest.raises(Unavailable):
        appender.append(rig.one(2), 4)  # outlasts the freeze and is never answered
    wait_until(lambda: rig.died)
    assert rig.died[0][0] == BUG
    assert appender.probe.ready().ok
    assert not appender.ready().ok
