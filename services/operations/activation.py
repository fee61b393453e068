"""From a programme folder to the events that put its next version on the log. Pure."""

from dataclasses import dataclass
from datetime import datetime

import msgspec

from services.contracts.codec import seal
from services.contracts.events import TYPE_NAMES, Event, ProgrammeActivated
from services.contracts.fields import ProgrammeId
from services.contracts.programme import Programme, content_of, local_date, operator_of, pack, parse
from services.contracts.programme.ids import event_id
from services.contracts.programme.registry import Registry


class NotApplied(Exception):
    """The programme cannot be put there; in Vietnamese and English."""


@dataclass(frozen=True)
class Wanted:
    """A folder as it should stand on the log. `programme` has the id it goes by, and no version yet."""

    content: dict[str, str]
    programme: Programme


def wanted(files: dict[str, bytes], programme_id: str | None, *, sandbox: bool) -> Wanted:
    """Parse the folder. Raises ProgrammeFaults; NotApplied for a live programme under another id than its own."""
    programme = parse(files)
    named = programme_id or programme.id
    if named != programme.id and not sandbox:
        raise NotApplied("Chỉ chương trình thử nghiệm mới mang mã khác. / Only a sandbox goes by another id.")
    try:
        msgspec.convert(named, ProgrammeId)
    except msgspec.ValidationError:
        raise NotApplied("Mã chương trình không hợp lệ. / This is no programme id.") from None
    return Wanted(content_of(files), programme.activated(named, 0, sandbox=sandbox))


def next_version(registry: Registry, ours: Wanted) -> int | None:
    """The version to write, or None when the active one is the same. Raises NotApplied."""
    programme = ours.programme
    active = registry.active(programme.id)
    if programme.id in registry.closed:
        raise NotApplied(f"{programme.id} đã đóng. / is closed.")
    if active is None:
        return 1
    if active.sandbox != programme.sandbox:
        raise NotApplied(
            "Không đổi được giữa chương trình thật và thử nghiệm; hãy dùng mã khác (--id). / "
            "A live programme never becomes a sandbox, nor a sandbox a live one: use another id (--id)."
        )
    return None if active.hash == programme.hash else active.version + 1


def activation(ours: Wanted, version: int, now: datetime, part_size_bytes: int | None = None) -> list[Event]:
    """The parts of a version, in order. A repeated application of it has the same ids."""
    programme = ours.programme
    packed = pack(ours.content) if part_size_bytes is None else pack(ours.content, part_size_bytes)
    source = operator_of(programme)
    name = TYPE_NAMES[ProgrammeActivated]
    return [
        seal(
            ProgrammeActivated(
                programme=programme.id,
                unit=programme.root,
                occurred_on=min(max(local_date(now), programme.starts_on), programme.ends_on),
                version=version,
                hash=programme.hash,
                sandbox=programme.sandbox,
                part=number,
                parts=len(packed),
                content=content,
            ),
            event_id=event_id(programme.id, source, name, f"{version}/{programme.hash}/{number}/{len(packed)}"),
            source=source,
            accepted_at=now,
            programme_version=version,
            actor=None,
        )
        for number, content in enumerate(packed, start=1)
    ]
