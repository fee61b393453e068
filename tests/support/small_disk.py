"""A small file system of its own, which a test may fill to the last byte."""

import errno
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

_BALLAST = "ballast"
_BLOCK = bytes(4096)


@dataclass(frozen=True)
class SmallDisk:
    folder: Path

    def fill(self, leave_bytes: int = 0) -> None:
        """Take what is free, all of it or all but so much."""
        ballast = self.folder / _BALLAST
        with ballast.open("ab", buffering=0) as file:
            try:
                while True:
                    file.write(_BLOCK)
            except OSError as full:
                if full.errno != errno.ENOSPC:
                    raise
            file.truncate(max(0, file.tell() - leave_bytes))

    def make_room(self) -> None:
        (self.folder / _BALLAST).unlink()


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[SmallDisk]:
    """Mounted on `folder`. Skips the test where nothing may be mounted, and says why."""
    folder.mkdir(parents=True, exist_ok=True)
    options = f"size={megabytes}m,mode=711"
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "binh-yen-test", str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        pytest.skip(f"no file system of its own can be mounted here, so none can be filled: {done.stderr.strip()}")
    try:
        yield SmallDisk(folder)
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
