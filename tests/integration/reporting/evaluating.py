"""A store filled as ingest fills it, for tests of the evaluator: events in, marks made, positions moved."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import Connection, text

from services.contracts.codec import seal
from services.contracts.events import (
    Data,
    DeadletterDiscarded,
    Event,
    ObligationExtended,
    PledgeSigned,
    ProgrammeActivated,
    ProgrammeClock,
    ReportApproved,
    ReportReturned,
    ReportSubmitted,
    TipMoved,
    TipReceived,
)
from services.contracts.programme import content_of, pack, parse
from services.contracts.programme.calendars import local_date
from services.contracts.records import Position
from services.contracts.topics import INPUTS, TOPIC_OF_TYPE
from services.kit.db import engine
from services.kit.eventlog.port import LogIdentity, Partition
from services.reporting.domain.inputs import Cell
from services.reporting.domain.tallies import Tallies
from services.reporting.evaluate.turn import Limits, Turn, take_turn
from services.reporting.evaluate.verify import Verified, verify
from services.reporting.store import generations
from services.reporting.store.batch import Batch, Edition, Mark, Read, Refused
from services.reporting.store.facts import apply
from services.reporting.store.lease import Lease, acquire
from services.reporting.store.migrate import migrate
from services.reporting.store.now import IN_FLIGHT
from services.reporting.store.positions import note_caught_up, open_positions, positions
from services.reporting.store.programmes import NOTHING, read_programmes
from services.reporting.store.statuses import Stored, read_all_statuses
from tests.integration.reporting.agencies import Agencies
from tests.support.programme_folder import Files, pilot_files
from tests.support.waiting import until

LOG = LogIdentity("cluster", {card.name: f"id-{card.name}" for card in INPUTS})
PARTITIONS = [Partition(card.name, number) for card in INPUTS for number in range(card.partitions)]
WARDS = ("18115@2018-01-01", "18118@2018-01-01", "18121@2018-01-01")
LIMITS = Limits()
W1_REPORT = ("BC-THANG-CA", WARDS[0], "2024-M01")
EARLY = datetime(2023, 12, 1, tzinfo=UTC)


class World(Agencies):
    """One programme in a database; `post` is ingest, `turn` one transaction of the evaluator."""

    files: Files = pilot_files()
    holder: Lease | None = None
    tallies = Tallies()

    def __init__(self, url: str, *, sandbox: bool = False, generation: int = 1, files: Files | None = None) -> None:
        self.url = url
        self.engine = engine(url, pool_size=4, application_name="test")
        self.generation = generation
        self.known = NOTHING
        migrate(self.engine)
        self.files = files or self.files
        parsed = parse(self.files)
        self.programme = parsed.activated(parsed.id, 1, sandbox=sandbox)
        self.wall_clock = datetime(2025, 6, 1, tzinfo=UTC)
        with self.reading() as connection:
            open_positions(connection, PARTITIONS, LOG)
        self.activate()

    @classmethod
    def opened(cls, url: str) -> "World":
        """A database that another world has filled."""
        made = cls.__new__(cls)
        made.url, made.engine = url, engine(url, pool_size=4, application_name="test")
        made.generation, made.known = 1, NOTHING
        with made.reading() as connection:
            made.known = read_programmes(connection)
        (programme_id,) = made.known.registry.ids()
        programme = made.known.registry.active(programme_id)
        assert programme is not None
        made.programme = programme
        return made

    @classmethod
    def of_generation(cls, other: "World", generation: int) -> "World":
        """The same database, another generation, which is filled on its own."""
        made = copy(other)
        made.generation, made.known = generation, NOTHING
        return made

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction as ingest opens them."""
        with self.engine.begin() as connection:
            yield generations.bind(connection, self.generation)

    def activate(self, version: int = 1) -> None:
        """A (further) version with the same content: every cell is marked."""
        (part,) = pack(content_of(self.files))
        data = ProgrammeActivated(
            programme=self.programme.id,
            unit=self.programme.root,
            occurred_on=self.programme.starts_on,
            version=version,
            hash=self.programme.hash,
            sandbox=self.programme.sandbox,
            part=1,
            parts=1,
            content=part,
        )
        edition = Edition(
            self.programme.id, version, data.hash, data.sandbox, data.occurred_on, EARLY + timedelta(days=version)
        )
        self.post(data, editions=[edition], marks=[Mark(self.programme.id, self.programme.root, "programme")])

    def event(
        self,
        data: Data,
        accepted_at: datetime,
        event_id: UUID | None = None,
        actor: str | None = None,
        source: str = "ubnd-18115",
    ) -> Event:
        return seal(
            data,
            event_id=event_id or uuid4(),
            source=source,
            accepted_at=accepted_at,
            programme_version=1,
            actor=actor,
        )

    def post(
        self,
        *said: Data | Event,
        accepted_at: datetime = EARLY,
        editions: Sequence[Edition] = (),
        marks: Sequence[Mark] | None = None,
    ) -> None:
        """Events read in one batch of partition 0 of their topics."""
        with self.reading() as connection:
            known = positions(connection)
            ends = dict(known)
            reads = []
            for one in said:
                event = one if isinstance(one, Event) else self.event(one, accepted_at)
                place = Partition(TOPIC_OF_TYPE.get(event.type, "report.v1"), 0)
                position = Position(*place, ends[place])
                ends[place] += 1
                made = tuple(marks if marks is not None else self.marks_of(event.data))
                reads.append(Read(position, event, event.accepted_at, local_date(event.accepted_at), made))
            starts = {place: known[place] for place in ends if ends[place] != known[place]}
            moved = {place: ends[place] for place in starts}
            apply(connection, Batch(starts=starts, ends=moved, read=reads, editions=editions), LOG)

    def marks_of(self, data: Data) -> Iterator[Mark]:
        match data:
            case PledgeSigned(signers=signers):
                first = min(signer.signed_on for signer in signers)
                yield Mark(data.programme, data.unit, f"pledge:{data.kind}", first)
            case ReportSubmitted() | ReportApproved() | ReportReturned() | ObligationExtended():
                owed = self.programme.obligation_of_report[data.report_id]
                period = self.programme.period(owed.period)
                assert period is not None
                yield Mark(data.programme, data.unit, f"form:{owed.form}", period.start, period.end)
            case TipReceived():
                yield Mark(data.programme, data.unit, "tip", data.occurred_on)
            case TipMoved():
                yield Mark(data.programme, data.unit, "tip")

    def caught_up(self, at: datetime, without: Partition | None = None) -> None:
        """Every partition was read to an end seen at an instant."""
        with self.reading() as connection:
            note_caught_up(connection, {place: (0, at) for place in PARTITIONS if place != without})

    def reach(self, now: datetime) -> None:
        """Lets `now` come for a live programme."""
        self.caught_up(now + IN_FLIGHT)

    def clock(self, now: datetime, ahead: int = 0) -> None:
        """A sandbox's clock; its ends are what has been posted, and `ahead` more of the reports."""
        with self.reading() as connection:
            known = positions(connection)
        ends: dict[str, list[int]] = {}
        for place in PARTITIONS:
            ends.setdefault(place.topic, []).append(known[place])
        ends["report.v1"][0] += ahead
        data = ProgrammeClock(
            programme=self.programme.id,
            unit=self.programme.root,
            occurred_on=self.programme.starts_on,
            now=now,
            ends=ends,
        )
        self.post(data, accepted_at=now)

    def refuse(self, unit: str) -> Position:
        """A record of the reports that became a dead letter."""
        with self.reading() as connection:
            place = Partition("report.v1", 0)
            start = positions(connection)[place]
            position = Position(*place, start)
            refused = Refused(
                position=position,
                first=position,
                reason="invalid_field",
                field="values",
                source="ubnd-18115",
                programme=self.programme.id,
                unit=unit,
                recorded_at=EARLY,
                logged_on=local_date(EARLY),
                marks=(Mark(self.programme.id, unit, "deadletter"),),
            )
            apply(connection, Batch(starts={place: start}, ends={place: start + 1}, refused=[refused]), LOG)
        return position

    def discard(self, topic: str, partition: int, offset: int, accepted_at: datetime = EARLY) -> None:
        """The dead letter of a record is closed by decision."""
        data = DeadletterDiscarded(
            programme=self.programme.id,
            unit=self.programme.root,
            occurred_on=self.programme.starts_on,
            topic=topic,
            partition=partition,
            offset=offset,
            reason="unreadable",
        )
        self.post(data, accepted_at=accepted_at)

    def lease(self) -> Lease:
        """The server takes a moment to notice that the last holder's session has ended."""
        held: list[Lease] = []

        def taken() -> bool:
            held.extend(lease for lease in [acquire(self.engine)] if lease is not None)
            return bool(held)

        until(taken)
        return held[0]

    def turn(self, lease: Lease, step: Callable[[str], None] = lambda name: None, limits: Limits = LIMITS) -> Turn:
        with lease.work() as work:
            self.known = read_programmes(work.connection, self.known)
            programme = self.known.registry.active(self.programme.id)
            assert programme is not None
            return take_turn(work, programme, self.wall_clock, limits, step, self._remembered(lease))

    def _remembered(self, lease: Lease) -> Tallies:
        """As an evaluator does: for as long as it holds the lock."""
        if self.holder is not lease:
            self.holder, self.tallies = lease, Tallies()
        return self.tallies

    def settle(self, lease: Lease | None = None, limits: Limits = LIMITS) -> None:
        """Turns until there is nothing to do."""
        own = lease or self.lease()
        while self.turn(own, limits=limits).more:
            pass
        if lease is None:
            own.close()

    def stored(self) -> dict[Cell, Stored]:
        with self.reading() as connection:
            return {stored.cell: stored for stored in read_all_statuses(connection, self.programme.id)}

    def status(self, unit: str, indicator: str, period: str) -> str:
        return self.stored()[Cell(unit, indicator, period)].status.status

    def one(self, statement: str) -> object:
        with self.reading() as connection:
            return connection.scalar(text(statement))

    def verified(self) -> Verified:
        with self.reading() as connection:
            return verify(connection, self.programme)
