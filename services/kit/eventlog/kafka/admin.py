"""A look at the cluster from the side: which one it is, which topics it has, where they end."""

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from kafka import KafkaAdminClient, OffsetSpec, TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType
from kafka.errors import KafkaError

from services.kit.errors import Unavailable
from services.kit.eventlog.kafka.options import LogSettings, admin_options, translated
from services.kit.eventlog.port import LogIdentity, Partition


class KafkaAdmin:
    """Connects on first use. Methods raise Unavailable: at once on a dead cluster, within 12 s on a stalled one."""

    def __init__(self, settings: LogSettings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._client: Any = None

    @contextmanager
    def _connected(self, doing: str) -> Iterator[Any]:
        with self._lock, translated(doing):
            if self._client is None:
                self._client = KafkaAdminClient(**admin_options(self._settings))
            yield self._client

    def identity(self, topics: Sequence[str]) -> LogIdentity:
        with self._connected("identity") as client:
            cluster_id = client.describe_cluster()["cluster_id"]
            found = client.describe_topics(list(topics)) if topics else []
        ids = {topic["name"]: str(topic["topic_id"]) for topic in found if topic["error_code"] == 0}
        return LogIdentity(cluster_id, ids)

    def clock(self) -> datetime:
        """What time it is in the cluster: the leader of its quorum tells until when it has caught up with itself."""
        with self._connected("clock") as client:
            quorum = client.describe_metadata_quorum()["topics"][0]["partitions"][0]
        told = {voter["replica_id"]: voter["last_caught_up_timestamp"] for voter in quorum["current_voters"]}
        at_ms = told.get(quorum["leader_id"], -1)
        if at_ms < 0:
            raise Unavailable("log", detail="nobody leads the cluster")
        return datetime.fromtimestamp(at_ms / 1_000, UTC)

    def nodes(self) -> int:
        """How many brokers are in the cluster and not fenced off."""
        with self._connected("nodes") as client:
            brokers = client.describe_cluster()["brokers"]
        return sum(not broker.get("is_fenced", False) for broker in brokers)

    def partitions(self, topics: Sequence[str]) -> dict[str, int]:
        return {name: len(partitions) for name, partitions in self._described(topics).items()}

    def replicas(self, topics: Sequence[str]) -> dict[str, int]:
        """The smallest number of replicas among each topic's partitions."""
        described = self._described(topics)
        return {name: min(len(p["replica_nodes"]) for p in partitions) for name, partitions in described.items()}

    def _described(self, topics: Sequence[str]) -> dict[str, list[Any]]:
        with self._connected("topics") as client:
            found = client.describe_topics(list(topics))
        return {topic["name"]: topic["partitions"] for topic in found if topic["error_code"] == 0}

    def configs(self, topic: str) -> dict[str, str]:
        """All settings of an existing topic."""
        asked = ConfigResource(ConfigResourceType.TOPIC, topic)
        with self._connected("configs") as client:
            found = client.describe_configs([asked], config_filter="all")["topic"][topic]
        return {name: str(config["value"]) for name, config in found.items()}

    def create(self, topic: str, partitions: int, replicas: int, configs: Mapping[str, str]) -> None:
        """Make a topic and wait until it can be written."""
        card = {"num_partitions": partitions, "replication_factor": replicas, "configs": dict(configs)}
        with self._connected("create") as client:
            client.create_topics({topic: card}, wait_for_metadata=True)

    def set_configs(self, topic: str, configs: Mapping[str, str]) -> None:
        """Change these settings of a topic and leave its others alone."""
        with self._connected("set configs") as client:
            client.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic, configs=dict(configs))])

    def add_partitions(self, topic: str, total: int) -> None:
        """Give a topic more partitions; there is no way back."""
        with self._connected("add partitions") as client:
            client.create_partitions({topic: total})

    def end_offsets(self, topics: Sequence[str]) -> dict[Partition, int]:
        return self._offsets(topics, OffsetSpec.LATEST)

    def beginning_offsets(self, topics: Sequence[str]) -> dict[Partition, int]:
        return self._offsets(topics, OffsetSpec.EARLIEST)

    def _offsets(self, topics: Sequence[str], spec: Any) -> dict[Partition, int]:
        counts = self.partitions(topics)
        asked = {TopicPartition(name, number): spec for name, count in counts.items() for number in range(count)}
        if not asked:
            return {}
        with self._connected("offsets") as client:
            found = client.list_partition_offsets(asked)
        return {Partition(where.topic, where.partition): at.offset for where, at in found.items()}

    def close(self) -> None:
        with self._lock:
            client, self._client = self._client, None
        if client is not None:
            try:
                client.close()
            except (KafkaError, Unavailable):
                return  # nothing of ours is lost with it
