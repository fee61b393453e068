"""Nothing that a run has started outlives it, even when the run is killed."""

import signal
import subprocess
import sys
import time
from pathlib import Path

from deploy.laptop import places, processes
from deploy.laptop.guard import Guard
from deploy.laptop.processes import Process

_RUN = """
import sys, time
from pathlib import Path
from deploy.laptop import processes
from deploy.laptop.guard import Guard
folder = Path(sys.argv[1])
guard = Guard(folder)
command = [sys.executable, "-c", "import time; time.sleep(600)", str(folder)]
print(processes.spawn(command, folder=folder, mark=folder, log=folder / "log", environment={}).pid, flush=True)
time.sleep(600)
"""


def _spawn_sleeper(folder: Path) -> Process:
    folder.mkdir()
    command = [sys.executable, "-c", "import time; time.sleep(600)", str(folder)]
    return processes.spawn(command, folder=folder, mark=folder, log=folder / "log", environment={})


def test_what_a_killed_run_has_started_ends_and_its_folder_goes(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    folder.mkdir()
    with subprocess.Popen(
        [sys.executable, "-c", _RUN, str(folder)], cwd=places.ROOT, stdout=subprocess.PIPE, text=True
    ) as run:
        assert run.stdout is not None
        process = Process(int(run.stdout.readline()), str(folder))
        assert process.alive
        run.kill()
    assert process.wait(timeout_s=20)
    deadline = time.monotonic() + 20
    while folder.exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not folder.exists()


def test_a_closed_guard_has_ended_everything_below_its_folder(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    folder.mkdir()
    guard = Guard(folder)
    started = [_spawn_sleeper(folder / name) for name in ("one", "two")]
    guard.close()
    assert [process for process in started if process.alive] == []
    assert not folder.exists()


def test_a_process_with_our_pid_but_other_work_is_not_ours(tmp_path: Path) -> None:
    sleeper = _spawn_sleeper(tmp_path / "one")
    stranger = Process(sleeper.pid, str(tmp_path / "another"))
    assert not stranger.alive
    stranger.save(tmp_path)
    assert processes.recorded(tmp_path) is None
    processes.end([sleeper], signal.SIGTERM, 10)
    assert not sleeper.alive
