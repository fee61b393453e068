"""The main job on one laptop: broker, database, every process, a programme year through the public API, the page."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import NoReturn

from rich.console import Console

from deploy.laptop import guard, processes, town
from deploy.laptop.faults import LaptopFault
from deploy.laptop.installation import PROGRAMME, install
from deploy.laptop.kraft import Memory
from deploy.laptop.laptop import Laptop
from deploy.laptop.processes import Process
from deploy.laptop.town import Member, Town

LOG = "processes.log"
_READY_TIMEOUT_S = 60.0
_STOP_TIMEOUT_S = 30.0
_LOOK_EVERY_S = 0.5


@dataclass(frozen=True)
class Demo:
    """`laptop` is the demo's own: its broker and database are emptied at every start."""

    laptop: Laptop
    folder: Path
    say: Console

    def play(self, *, once: bool, simulation: Sequence[str]) -> int:
        """The simulator's exit code; without `once` the page stays up until SIGINT or SIGTERM.

        LaptopFault when a process ends before: honcho ends the others with it.
        """
        with self._recorded(), self._foundations() as environment, self._running(environment) as (members, choir):
            code = self._simulate(members, environment, simulation)
            self.say.print(f"\nBảng tình trạng / the status page: [bold]{members.serve.url}/[/]")
            if not once:
                self.say.print("Ctrl-C để dừng / Ctrl-C ends it.")
                stay_up(choir, self.folder / LOG)
        return code

    @contextmanager
    def _recorded(self) -> Iterator[None]:
        """`make stop` finds a running demo by its record, and ends it as Ctrl-C does."""
        if processes.recorded(self.folder):
            raise LaptopFault("a demo is running already; `make stop` ends it")
        self.laptop.wipe()
        guard.clear(self.folder)  # what a demo that was killed has left running
        self.folder.mkdir(parents=True)
        Process(os.getpid(), "deploy.laptop").save(self.folder)
        signal.signal(signal.SIGTERM, _interrupt)
        try:
            yield
        except KeyboardInterrupt:
            self.say.print("\nđang dừng / stopping")
            raise
        finally:
            (self.folder / processes.RECORD).unlink(missing_ok=True)

    @contextmanager
    def _foundations(self) -> Iterator[dict[str, str]]:
        """An empty broker and database, topics, tables, keys and the programme as a sandbox."""
        try:
            self.say.print("máy chủ Kafka, PostgreSQL / broker, database ...")
            self.laptop.start_broker(None, 0, Memory.SMALL)
            self.laptop.start_database(0)
            yield install(self.folder, self.laptop.addresses())
        finally:
            self.laptop.stop_broker()
            self.laptop.stop_database()

    @contextmanager
    def _running(self, environment: Mapping[str, str]) -> Iterator[tuple[Town, Process]]:
        members = town.lay_out(self.folder / "keys", town.choose_ports())
        procfile = self.folder / "Procfile"
        procfile.write_text(town.procfile(members.members))
        log = self.folder / LOG
        self.say.print(f"các tiến trình / processes ... (log: {_short(log)})")
        choir = processes.spawn(
            [sys.executable, "-c", "from honcho.command import main; main()", "start", "-f", procfile],
            folder=self.folder / "keys",
            mark=procfile,
            log=log,
            environment=environment,
        )
        try:
            town.wait_until_ready(members.members, _READY_TIMEOUT_S, lambda: choir.alive, self._told)
            yield members, choir
        finally:
            processes.end([choir], signal.SIGTERM, _STOP_TIMEOUT_S)

    def _told(self, member: Member) -> None:
        self.say.print(f"  {member.name:<10} {member.url}")

    def _simulate(self, members: Town, environment: Mapping[str, str], simulation: Sequence[str]) -> int:
        command = [
            *(sys.executable, "-m", "services.simulator", "play", "--programme", str(PROGRAMME)),
            *("--pledge-url", members.pledge.url, "--intake-url", members.intake.url),
            *("--notify-url", members.notify.url, "--serve-url", members.serve.url),
            *("--issuer-key", str(self.folder / "keys" / "token-issuer.pem")),
            *("--truth", str(self.folder / "truth.jsonl"), *simulation),
        ]
        return subprocess.run(command, env=environment, check=False).returncode


def stay_up(choir: Process, log: Path) -> NoReturn:
    """Until a signal ends the wait; a demo whose page is gone must not look alive. Raises LaptopFault."""
    while choir.alive:
        time.sleep(_LOOK_EVERY_S)
    raise LaptopFault(f"một tiến trình đã dừng / a process has ended, and with it the demo; see {_short(log)}")


def _short(path: Path) -> str:
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
