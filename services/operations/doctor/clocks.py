"""Clocks: ours, the database's, the broker's and the doors' agree within two seconds.

The broker tells its time only with the records it appends. So the newest of them can prove that it is ahead of us, or
that a door is ahead of it: nothing is accepted after it was recorded.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from services.contracts.codec import decode
from services.contracts.errors import Rejected, Text
from services.contracts.records import StoredRecord
from services.kit.clock import Clock
from services.operations.doctor.findings import Finding

TOLERATED: Final = timedelta(seconds=2)
RECENT: Final = timedelta(hours=1)
"""What older records prove may long have been mended."""
_SYNCHRONISE: Final = Text(
    "Đồng bộ giờ của mọi máy (chrony hoặc systemd-timesyncd) rồi chạy lại doctor.",
    "Synchronise the clocks of all machines (chrony or systemd-timesyncd) and run doctor again.",
)


def of_database(clock: Clock, ask: Callable[[], datetime]) -> Iterator[Finding]:
    """Our clock against the database's, which lies between our asking and its answer. `ask` raises Unavailable."""
    before, theirs, after = clock.now(), ask(), clock.now()
    if theirs > after + TOLERATED:
        yield _apart("của cơ sở dữ liệu", "The database's", "nhanh", "ahead of", theirs - after)
    if theirs < before - TOLERATED:
        yield _apart("của cơ sở dữ liệu", "The database's", "chậm", "behind", before - theirs)


def of_log(clock: Clock, newest: Iterable[StoredRecord], sandboxes: frozenset[str]) -> Iterator[Finding]:
    """The newest record of each partition against our clock, and against when a door says that it accepted it."""
    now = clock.now()
    recorded = [(record, _recorded_at(record)) for record in newest]
    ahead = max((at - now for _, at in recorded), default=timedelta())
    if ahead > TOLERATED:
        yield _apart("của Kafka", "The broker's", "nhanh", "ahead of", ahead)
    for record, at in recorded:
        if now - at < RECENT:
            yield from _of_door(record, at, sandboxes)


def _of_door(record: StoredRecord, recorded_at: datetime, sandboxes: frozenset[str]) -> Iterator[Finding]:
    try:
        event = decode(record)
    except Rejected:
        return
    ahead = event.accepted_at - recorded_at
    if ahead > TOLERATED and event.data.programme not in sandboxes:
        where = f"{record.topic}:{record.partition}:{record.offset}"
        what = Text(
            f"Giờ của máy nhận {event.type} nhanh hơn giờ của Kafka {_seconds(ahead)} giây ({where})",
            f"The clock of who accepted {event.type} is {_seconds(ahead)} s ahead of the broker's ({where})",
        )
        yield Finding("fault", what, _SYNCHRONISE)


def _apart(whose_vi: str, whose_en: str, vi: str, en: str, skew: timedelta) -> Finding:
    what = Text(
        f"Giờ {whose_vi} {vi} hơn giờ máy này {_seconds(skew)} giây",
        f"{whose_en} clock is {_seconds(skew)} s {en} this machine's",
    )
    return Finding("fault", what, _SYNCHRONISE)


def _recorded_at(record: StoredRecord) -> datetime:
    return datetime.fromtimestamp(record.timestamp_ms / 1_000, UTC)


def _seconds(skew: timedelta) -> str:
    return f"{skew.total_seconds():.1f}"
