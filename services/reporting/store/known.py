"""What was known at the end of a local day: the same questions, asked of the copies that were recorded by then.

The names of the views that decide what counts are given another meaning in front of a statement, so that no rule is
written twice. A day, not an instant: signers are counted by day, and whoever could ask for any instant could find the
second at which a tip came.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import TextClause, text

from services.contracts.programme.calendars import day_end
from services.reporting.store.views import counting

_BY_THEN: Final = "and c.recorded_at <= :known_at"


def _counting(fact: str, only: str) -> str:
    """Materialized: a fact that the statement asks for twice is looked for once, and never all facts there are."""
    return f"counting_{fact} as materialized ({counting(fact, copies=_BY_THEN)} and {only})"


_OF_REPORTS: Final = "f.report_id = any(cast(:ids as uuid[]))"
REPORTS: Final = ", ".join(
    [
        *(_counting(fact, _OF_REPORTS) for fact in ("report", "decision", "extension")),
        """latest_report as (
            select distinct on (report_id) * from counting_report
            order by report_id, revision desc, accepted_at, event_id
        )""",
    ]
)
"""For statements about the reports `:ids`."""
PUBLICATIONS: Final = _counting("remark", "f.programme = :programme")
"""For statements about what else was said of `:programme`: publications of periods, baselines."""
_OF_TIPS: Final = """
    f.tip_id in (select tip_id from tip where programme = :programme and unit = any(cast(:units as text[])))
"""
TIPS: Final = ", ".join(_counting(fact, _OF_TIPS) for fact in ("tip", "tip_move"))
"""For statements about tips of the units `:units`."""
DEAD_LETTERS: Final = f"""
    {_counting("discard", "true")},
    dead_letter as (
        select r.*, case
            when exists (
                select from redriven v join copies c
                    on (c.topic, c.partition, c.log_offset) = (v.topic, v.partition, v.log_offset)
                where c.event_id = r.event_id {_BY_THEN} and (v.first_topic, v.first_partition, v.first_offset)
                    = (r.first_topic, r.first_partition, r.first_offset)
            ) then 'redriven'
            when exists (
                select from counting_discard d where (d.topic, d.partition, d.log_offset)
                    in ((r.first_topic, r.first_partition, r.first_offset), (r.topic, r.partition, r.log_offset))
            ) then 'discarded'
            else 'waiting'
        end as state
        from reject r where r.programme = :programme and r.recorded_at <= :known_at
    )
"""  # noqa: S608 - words from above
"""For statements about dead letters of `:programme`. Those of a sandbox are recorded by the wall clock, not its own."""


@dataclass(frozen=True, slots=True)
class Then:
    """The last instant of the day that is asked about; None: now."""

    known_at: datetime | None = None

    def ask(self, statement: str, meanings: str) -> TextClause:
        """The statement, of what was known then."""
        if self.known_at is None:
            return text(statement)
        rest = statement.strip()
        return text(f"with {meanings}, {rest[5:]}" if rest.startswith("with ") else f"with {meanings} {rest}")

    @property
    def given(self) -> Mapping[str, Any]:
        return {} if self.known_at is None else {"known_at": self.known_at}


NOW: Final = Then()


def then(known_on: date | None) -> Then:
    return NOW if known_on is None else Then(day_end(known_on))
