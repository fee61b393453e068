"""Brokers for tests: a shared one, and ones that a test may break."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Protocol

from deploy.laptop.broker import Broker
from deploy.laptop.kraft import Memory
from deploy.laptop.ports import free_ports

Jars = Callable[[], Sequence[Path]]


class Addressed(Protocol):
    """All that most tests need of a broker."""

    @property
    def bootstrap_servers(self) -> str: ...


@dataclass(frozen=True)
class Elsewhere:
    """A broker named by KAFKA_BOOTSTRAP_SERVERS; it is not ours to stop."""

    bootstrap_servers: str


@dataclass(frozen=True)
class OwnBrokers:
    """Makes brokers in `folder`, each on free ports and empty."""

    folder: Path
    jars: Jars
    names: "count[int]"

    def __call__(self, nodes: int = 1, memory: Memory = Memory.SMALL) -> Broker:
        home = self.folder / f"broker-{next(self.names)}"
        broker = Broker.create(home, self.jars, free_ports(2 * nodes), memory)
        broker.start()
        return broker


def shared(own: OwnBrokers) -> Addressed:
    named = os.environ.get("KAFKA_BOOTSTRAP_SERVERS")
    return Elsewhere(named) if named else own()
