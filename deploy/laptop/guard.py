"""Ends what a run has started when that run is over, however it ended (even by kill -9).

A guard is a small process which holds one end of a pipe. When the other end closes, it ends every process
recorded below its folder and removes the folder.
"""

import shutil
import signal
import subprocess
import sys
from pathlib import Path

from deploy.laptop import places, processes

_TIMEOUT_S = 1.5


class Guard:
    """Keeps a folder until `close`, or until the process that made the guard is gone."""

    def __init__(self, folder: Path) -> None:
        command = [sys.executable, "-m", "deploy.laptop.guard", str(folder)]
        # A session of its own: a Ctrl-C or a `timeout` meant for the run must not end its guard.
        self._watch = subprocess.Popen(command, stdin=subprocess.PIPE, cwd=places.ROOT, start_new_session=True)

    def close(self) -> None:
        self._watch.communicate()


def clear(folder: Path) -> None:
    """End every process recorded below the folder, then remove it."""
    found = [processes.recorded(record.parent) for record in folder.rglob(processes.RECORD)]
    # SIGINT ends a database at once but orderly, which gives back its shared memory.
    processes.end([process for process in found if process], signal.SIGINT, _TIMEOUT_S)
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.stdin.read()
    clear(Path(sys.argv[1]))
