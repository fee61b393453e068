"""What a broker of n combined KRaft nodes is told: its settings and its Java command. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


@dataclass(frozen=True)
class Node:
    number: int
    port: int
    controller_port: int


class Memory(StrEnum):
    """`small` starts in a second and suits tests and the demo; `large` is for measuring throughput."""

    SMALL = "small"
    LARGE = "large"


_JVM: Mapping[Memory, tuple[str, ...]] = {
    Memory.SMALL: ("-Xmx128m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-XX:-UsePerfData"),
    Memory.LARGE: ("-Xmx512m",),
}
# The log cleaner's default buffer alone would fill the small heap, and the broker would not start.
_SMALL_DEDUPE_BUFFER_BYTES = 8 * 1024 * 1024


def settings(node: Node, nodes: Sequence[Node], data: Path, memory: Memory) -> dict[str, str]:
    """The properties of one node; replication and min.insync.replicas follow the number of nodes."""
    replicas = str(min(3, len(nodes)))
    in_sync = str(max(1, min(3, len(nodes)) - 1))
    voters = ",".join(f"{n.number}@127.0.0.1:{n.controller_port}" for n in nodes)
    return {
        "process.roles": "broker,controller",
        "node.id": str(node.number),
        "controller.quorum.voters": voters,
        "controller.listener.names": "CONTROLLER",
        "inter.broker.listener.name": "PLAINTEXT",
        "listener.security.protocol.map": "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT",
        "listeners": f"PLAINTEXT://127.0.0.1:{node.port},CONTROLLER://127.0.0.1:{node.controller_port}",
        "advertised.listeners": f"PLAINTEXT://127.0.0.1:{node.port}",
        "log.dirs": str(data),
        "auto.create.topics.enable": "false",
        "default.replication.factor": replicas,
        "min.insync.replicas": in_sync,
        "offsets.topic.replication.factor": replicas,
        "offsets.topic.num.partitions": "4",
        "transaction.state.log.replication.factor": replicas,
        "transaction.state.log.min.isr": in_sync,
        "transaction.state.log.num.partitions": "4",
        "share.coordinator.state.topic.replication.factor": replicas,
        "share.coordinator.state.topic.min.isr": in_sync,
        "group.initial.rebalance.delay.ms": "0",
        # A killed node is let in again only when its old session has ended: 12 s by default.
        "broker.heartbeat.interval.ms": "500",
        "broker.session.timeout.ms": "2000",
        **({"log.cleaner.dedupe.buffer.size": str(_SMALL_DEDUPE_BUFFER_BYTES)} if memory is Memory.SMALL else {}),
    }


def java(executable: Path, jars: Sequence[Path], memory: Memory, errors: Path) -> list[str]:
    """The Java command up to the main class; a crash report of Java goes to the folder `errors`."""
    return [
        str(executable),
        *_JVM[memory],
        "--enable-native-access=ALL-UNNAMED",
        "--sun-misc-unsafe-memory-access=allow",
        f"-XX:ErrorFile={errors}/java-crash-%p.log",
        "-cp",
        ":".join(str(jar) for jar in jars),
    ]
