"""The release before this one: its code as it was, to run beside ours."""

import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from deploy.laptop import places
from deploy.laptop.installation import operate

RELEASED: Final = places.ROOT / "tests" / "deploy" / "previous_release.tar.xz"
"""The files of the release made last; whoever makes a release puts them there (docs/runbook.md, "Upgrade").

Not a commit to be looked up: a source archive and a shallow clone have no history.
"""


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
    folder.mkdir()
    with tarfile.open(RELEASED) as archive:
        archive.extractall(folder, filter="data")
    return Previous(folder)
