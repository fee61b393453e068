"""A programme's content comes back as it was, however it was cut and in whatever order its parts are read."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from itertools import permutations
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.contracts.codec import seal
from services.contracts.events import Event, ProgrammeActivated
from services.contracts.programme import BrokenContent, Registry, content_hash, content_of, pack, unpack
from tests.support.programme_folder import pilot, pilot_files

contents = st.dictionaries(st.text(min_size=1, max_size=20), st.text(max_size=300), max_size=6)
part_sizes = st.integers(1, 200)


def activations(content: Mapping[str, str], part_size_bytes: int, version: int = 1) -> list[Event]:
    parts = pack(content, part_size_bytes)
    return [
        seal(
            ProgrammeActivated(
                programme="hong-linh-2024",
                unit="437@2018-01-01",
                occurred_on=date(2023, 12, 1),
                version=version,
                hash=content_hash(content),
                part=number,
                parts=len(parts),
                content=part,
            ),
            event_id=uuid4(),
            source="operator",
            accepted_at=datetime(2023, 12, 1, tzinfo=UTC),
            programme_version=version,
            actor=None,
        )
        for number, part in enumerate(parts, start=1)
    ]


def read(events: list[Event]) -> Registry:
    registry = Registry()
    for event in events:
        registry = registry.with_event(event)
    return registry


@given(contents, part_sizes, st.randoms(use_true_random=False))
def test_content_is_the_same_after_the_journey(content: dict[str, str], size: int, random: object) -> None:
    parts = list(enumerate(pack(content, size), start=1))
    random.shuffle(parts)  # type: ignore[attr-defined]
    assert all(len(part) <= size for _, part in parts)
    assert unpack(dict(parts)) == content


@given(contents, part_sizes, st.data())
def test_a_missing_part_is_noticed(content: dict[str, str], size: int, data: st.DataObject) -> None:
    parts = dict(enumerate(pack(content, size), start=1))
    del parts[data.draw(st.sampled_from(sorted(parts)))]
    with pytest.raises(BrokenContent):
        unpack(parts)


@given(contents, st.binary(min_size=1, max_size=50), st.data())
def test_a_spoilt_part_is_noticed_or_changes_nothing(
    content: dict[str, str], noise: bytes, data: st.DataObject
) -> None:
    [packed] = pack(content)
    at = data.draw(st.integers(0, len(packed)))
    try:
        found = unpack({1: packed[:at] + noise + packed[at:]})
    except BrokenContent:
        return
    assert found == content


def test_bytes_after_the_end_of_a_content_are_noticed() -> None:
    [packed] = pack({"units.csv": "code"})
    with pytest.raises(BrokenContent):
        unpack({1: packed, 2: b"more"})


def test_the_hash_does_not_depend_on_the_order_of_the_files() -> None:
    content = content_of(pilot_files())
    assert content_hash(dict(reversed(content.items()))) == content_hash(content) == pilot().hash


@given(st.integers(1_000, 4_000), st.randoms(use_true_random=False))
def test_the_registry_knows_a_programme_once_all_its_parts_are_read_in_any_order(size: int, random: object) -> None:
    events = activations(content_of(pilot_files()), size)
    random.shuffle(events)  # type: ignore[attr-defined]
    assert read(events[:-1]).active("hong-linh-2024") is None
    programme = read([*events, *events]).get("hong-linh-2024", 1)
    assert programme is not None
    assert programme.hash == pilot().hash
    assert programme.obligations == pilot().obligations


def test_the_highest_version_is_active_whatever_was_read_last() -> None:
    one, two = (activations(content_of(pilot_files()), 10_000, version) for version in (1, 2))
    for order in permutations([*one, *two]):
        active = read(list(order)).active("hong-linh-2024")
        assert active is not None
        assert active.version == 2
