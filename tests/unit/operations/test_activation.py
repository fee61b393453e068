"""A folder becomes the next version of its programme, or nothing when nothing changed."""

from datetime import UTC, date, datetime

import pytest

from services.contracts.events import ProgrammeActivated
from services.contracts.programme.registry import Registry
from services.operations.activation import NotApplied, Wanted, activation, next_version, operator_of, wanted
from services.operations.programme import read_files
from tests.support.postings import FOLDER, NOW

FILES = read_files(FOLDER)


def ours(programme_id: str | None = None, *, sandbox: bool = False, note: str = "") -> Wanted:
    changed = FILES | {"holidays.csv": FILES["holidays.csv"] + note.encode()}
    return wanted(changed, programme_id, sandbox=sandbox)


def told(registry: Registry, what: Wanted, version: int, part_size_bytes: int = 6_000_000) -> Registry:
    for event in activation(what, version, NOW, part_size_bytes):
        registry = registry.with_event(event)
    return registry


def test_the_first_version_is_one_and_the_same_content_is_no_new_one() -> None:
    assert next_version(Registry(), ours()) == 1
    assert next_version(told(Registry(), ours(), 1), ours()) is None


def test_a_changed_content_is_the_next_version() -> None:
    registry = told(Registry(), ours(), 4)
    assert next_version(registry, ours(note="2024-07-01,holiday,Thử,QĐ 1\n")) == 5


@pytest.mark.parametrize("part_size_bytes", [500, 6_000_000])
def test_every_process_learns_the_programme_from_its_parts(part_size_bytes: int) -> None:
    learnt = told(Registry(), ours("hong-linh-thu", sandbox=True), 1, part_size_bytes).active("hong-linh-thu")
    assert learnt is not None
    assert (learnt.version, learnt.sandbox, learnt.hash) == (1, True, ours().programme.hash)


def test_a_repeated_application_has_the_same_ids_and_another_version_has_others() -> None:
    first, again = (activation(ours(), 1, at, 500) for at in (NOW, datetime(2024, 9, 1, tzinfo=UTC)))
    assert [event.id for event in first] == [event.id for event in again]
    assert not {event.id for event in activation(ours(), 2, NOW, 500)} & {event.id for event in first}
    assert len({event.id for event in first}) == len(first) > 1


@pytest.mark.parametrize("sandbox", [True, False])
def test_a_sandbox_never_becomes_a_live_programme_nor_back(sandbox: bool) -> None:
    registry = told(Registry(), ours(sandbox=sandbox), 1)
    with pytest.raises(NotApplied, match="sandbox"):
        next_version(registry, ours(sandbox=not sandbox))


def test_only_a_sandbox_goes_by_another_id() -> None:
    with pytest.raises(NotApplied, match="another id"):
        ours("hong-linh-2025")
    assert ours("hong-linh-thu", sandbox=True).programme.id == "hong-linh-thu"
    with pytest.raises(NotApplied, match="no programme id"):
        ours("Không hợp lệ", sandbox=True)


def test_an_activation_stands_on_a_day_of_the_programme_in_the_operators_name() -> None:
    (event,) = activation(ours(), 1, datetime(2026, 1, 1, tzinfo=UTC))
    assert isinstance(event.data, ProgrammeActivated)
    assert event.data.occurred_on == date(2024, 12, 14)
    assert event.source == operator_of(ours().programme) == "operator"
