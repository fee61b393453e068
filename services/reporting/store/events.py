"""Copies of events: every one is kept, and which counts follows from their values."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import Connection, text

from services.contracts.events import ReportSubmitted
from services.contracts.records import Position
from services.kit.clock import local_day
from services.reporting.domain.signers import Copy, standing
from services.reporting.store.batch import Read
from services.reporting.store.bulk import Row, copy_rows, insert_rows
from services.reporting.store.schema import copy, event

_COLUMNS: Final = (
    "event_id",
    "body_hash",
    "accepted_at",
    "recorded_at",
    "logged_on",
    "type",
    "source",
    "programme",
    "unit",
    "topic",
    "partition",
    "log_offset",
)
Copies = Mapping[UUID, Sequence[tuple[Copy, Position]]]


@dataclass(frozen=True)
class Remembered:
    """The copies of a batch among those known.

    `alone` are the event ids never read before that one record of the batch has: nearly all of them. `before` and
    `after` are the copies of the other events.
    """

    reads: Sequence[Read]
    alone: AbstractSet[UUID]
    before: Copies
    after: Copies

    def new_bodies(self) -> list[Read]:
        """The first record of every body that was not known, in the order read."""
        known = {(id_, known.body_hash) for id_, copies in self.before.items() for known, _ in copies}
        found: dict[UUID | tuple[UUID, bytes], Read] = {}
        for read in self.reads:
            body = (read.event.id, read.event.body_hash)
            if read.event.id in self.alone:
                found[read.event.id] = read
            elif body not in known:
                found.setdefault(body, read)
        return list(found.values())

    def stood(self, read: Read) -> tuple[date, bool]:
        """The recorded day of the first body under this record's event id, and whether no other body ever stood.

        Of an event that was known before this batch nothing is said to be so.
        """
        if read.event.id in self.alone:
            return local_day(read.recorded_at), True
        (day, winner), *later = standing(copy for copy, _ in self.after[read.event.id])
        fresh = read.event.id not in self.before
        return day, fresh and not later and winner == read.event.body_hash

    def moved(self) -> list[UUID]:
        """Events known before whose standing is not what it was: another body, or another recorded day."""
        return [
            id_
            for id_, copies in self.before.items()
            if standing(copy for copy, _ in copies) != standing(copy for copy, _ in self.after[id_])
        ]


def remember(connection: Connection, reads: Sequence[Read]) -> Remembered:
    """Inserts every copy of the batch; holds the rows of all its event ids until the transaction ends."""
    first: dict[UUID, Read] = {}
    rest = [read for read in reads if first.setdefault(read.event.id, read) is not read]
    known = _insert_events(connection, list(first.values()))
    before = _lock(connection, sorted(known))
    rest += [first[id_] for id_ in known]
    insert_rows(connection, copy, _COLUMNS, [_row(read) for read in rest])
    alone = first.keys() - {read.event.id for read in rest}
    after: dict[UUID, list[tuple[Copy, Position]]] = defaultdict(list)
    for id_, copies in before.items():
        after[id_].extend(copies)
    for read in reads if rest else ():
        if read.event.id not in alone:
            after[read.event.id].append((_copy(read), read.position))
    return Remembered(reads, alone, before, after)


def outcomes(connection: Connection, remembered: Remembered) -> Counter[tuple[str, str]]:
    """(topic, outcome) of each record as this batch saw it; what it is worth later is asked of the view `outcome`."""
    winners = {id_: min(copies, key=_rank) for id_, copies in remembered.after.items()}
    seen: Counter[tuple[str, str]] = Counter()
    reports: list[UUID] = []
    for read in remembered.reads:
        worth = _worth(read, winners.get(read.event.id))
        if worth == "applied" and isinstance(read.event.data, ReportSubmitted):
            reports.append(read.event.id)
        else:
            seen[read.position.topic, worth] += 1
    return seen + _outcomes_of_reports(connection, reports)


def _worth(read: Read, winner: tuple[Copy, Position] | None) -> str:
    """Without `winner` it is alone."""
    if winner is not None and read.event.body_hash != winner[0].body_hash:
        return "conflict"
    if winner is not None and read.position != winner[1]:
        return "duplicate"
    return "applied"


def standings_of(connection: Connection, event_ids: Iterable[UUID]) -> dict[UUID, list[tuple[Copy, Position]]]:
    """All copies of some events, this transaction's included."""
    statement = """
        select event_id, accepted_at, body_hash, recorded_at, topic, partition, log_offset
        from copies where event_id = any(cast(:ids as uuid[]))
    """
    found: dict[UUID, list[tuple[Copy, Position]]] = defaultdict(list)
    for row in connection.execute(text(statement), {"ids": sorted(event_ids)}):
        kept = Copy(row.accepted_at, row.body_hash, local_day(row.recorded_at))
        found[row.event_id].append((kept, Position(row.topic, row.partition, row.log_offset)))
    return found


# The rules of the view `outcome`, asked of the reports of a batch: the view would sort every report there is.
_OUTCOMES_OF_REPORTS: Final = """
    select w.topic, count(*) as n, case
        when beaten.revision > r.revision then 'superseded'
        when beaten.event_id <> r.event_id then 'conflict'
        else 'applied'
    end as outcome
    from standing w
    join report r on r.event_id = w.event_id and r.body_hash = w.body_hash
    cross join lateral (
        select l.event_id, l.revision from counting_report l where l.report_id = r.report_id
        order by l.revision desc, l.accepted_at, l.event_id limit 1
    ) beaten
    where w.event_id = any(cast(:ids as uuid[])) and r.event_id = any(cast(:ids as uuid[]))
    group by w.topic, outcome
"""


def _insert_events(connection: Connection, reads: Sequence[Read]) -> frozenset[UUID]:
    """The ids that were there: their row is of a record that is not ours."""
    inserted = copy_rows(connection, event, _COLUMNS, [_row(read) for read in reads])
    if inserted == len(reads):
        return frozenset()
    statement = """
        select s.event_id from staged_event s join event e on e.event_id = s.event_id
        where (e.topic, e.partition, e.log_offset) <> (s.topic, s.partition, s.log_offset)
    """
    return frozenset(connection.scalars(text(statement)))


def _lock(connection: Connection, event_ids: Sequence[UUID]) -> dict[UUID, list[tuple[Copy, Position]]]:
    """Waits for whoever works on these events; only the next statement sees what they have done."""
    if not event_ids:
        return {}
    statement = "select 1 from event where event_id = any(cast(:ids as uuid[])) order by event_id for update"
    connection.execute(text(statement), {"ids": list(event_ids)})
    return standings_of(connection, event_ids)


def _outcomes_of_reports(connection: Connection, event_ids: Sequence[UUID]) -> Counter[tuple[str, str]]:
    if not event_ids:
        return Counter()
    rows = connection.execute(text(_OUTCOMES_OF_REPORTS), {"ids": list(event_ids)})
    return Counter({(row.topic, row.outcome): row.n for row in rows})


def _rank(kept: tuple[Copy, Position]) -> tuple[datetime, bytes, Position]:
    """The order of the view `standing`."""
    copied, place = kept
    return copied.accepted_at, copied.body_hash, place


def _copy(read: Read) -> Copy:
    return Copy(read.event.accepted_at, read.event.body_hash, local_day(read.recorded_at))


def _row(read: Read) -> Row:
    said = read.event
    return (
        said.id,
        said.body_hash,
        said.accepted_at,
        read.recorded_at,
        read.logged_on,
        said.type,
        said.source,
        said.data.programme,
        said.data.unit,
        *read.position,
    )
