"""The broker's jars: fetched once from pinned coordinates, each checked against its sha256 every time."""

import fcntl
import hashlib
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from jgo.maven import MavenContext

from deploy.laptop.faults import LaptopFault

LIST = Path(__file__).with_name("kafka-4.3.1.jars")
_THREADS = 8


@dataclass(frozen=True)
class Jar:
    group: str
    artifact: str
    classifier: str
    version: str
    sha256: str

    @property
    def name(self) -> str:
        return f"{self.group}:{self.artifact}:{self.version}"


class JarRefused(LaptopFault):
    """A jar is not the one that the list names."""


def listed(text: str) -> tuple[Jar, ...]:
    """The jars of a list; a line is `group:artifact[:classifier]:version  sha256:<hex>`."""
    return tuple(_parse(line) for line in text.splitlines() if line and not line.startswith("#"))


def _parse(line: str) -> Jar:
    coordinates, checksum = line.split()
    group, artifact, *classifier, version = coordinates.split(":")
    return Jar(group, artifact, "".join(classifier), version, checksum.removeprefix("sha256:"))


def repository(cache: Path) -> Callable[[Jar], Path]:
    """How a jar's file is found: in the cache, else downloaded into it."""
    context = MavenContext(repo_cache=cache, local_repos=[], timeout=60)

    def resolve(jar: Jar) -> Path:
        component = context.project(jar.group, jar.artifact).at_version(jar.version)
        return component.artifact(jar.classifier, "jar").resolve()

    return resolve


def fetch(
    jars: Iterable[Jar],
    resolve: Callable[[Jar], Path],
    progress: Callable[[Jar], None],
) -> list[Path]:
    """The files of all jars, in order. Raises JarRefused or LaptopFault (no network); `progress` per jar."""

    def one(jar: Jar) -> Path:
        path = _checked(jar, _resolved(jar, resolve))
        progress(jar)
        return path

    with ThreadPoolExecutor(_THREADS) as pool:
        return list(pool.map(one, jars))


def fetch_broker(cache: Path, progress: Callable[[Jar], None]) -> list[Path]:
    """All jars of the pinned broker, for the class path; clones that share the cache wait for each other."""
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return fetch(listed(LIST.read_text()), repository(cache / "jars"), progress)


def _resolved(jar: Jar, resolve: Callable[[Jar], Path]) -> Path:
    try:
        return resolve(jar)
    except (OSError, RuntimeError) as error:
        raise LaptopFault(f"{jar.name} is not in the cache and could not be fetched: {error}") from error


def _checked(jar: Jar, path: Path) -> Path:
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != jar.sha256:
        path.unlink()
        raise JarRefused(
            f"{jar.name} is refused: sha256 {found}, expected {jar.sha256}. "
            "It was removed from the cache; the next start fetches it anew."
        )
    return path
