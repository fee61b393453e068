"""The clock of a real process, set while it runs: the machine's own stays as it is, and so does the steady one."""

import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import pytest

HOUR_S = 3_600
_LIBRARY = Path("vendor", "libfaketime", "src", "libfaketime.so.1")
_TELL = "import time; print(time.time())"


@dataclass(frozen=True)
class SetClock:
    """Give `environment` to the processes whose clock it is to be."""

    file: Path
    shared_object: Path

    @classmethod
    def in_folder(cls, folder: Path, name: str) -> "SetClock":
        """Skips the test where clocks cannot be set, and says why."""
        found = find_spec("libfaketime")
        if found is None or found.origin is None:
            pytest.skip("no clock can be set here: libfaketime has a wheel for Linux on x86-64 only")
        clock = cls(folder / name, Path(found.origin).parent / _LIBRARY)
        clock.set_right()
        return clock

    @property
    def environment(self) -> Mapping[str, str]:
        return {
            "LD_PRELOAD": str(self.shared_object),
            "FAKETIME_TIMESTAMP_FILE": str(self.file),
            "FAKETIME_NO_CACHE": "1",  # read anew at every look, so that a jump is one for all threads
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }

    def jump(self, seconds: int) -> None:
        """Ahead of the machine's, or behind it."""
        self._write(f"{seconds:+d}")

    def set_right(self) -> None:
        self._write("+0")

    def _write(self, offset: str) -> None:
        new = self.file.with_suffix(".new")
        new.write_text(f"{offset}\n")
        new.rename(self.file)

    def told(self) -> float:
        """What a process with this clock says, in seconds since 1970."""
        done = subprocess.run([sys.executable, "-c", _TELL], env=self.environment, capture_output=True, check=True)
        return float(done.stdout)
