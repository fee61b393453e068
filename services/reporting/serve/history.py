"""A status's history: derived from the facts, each change with what it came of."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property, lru_cache
from itertools import islice
from typing import Any, Final

from services.contracts.errors import fault
from services.contracts.programme import Programme
from services.contracts.programme.calendars import local_date
from services.contracts.readings.histories import Cause, StatusChange, StatusHistory
from services.kit.web import ProblemError
from services.kit.web.paging import DEFAULT_LIMIT, read_cursor, refused, write_cursor
from services.reporting.domain import history
from services.reporting.domain.history import Change
from services.reporting.domain.inputs import Cell, Facts
from services.reporting.domain.needs import Needs, needs_of
from services.reporting.domain.status import Status, definition_of, evaluate
from services.reporting.domain.summaries import period_summary
from services.reporting.serve import then
from services.reporting.serve.streaks import kept
from services.reporting.serve.summaries import shown, unit_summary
from services.reporting.serve.view import View, period_of, unit_of
from services.reporting.store import heard
from services.reporting.store.heard import Heard
from services.reporting.store.inputs import read_facts

CAUSES_SHOWN: Final = 20
WORK: Final = 200_000
"""Facts that a page may look at: a whole country's cell is walked in short pages, a ward's in one."""
FEWEST_ANSWERS: Final = 10


def status_history(view: View, asked: Mapping[str, Any]) -> StatusHistory:
    programme = view.programme(asked["programme"])
    period = period_of(programme, asked["period"])
    unit = unit_of(programme, asked["unit"], period)
    cell = Cell(unit.id, asked["indicator"], period.code)
    if not _exists(cell, programme):
        raise ProblemError(404, "not_found", [fault("indicator", "not_found")])
    told = Telling(view, programme, cell)
    walked = told.walk(asked.get("cursor"), asked.get("limit") or DEFAULT_LIMIT)
    return StatusHistory(
        as_of=view.as_of(programme),
        next=write_cursor(walked.left.isoformat()) if walked.left else None,
        programme=programme.id,
        unit=unit_summary(programme, unit),
        indicator=cell.indicator,
        period=period_summary(period),
        since=told.since,
        streak=kept(view, programme, period, [unit.id], [programme.indicators[cell.indicator]]).get(cell[:2]),
        items=[told.change(change) for change in walked.changes],
    )


def _exists(cell: Cell, programme: Programme) -> bool:
    indicator, period = programme.indicators.get(cell.indicator), programme.period(cell.period)
    if indicator is None or period is None or period not in programme.periods_from(indicator.frequency):
        return False
    return bool(programme.units.leaves(cell.unit, period))


@dataclass(frozen=True)
class Telling:
    """The history of one cell in one snapshot."""

    view: View
    programme: Programme
    cell: Cell

    @cached_property
    def now(self) -> datetime | None:
        return self.view.now_of(self.programme)

    def day_of(self, day: date) -> date:
        """What was recorded after the day of `now` is known today already (in a sandbox: dead letters)."""
        return day if self.now is None else min(day, local_date(self.now))

    @cached_property
    def since(self) -> date:
        return then.first_day(self.view, self.programme)

    @cached_property
    def needs(self) -> Needs:
        return needs_of([self.cell], self.programme)

    @cached_property
    def of_reports(self) -> Mapping[date, list[Heard]]:
        days: dict[date, list[Heard]] = defaultdict(list)
        for one in heard.of_reports(self.view.snapshot.connection, self.needs):
            days[self.day_of(local_date(one.recorded_at))].append(one)
        return days

    @cached_property
    def of_signers(self) -> Mapping[date, int]:
        days: Counter[date] = Counter()
        for day, n in heard.of_signers(self.view.snapshot.connection, self.programme.id, self.needs).items():
            days[self.day_of(day)] += n
        return days

    @cached_property
    def of_tips(self) -> set[date]:
        days = heard.of_tips(self.view.snapshot.connection, self.programme.id, self.needs)
        return {self.day_of(day) for day in days}

    @cached_property
    def of_dead_letters(self) -> set[date]:
        below = self.programme.units.subtree(self.cell.unit)
        days = heard.of_dead_letters(self.view.snapshot.connection, self.programme.id, below)
        return {self.day_of(day) for day in days}

    @cached_property
    def of_publications(self) -> set[date]:
        connection = self.view.snapshot.connection
        days = heard.of_publications(connection, self.programme.id, self.cell.period)
        return {self.day_of(day) for day in days}

    @cached_property
    def of_versions(self) -> Mapping[date, int]:
        """The highest version that became active, by day."""
        if self.programme.sandbox:
            return {self.since: self.programme.version}
        recorded = self.view.registry.recorded.items()
        versions = sorted((version, at) for (name, version), at in recorded if name == self.programme.id)
        return {self.day_of(local_date(at)): version for version, at in versions}

    def walk(self, cursor: str | None, limit: int) -> history.Walked:
        """Nothing is evaluated yet: no history. Raises ProblemError 422 for a cursor that no page gave."""
        now = self.now
        if now is None:
            return history.Walked((), None)
        start = self.since if cursor is None else _day(read_cursor(cursor))
        if not self.since <= start <= max(self.since, local_date(now)):
            raise refused()
        days = {*self.of_reports, *self.of_signers, *self.of_tips, *self.of_dead_letters}
        days |= {*self.of_publications, *self.of_versions}
        size = len(self.needs.report_ids) + len(self.needs.signer_units) + len(self.needs.tip_movers)
        answers = max(FEWEST_ANSWERS, WORK // max(1, size))
        return history.walk(self.answerer(now), self.since, start, days, now, (limit, answers))

    def answerer(self, now: datetime) -> history.Answer:
        """What is asked of the day of `now` is answered from everything that is known."""
        today = local_date(now)

        @lru_cache(maxsize=2)
        def known_by(day: date) -> tuple[Programme, Facts] | None:
            programme = self.programme if day == today else then.version_at(self.view, self.programme, day)
            if programme is None or not _exists(self.cell, programme):
                return None
            needs, known_on = needs_of([self.cell], programme), None if day == today else day
            return programme, read_facts(self.view.snapshot.connection, programme.id, needs, day, known_on)

        def answer(known: date, at: datetime) -> Status | None:
            found = known_by(known)
            return None if found is None else evaluate(self.cell, *found, at)

        return answer

    def change(self, change: Change) -> StatusChange:
        programme = then.version_at(self.view, self.programme, change.day) or self.programme
        causes = list(self.causes(change))
        instants = [cause.at for cause in causes]
        return StatusChange(
            day=change.day,
            at=max((at for at in instants if at is not None), default=None) if None not in instants else None,
            before=None if change.before is None else shown(change.before),
            after=shown(change.after),
            version=programme.version,
            definition_hash=definition_of(self.cell, programme).definition_hash,
            definition_version=definition_of(self.cell, programme).version,
            causes=list(islice(causes, CAUSES_SHOWN)),
            causes_known=len(causes),
        )

    def causes(self, change: Change) -> Iterator[Cause]:
        """What time did, and, if the facts of the day changed it too, what was heard on that day."""
        if change.passed_at is not None:
            yield Cause(kind="time", at=change.passed_at)
        if not change.told:
            return
        day = change.day
        if day in self.of_versions:
            yield Cause(kind="programme", version=self.of_versions[day])
        named = {one.event_id: one for one in reversed(self.of_reports.get(day, []))}
        for one in sorted(named.values()):
            yield Cause(kind="event", at=one.recorded_at, event_id=one.event_id, type=one.type)
        yield from self.counted(day)

    def counted(self, day: date) -> Iterator[Cause]:
        """What is known to the day only."""
        if self.of_signers.get(day):
            yield Cause(kind="signers", n=self.of_signers[day])
        if day in self.of_tips:
            yield Cause(kind="tips")
        if day in self.of_dead_letters:
            yield Cause(kind="dead_letters")
        if day in self.of_publications:
            yield Cause(kind="publication")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise refused() from None
