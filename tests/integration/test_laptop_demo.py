"""A demo does not look alive when it is not."""

import signal
import sys
from pathlib import Path

import pytest

from deploy.laptop import processes
from deploy.laptop.demo import stay_up
from deploy.laptop.faults import LaptopFault


def test_a_demo_ends_and_says_so_when_its_processes_have_ended(tmp_path: Path) -> None:
    log = tmp_path / "log"
    command = [sys.executable, "-c", "import time; time.sleep(600)", str(tmp_path)]
    choir = processes.spawn(command, folder=tmp_path, mark=tmp_path, log=log, environment={})
    choir.send(signal.SIGKILL)
    with pytest.raises(LaptopFault, match=str(log)):
        stay_up(choir, log)
