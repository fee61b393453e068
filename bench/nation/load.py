"""A land into the log and through real processes: what each of them gets done in a second."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import NamedTuple

from bench.nation import reports, sheets
from bench.nation.folder import programme_of, write
from bench.nation.land import Land
from bench.nation.log import Log
from bench.nation.watch import Watched, has_read, is_evaluated, is_told, watched
from bench.stage import Running, Stage
from deploy.laptop.installation import operate
from deploy.laptop.town import Member
from services.contracts.programme import Programme
from services.contracts.records import Record
from services.reporting.store.snapshots import Engine


@dataclass
class Ground:
    """`running`: the processes that were begun and not ended, by their members' names."""

    stage: Stage
    database: Engine
    log: Log
    running: dict[str, Running] = field(default_factory=dict)

    def apply(self, land: Land) -> Programme:
        """Its programme on the log, as an operator puts it there."""
        folder = write(land, self.stage.folder / land.programme)
        operate(["programme", "apply", str(folder), "--yes"], self.stage.environment)
        return programme_of(land)

    def begin(self, *members: Member) -> list[Running]:
        """Those that do not run yet are started, and ready."""
        for member in members:
            if member.name not in self.running:
                self.running[member.name] = self.stage.start(member)
        return [self.running[member.name] for member in members]

    def end(self, *members: Member) -> None:
        for member in members:
            if member.name in self.running:
                self.running.pop(member.name).stop()

    def end_all(self) -> None:
        while self.running:
            self.running.popitem()[1].stop()

    def fed(self, records: Iterator[Record]) -> tuple[int, Watched]:
        """So many records are appended: until the ingest processes that run have read them all."""
        ingests = [one for name, one in self.running.items() if name.startswith("ingest")]
        number = 0

        def appended() -> None:
            nonlocal number
            number = self.log.append(records)

        seen = watched(ingests, lambda: has_read(self.database, self.log.ends()), first=appended)
        return number, seen

    def caught_up(self, ingests: Sequence[Running]) -> Watched:
        """Until they have read all that stands on the log."""
        ends = self.log.ends()
        return watched(ingests, lambda: has_read(self.database, ends))

    def settle(self) -> Watched:
        """The evaluator's work: until all statuses stand and all changes are told."""
        evaluators = self.begin(self.stage.town.evaluate)
        return watched(evaluators, lambda: is_evaluated(self.database) and is_told(self.database))


class Rates(NamedTuple):
    """A second, by one process and by two; `peak_mib`: of any ingest process."""

    signatures: tuple[float, float]
    reports: tuple[float, float]
    peak_mib: float


def load(ground: Ground, land: Land, programme: Programme) -> Rates:
    """Half of the sheets is read by one process and half by two, and so are the reports."""
    town = ground.stage.town
    signed, said = sheets.sheets(land), reports.reports(programme)
    ground.end(town.evaluate)
    found: list[tuple[float, float]] = []
    peak = 0.0
    for processes in (1, 2):
        ground.begin(*town.ingests[:processes])
        number, seen = ground.fed(_half(signed, sheets.number(land), processes))
        others, later = ground.fed(_half(said, len(programme.obligations), processes))
        found.append((number * land.signatures / sheets.number(land) / seen.seconds, others / later.seconds))
        peak = max(peak, *seen.peaks_mib, *later.peaks_mib)
        ground.stage.say(f"{processes} ingest: {found[-1][0]:,.0f} signatures/s, {found[-1][1]:,.0f} reports/s")
    (signatures, reported), (by_two, reported_by_two) = found
    return Rates((signatures, by_two), (reported, reported_by_two), peak)


def _half(records: Iterator[Record], number: int, which: int) -> Iterator[Record]:
    return islice(records, number // 2 if which == 1 else None)
