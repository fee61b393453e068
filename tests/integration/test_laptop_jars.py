"""The broker's jars: which are asked for, and which are refused."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from deploy.laptop import jars
from deploy.laptop.faults import LaptopFault
from deploy.laptop.jars import Jar, JarRefused
from tests.support.broker import Jars


def _jar(name: str, content: bytes) -> Jar:
    return Jar("org.example", name, "", "1.0", hashlib.sha256(content).hexdigest())


def _laid(folder: Path, contents: dict[str, bytes]) -> Callable[[Jar], Path]:
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    return lambda jar: folder / jar.artifact


def test_a_jar_with_another_hash_is_refused_by_name_and_leaves_the_cache(tmp_path: Path) -> None:
    resolve = _laid(tmp_path, {"good": b"good", "forged": b"forged"})
    with pytest.raises(JarRefused, match=r"org\.example:forged:1\.0 is refused"):
        jars.fetch([_jar("good", b"good"), _jar("forged", b"true")], resolve, lambda _: None)
    assert not (tmp_path / "forged").exists()
    assert (tmp_path / "good").exists()


def test_jars_come_back_in_the_order_of_the_list_each_told_once(tmp_path: Path) -> None:
    wanted = [_jar(f"jar-{number}", b"%d" % number) for number in range(20)]
    resolve = _laid(tmp_path, {jar.artifact: b"%d" % number for number, jar in enumerate(wanted)})
    told: list[Jar] = []
    assert jars.fetch(wanted, resolve, told.append) == [tmp_path / jar.artifact for jar in wanted]
    assert sorted(told, key=wanted.index) == wanted


def test_a_jar_that_cannot_be_had_is_named(tmp_path: Path) -> None:
    def resolve(jar: Jar) -> Path:
        raise ConnectionError("no route")

    with pytest.raises(LaptopFault, match=r"org\.example:absent:1\.0 .* no route"):
        jars.fetch([_jar("absent", b"")], resolve, lambda _: None)


def test_the_list_pins_every_jar_of_one_broker_by_a_whole_sha256() -> None:
    listed = jars.listed(jars.LIST.read_text())
    assert len({jar.name for jar in listed}) == len(listed) == 46
    assert [jar.name for jar in listed if len(jar.sha256) != 64] == []
    assert {jar.version for jar in listed if jar.group == "org.apache.kafka"} == {"4.3.1"}


def test_a_line_may_name_a_classifier() -> None:
    [jar] = jars.listed("# a comment\n\ngroup:artifact:linux:1.0  sha256:00ff\n")
    assert jar == Jar("group", "artifact", "linux", "1.0", "00ff")


def test_a_full_cache_needs_no_network(broker_jars: Jars, monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(*_: object, **__: object) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr("jgo.util.http.request", unreachable)
    cache = broker_jars()[0]
    while cache.name != "jars":
        cache = cache.parent
    assert jars.fetch_broker(cache.parent, lambda _: None) == broker_jars()
