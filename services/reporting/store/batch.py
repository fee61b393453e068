"""What one transaction of ingest is given: records already decoded and judged, and where they stood in the log."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from services.contracts.events import Event
from services.contracts.programme import Obligation
from services.contracts.records import Position
from services.contracts.topics import TIP
from services.kit.eventlog.port import Partition


class Mark(NamedTuple):
    """What evaluate must look at: the cells of a leaf unit (or of a whole programme) that read a source.

    `source` is pledge:<kind>, form:<code>, tip, programme or deadletter; days are those concerned, None: no bound.
    """

    programme: str
    unit: str
    source: str
    since: date | None = None
    until: date | None = None


class Read(NamedTuple):
    """A record that is fit.

    `logged_on` is the local day of the log's timestamp, `owed` what a report, a decision or an extension is about,
    `redrives` the first position of a dead letter that was sent again.
    """

    position: Position
    event: Event
    recorded_at: datetime
    logged_on: date
    marks: tuple[Mark, ...] = ()
    owed: Obligation | None = None
    redrives: Position | None = None


class Refused(NamedTuple):
    """A record that is not: a dead letter. Unknown names are empty. `reason` is a Reason, or corrupt."""

    position: Position
    first: Position
    reason: str
    field: str
    source: str
    programme: str
    unit: str
    recorded_at: datetime
    logged_on: date
    marks: tuple[Mark, ...] = ()
    event_id: UUID | None = None


class Edition(NamedTuple):
    """A programme version that became whole with this batch."""

    programme: str
    version: int
    hash: str
    sandbox: bool
    effective_on: date
    recorded_at: datetime


class Halt(NamedTuple):
    """Too many rejects: every ingest process stands still until it is lifted."""

    since: datetime
    topic: str
    source: str
    rejects: int
    reason: str


@dataclass(frozen=True)
class Batch:
    """`starts` and `ends` are the next offsets of each partition, before and after."""

    starts: Mapping[Partition, int]
    ends: Mapping[Partition, int]
    read: Sequence[Read] = ()
    refused: Sequence[Refused] = ()
    editions: Sequence[Edition] = ()
    halt: Halt | None = None

    def marks(self) -> set[Mark]:
        return {mark for read in self.read for mark in read.marks} | {
            mark for refused in self.refused for mark in refused.marks
        }

    def oldest(self) -> tuple[datetime | None, datetime | None]:
        """When the oldest event was accepted, and when recorded. Tips are left out: nothing may move with one."""
        timed = [read for read in self.read if read.position.topic != TIP.name]
        accepted_at = min((read.event.accepted_at for read in timed), default=None)
        return accepted_at, min((read.recorded_at for read in timed), default=None)
