"""Which partition a CorruptRecordError speaks of: it says so in its text at best."""

import re
from collections.abc import Mapping

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import CorruptRecordError

from services.kit.eventlog.kafka.options import LogSettings, consumer_options, translated
from services.kit.eventlog.port import Partition

_NAMED = re.compile(r"TopicPartition\(topic='([^']+)', partition=(\d+)\)")
_LOOK_MS = 1_000


def corrupt_partition(settings: LogSettings, error: Exception, places: Mapping[Partition, int]) -> Partition | None:
    """The partition at fault among `places` (where we read on). Raises Unavailable if Kafka cannot be asked."""
    named = _NAMED.search(str(error))
    if named and (partition := Partition(named[1], int(named[2]))) in places:
        return partition
    return next((partition for partition in places if _unreadable(settings, partition, places[partition])), None)


def _unreadable(settings: LogSettings, partition: Partition, offset: int) -> bool:
    """Whether a consumer of this partition alone fails there. Its second poll would never return, so there is none."""
    with translated("consumer"):
        consumer = KafkaConsumer(**consumer_options(settings) | {"fetch_min_bytes": 1})
    where = TopicPartition(*partition)
    consumer.assign([where])
    consumer.seek(where, offset)
    try:
        consumer.poll(timeout_ms=_LOOK_MS, max_records=1)
    except CorruptRecordError:
        return True
    finally:
        consumer.close(autocommit=False, timeout_ms=_LOOK_MS)
    return False
