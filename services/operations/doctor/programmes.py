"""Programmes: every version on programme.v1 can be used, and reporting has read the active ones."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from services.contracts.errors import Rejected, Text
from services.contracts.programme import Programme
from services.contracts.programme.registry import Registry
from services.contracts.records import Position, StoredRecord
from services.intake import programmes
from services.operations.doctor.findings import Finding

_APPLY: Final = Text(
    "Chạy `python -m services.operations programme check` rồi `programme apply` cho thư mục chương trình.",
    "Run `python -m services.operations programme check` and then `programme apply` on the programme's folder.",
)
_LOOK: Final = Text(
    "Xem ai đã ghi bản ghi này: chỉ operations và reporting intake được ghi vào programme.v1.",
    "See who wrote this record: only operations and reporting intake may write to programme.v1.",
)
_INGEST: Final = Text(
    "Xem `reporting ingest` có chạy và sẵn sàng không (/health/ready).",
    "See whether `reporting ingest` runs and is ready (/health/ready).",
)


@dataclass(frozen=True)
class Told:
    """What programme.v1 tells; `unread`: records that say nothing to anybody. `there`: whether the topic exists."""

    registry: Registry
    unread: tuple[Position, ...] = ()
    there: bool = True

    def active(self) -> list[Programme]:
        """The versions that count now, closed programmes left out."""
        found = (self.registry.active(name) for name in self.registry.ids() if name not in self.registry.closed)
        return [programme for programme in found if programme is not None]

    def sandboxes(self) -> frozenset[str]:
        return frozenset(programme.id for programme in self.active() if programme.sandbox)


def told(records: Iterable[StoredRecord], unreadable: Iterable[Position], *, there: bool = True) -> Told:
    """The fold of a topic, as every door makes it."""
    registry, unread = Registry(), list(unreadable)
    for record in records:
        try:
            registry = programmes.step(registry, record)
        except Rejected:
            unread.append(record.position)
    return Told(registry, tuple(unread), there)


def of_log(found: Told) -> Iterator[Finding]:
    if found.there and not found.active():
        what = Text("Chưa có chương trình nào được áp dụng", "No programme is applied")
        yield Finding("warning", what, _APPLY)
    for refusal in found.registry.refusals:
        name = f"{refusal.programme} v{refusal.version}"
        what = Text(f"Không dùng được {name}: {refusal.why}", f"{name} cannot be used: {refusal.why}")
        yield Finding("fault", what, _APPLY)
    for programme, version in found.registry.unfinished():
        name = f"{programme} v{version}"
        what = Text(f"{name} chưa được ghi đủ các phần", f"Not all parts of {name} were written")
        yield Finding("fault", what, _APPLY)
    for where in found.unread:
        place = f"{where.topic}:{where.partition}:{where.offset}"
        what = Text(f"Bản ghi {place} không đọc được", f"The record {place} cannot be read")
        yield Finding("warning", what, _LOOK)


def of_database(found: Told, read: Mapping[str, int]) -> Iterator[Finding]:
    """`read`: the newest version of each programme that reporting knows."""
    for programme in found.active():
        known = read.get(programme.id, 0)
        if known < programme.version:
            what = Text(
                f"Reporting chưa đọc {programme.id} v{programme.version} (mới biết v{known})",
                f"Reporting has not read {programme.id} v{programme.version} (it knows v{known})",
            )
            yield Finding("warning", what, _INGEST)
