"""Processes of ours that a run starts: python -m services.<name> with settings, a log and an orderly end."""

import os
import signal
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from deploy.laptop import places, processes
from deploy.laptop.faults import LaptopFault
from deploy.laptop.processes import Process


@dataclass(frozen=True)
class Service:
    process: Process
    log: Path

    def stop(self, timeout_s: float = 30) -> None:
        """SIGTERM, as an operator would; killed when it does not end in time."""
        processes.end([self.process], signal.SIGTERM, timeout_s)

    def kill(self) -> None:
        processes.end([self.process], signal.SIGKILL, 10)

    def freeze(self) -> None:
        """As a machine that is too busy, or moved to another host, does to it."""
        os.kill(self.process.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        os.kill(self.process.pid, signal.SIGCONT)

    def frozen(self) -> bool:
        return os.waitid(os.P_PID, self.process.pid, os.WSTOPPED | os.WNOHANG | os.WNOWAIT) is not None

    def exit_code(self, timeout_s: float) -> int:
        """Of a process that ends by itself; LaptopFault when it does not in time."""
        deadline = time.monotonic() + timeout_s
        look = os.WEXITED | os.WNOHANG | os.WNOWAIT  # it stays to be asked again
        while (ended := os.waitid(os.P_PID, self.process.pid, look)) is None:
            if time.monotonic() > deadline:
                raise LaptopFault(f"it goes on: {self.output}")
            time.sleep(0.02)
        return ended.si_status

    @property
    def output(self) -> str:
        return self.log.read_text(errors="replace")


@dataclass(frozen=True)
class Services:
    """Starts processes in folders of their own below `folder`; whoever guards that folder ends them."""

    folder: Path
    numbers: "count[int]"

    def __call__(self, *arguments: str, environment: Mapping[str, str]) -> Service:
        """Start `python -m <arguments>`, e.g. services("services.pledge", "serve", environment={...})."""
        folder = self.folder / f"service-{next(self.numbers)}"
        folder.mkdir(parents=True)
        process = processes.spawn(
            [sys.executable, "-m", *arguments],
            folder=folder,
            mark=Path(arguments[0]),
            log=folder / "log",
            environment={**os.environ, "PYTHONPATH": str(places.ROOT), **environment},
        )
        return Service(process, folder / "log")
