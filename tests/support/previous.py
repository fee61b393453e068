"""The release before this one: its code as it was, to run beside ours."""

import io
import subprocess
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from deploy.laptop import places
from deploy.laptop.installation import operate

NAMED: Final = places.ROOT / "deploy" / "previous_release"
"""The commit that was released last; whoever lands a release writes it there."""


@dataclass(frozen=True)
class Previous:
    """`folder` holds its files, of which its processes alone know."""

    folder: Path

    @property
    def environment(self) -> Mapping[str, str]:
        """Makes a process of ours one of its: its modules are found, and not those of the current directory."""
        return {"PYTHONPATH": str(self.folder), "PYTHONSAFEPATH": "1"}

    def operate(self, *words: str, environment: Mapping[str, str]) -> str:
        """One of its operators' commands."""
        return operate(words, {**environment, **self.environment})


def unpacked(folder: Path) -> Previous:
    """Fails, with what to do, in a clone that does not hold the commit."""
    commit = NAMED.read_text().strip()
    done = subprocess.run(["git", "archive", commit], cwd=places.ROOT, capture_output=True, check=False)
    assert done.returncode == 0, (
        f"the release before ({commit}, deploy/previous_release) is not in this clone: git fetch --unshallow\n"
        f"{done.stderr.decode(errors='replace')}"
    )
    folder.mkdir()
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
        archive.extractall(folder, filter="data")
    return Previous(folder)
