"""The environment of Quix Streams, made when it is first asked for, by hash, beside the broker's jars."""

import subprocess
import sys
from hashlib import sha256
from pathlib import Path

from deploy.laptop import places
from deploy.laptop.faults import LaptopFault

LOCK = Path(__file__).with_name("requirements.lock")


def python() -> Path:
    """Its interpreter. Raises LaptopFault when it cannot be made."""
    release = f"{sys.version_info.major}.{sys.version_info.minor}"
    folder = places.cache_dir() / f"quix-{release}-{sha256(LOCK.read_bytes()).hexdigest()[:12]}"
    interpreter, ready = folder / "bin" / "python", folder / "ready"
    if not ready.exists():
        _run([sys.executable, "-m", "venv", "--clear", str(folder)])
        pip = [str(interpreter), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        _run([*pip, "--only-binary", ":all:", "--require-hashes", "-r", str(LOCK)])
        ready.touch()
    return interpreter


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise LaptopFault(f"the environment of Quix Streams could not be made:\n{done.stderr}")
