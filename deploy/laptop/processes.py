"""Processes that outlive the command which started them.

A process is known by its pid and by a mark in its command line (the folder it works on), so that a later
process which happens to get the same pid is never taken for ours.
"""

import json
import os
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

from deploy.laptop.faults import LaptopFault

RECORD = "process.json"
_POLL_S = 0.02
_TO_DEFAULT = (signal.SIGINT, signal.SIGTERM, signal.SIGQUIT, signal.SIGHUP, signal.SIGPIPE)


@dataclass(frozen=True)
class Process:
    pid: int
    mark: str

    @property
    def alive(self) -> bool:
        try:
            process = psutil.Process(self.pid)
            if process.status() == psutil.STATUS_ZOMBIE:
                # Java's first thread may be gone while others still hold the ports.
                return _threads(process) > 1
            command = process.cmdline()
            # While one program is replaced by the next (setpriv by postgres) the command line is empty.
            return not command or self.mark in " ".join(command)
        except psutil.ZombieProcess:
            return True  # it ended between the two looks; the next one tells
        except psutil.NoSuchProcess:
            return False

    def send(self, number: signal.Signals) -> None:
        """Send a signal; a process that is gone is no error."""
        if self.alive:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def wait(self, timeout_s: float) -> bool:
        """True when the process is gone within the time."""
        deadline = time.monotonic() + timeout_s
        while self.alive:
            if time.monotonic() > deadline:
                return False
            time.sleep(_POLL_S)
        with suppress(ChildProcessError):
            os.waitpid(self.pid, os.WNOHANG)
        return True

    def pause(self) -> None:
        """SIGSTOP; returns when the process stands still."""
        self.send(signal.SIGSTOP)
        while self.alive and psutil.Process(self.pid).status() != psutil.STATUS_STOPPED:
            time.sleep(_POLL_S)

    def resume(self) -> None:
        self.send(signal.SIGCONT)

    def save(self, folder: Path) -> None:
        (folder / RECORD).write_text(json.dumps(asdict(self)) + "\n")


def recorded(folder: Path) -> Process | None:
    """The process of a folder if it still runs."""
    try:
        process = Process(**json.loads((folder / RECORD).read_text()))
    except FileNotFoundError:
        return None
    return process if process.alive else None


def spawn(
    command: Sequence[str | Path],
    *,
    folder: Path,
    mark: Path,
    log: Path,
    environment: Mapping[str, str],
) -> Process:
    """Start a process in a session of its own, its output appended to `log`, its record kept in `folder`."""
    argv = [str(word) for word in command]
    pid = os.posix_spawnp(
        argv[0],
        argv,
        environment,
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, str(log), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600),
            (os.POSIX_SPAWN_DUP2, 1, 2),
        ],
        setsid=True,
        setsigdef=_TO_DEFAULT,
    )
    process = Process(pid, str(mark))
    process.save(folder)
    return process


def end(processes: Sequence[Process], number: signal.Signals, timeout_s: float) -> None:
    """Send the signal to all at once; whoever is left after the time is killed."""
    for process in processes:
        process.send(number)
    deadline = time.monotonic() + timeout_s
    for process in processes:
        if not process.wait(max(0.0, deadline - time.monotonic())):
            process.send(signal.SIGKILL)
            process.wait(timeout_s)


def wait_until(ready: Callable[[], bool], process: Process, log: Path, timeout_s: float) -> None:
    """Poll until `ready`; a process that ends before, or the time, raises LaptopFault with the log's end."""
    deadline = time.monotonic() + timeout_s
    while not ready():
        if not process.alive:
            raise LaptopFault(f"the process ended while starting; {log} ends with:\n{_tail(log)}")
        if time.monotonic() > deadline:
            raise LaptopFault(f"not ready after {timeout_s:.0f} s; {log} ends with:\n{_tail(log)}")
        time.sleep(_POLL_S)


def _threads(ended: psutil.Process) -> int:
    with suppress(psutil.NoSuchProcess):
        return ended.num_threads()
    return 0


def _tail(log: Path, lines: int = 15) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
