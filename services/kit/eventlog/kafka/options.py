"""Every option that kafka-python is given, with its reason. None comes from the environment."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from kafka.errors import KafkaError
from kafka.record.util import crc32c_c

from services.contracts.topics import TopicCard
from services.kit.errors import Misconfigured, Unavailable

_SERVERS = re.compile(r"[\w.-]+:\d+( *, *[\w.-]+:\d+)*")
DAY_MS = 86_400_000
RECORD_OVERHEAD_BYTES = 256
"""More than a batch header and a record's own lengths take."""


@dataclass(frozen=True)
class LogSettings:
    """`cluster_id` and `topic_ids` say which log it must be; without them the first one met is the right one."""

    bootstrap_servers: str
    cluster_id: str | None = None
    topic_ids: Mapping[str, str] | None = None
    in_flight_max: int = 2_000
    not_ready_after_s: float = 10
    wedged_after_s: float = 120
    probe_every_s: float = 5
    probe_fresh_s: float = 15
    bulk: bool = False

    def __post_init__(self) -> None:
        if not _SERVERS.fullmatch(self.bootstrap_servers):
            raise Misconfigured(["the log's bootstrap servers must be host:port, host:port ..."])

    @property
    def servers(self) -> list[str]:
        return [server.strip() for server in self.bootstrap_servers.split(",")]


def producer_options(settings: LogSettings, topics: Sequence[TopicCard]) -> dict[str, Any]:
    return {
        "bootstrap_servers": settings.servers,
        "acks": "all",
        "enable_idempotence": True,  # stated, so that an option which contradicts it raises instead of winning
        "delivery_timeout_ms": DAY_MS,  # when a sent batch passes it, the producer dies silently and for ever
        "request_timeout_ms": 2_000,
        "max_block_ms": 200,  # of send(), for a topic that is gone: it comes on top of what append waits for
        "bootstrap_timeout_ms": 5_000,
        "reconnect_backoff_max_ms": 500,  # the default of 30 s outlives most outages
        "retry_backoff_ms": 50,
        "linger_ms": 20 if settings.bulk else 0,  # on the request path somebody waits for each record
        "batch_size": 262_144 if settings.bulk else 65_536,
        "compression_type": "lz4",
        "metadata_max_age_ms": 30_000,
        "max_request_size": max(card.max_message_bytes for card in topics) + RECORD_OVERHEAD_BYTES,
        "allow_auto_create_topics": False,
    }


def consumer_options(settings: LogSettings) -> dict[str, Any]:
    return {
        "bootstrap_servers": settings.servers,
        "auto_offset_reset": "none",  # a lost position raises instead of starting somewhere else
        "enable_auto_commit": False,
        "check_crcs": True,
        "bootstrap_timeout_ms": 5_000,
        "reconnect_backoff_max_ms": 500,
        "metadata_max_age_ms": 30_000,
        "max_poll_records": 5_000,
        "max_partition_fetch_bytes": 4 * 1024 * 1024,
        "fetch_min_bytes": 65_536,  # fuller answers; fetch_max_wait_ms bounds what that costs in delay
        "fetch_max_wait_ms": 100,
        "allow_auto_create_topics": False,
    }


def group_options(settings: LogSettings, group: str) -> dict[str, Any]:
    """A member of a group: range assignor, no static membership (a member that leaves must be seen to leave)."""
    return consumer_options(settings) | {
        "group_id": group,
        "session_timeout_ms": 10_000,
        "heartbeat_interval_ms": 1_000,
        "max_poll_interval_ms": 60_000,
    }


def admin_options(settings: LogSettings) -> dict[str, Any]:
    return {
        "bootstrap_servers": settings.servers,
        "bootstrap_timeout_ms": 2_000,
        "request_timeout_ms": 2_000,
        "reconnect_backoff_max_ms": 500,
    }


def require_compiled_crc32c() -> None:
    """In pure Python the checksum costs more than all the rest. Raises Misconfigured."""
    if crc32c_c is None:
        raise Misconfigured(["the package crc32c is not installed: kafka-python would be three to seven times slower"])


@contextmanager
def translated(doing: str) -> Iterator[None]:
    """KafkaError becomes Unavailable: nothing of kafka-python's gets past the door."""
    try:
        yield
    except KafkaError as error:
        raise Unavailable("log", detail=f"{doing}: {type(error).__name__}") from error
