"""Programmes as they are learnt from the log."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

from services.contracts.codec import seal
from services.contracts.events import Data, Event, ProgrammeActivated, ProgrammeClosed
from services.contracts.programme import Registry, content_hash, content_of, pack
from tests.support.programme_folder import edited, pilot_files

ID = "hong-linh-2024"
BASE: dict[str, Any] = {"programme": ID, "unit": "437@2018-01-01", "occurred_on": date(2023, 12, 1)}
CONTENT = content_of(pilot_files())
[WHOLE] = pack(CONTENT)


def event(data: Data) -> Event:
    accepted_at = datetime(2023, 12, 1, tzinfo=UTC)
    return seal(data, event_id=uuid4(), source="operator", accepted_at=accepted_at, programme_version=1, actor=None)


def activation(content: bytes = WHOLE, **changes: Any) -> Event:
    stated = BASE | {"version": 1, "hash": content_hash(CONTENT), "part": 1, "parts": 1, "content": content}
    return event(ProgrammeActivated(**stated | changes))


def changed(file: str, old: str, new: str) -> Mapping[str, str]:
    return content_of(edited(file, old, new))


def test_a_programme_carries_the_version_and_standing_of_its_activation() -> None:
    programme = Registry().with_event(activation(version=4, sandbox=True)).active(ID)
    assert programme is not None
    assert (programme.version, programme.sandbox, programme.hash) == (4, True, content_hash(CONTENT))


def test_older_versions_stay_so_that_a_replay_is_judged_as_it_was() -> None:
    later = changed("forms.yaml", "working_days: 2", "working_days: 3")
    [packed] = pack(later)
    first = Registry().with_event(activation())
    registry = first.with_event(activation(packed, version=2, hash=content_hash(later)))
    one, two = registry.get(ID, 1), registry.get(ID, 2)
    assert one is not None
    assert two is not None
    assert one.obligations[0].due_at < two.obligations[0].due_at
    assert registry.active(ID) is two


def test_a_version_that_is_known_is_not_replaced_by_another_content() -> None:
    later = changed("forms.yaml", "working_days: 2", "working_days: 3")
    [packed] = pack(later)
    registry = Registry().with_event(activation()).with_event(activation(packed, hash=content_hash(later)))
    known = registry.get(ID, 1)
    assert known is not None
    assert known.hash == content_hash(CONTENT)


def test_a_content_that_is_not_what_was_announced_is_refused_and_kept_as_a_refusal() -> None:
    registry = Registry().with_event(activation(hash="0" * 64))
    assert registry.active(ID) is None
    assert [(refusal.programme, refusal.version) for refusal in registry.refusals] == [(ID, 1)]


def test_a_programme_with_faults_stops_nobody() -> None:
    broken = changed("programme.yaml", "calendar: nd09", "calendar: lunar")
    [packed] = pack(broken)
    registry = Registry().with_event(activation(packed, hash=content_hash(broken)))
    assert "programme.yaml" in registry.refusals[0].why
    assert registry.with_event(activation(version=2)).active(ID) is not None


def test_bytes_that_are_no_content_are_a_refusal() -> None:
    registry = Registry().with_event(activation(b"not compressed"))
    assert len(registry.refusals) == 1


def test_only_a_sandbox_may_have_another_id_than_its_folder() -> None:
    other = {"programme": "elsewhere-2024"}
    assert Registry().with_event(activation(**other)).active("elsewhere-2024") is None
    sandbox = Registry().with_event(activation(sandbox=True, **other)).active("elsewhere-2024")
    assert sandbox is not None
    assert sandbox.id == "elsewhere-2024"


def test_a_closed_programme_can_still_be_read() -> None:
    registry = Registry().with_event(activation()).with_event(event(ProgrammeClosed(**BASE, version=1)))
    assert ID in registry.closed
    assert registry.active(ID) is not None


def test_the_registry_before_an_event_is_not_changed_by_it() -> None:
    empty = Registry()
    empty.with_event(activation())
    assert empty.ids() == ()
