"""What an evaluation is given: the cell asked about and the facts it needs, as immutable values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from typing import NamedTuple
from uuid import UUID

from services.contracts.fields import StatusName, TipChannel
from services.reporting.domain.obligations import Extension, Submission
from services.reporting.domain.tallies import Tallies


class Cell(NamedTuple):
    """One status: a unit id, an indicator code and a period code."""

    unit: str
    indicator: str
    period: str


class Value(NamedTuple):
    """An exact number by its parts, which are kept as counted: 450 of 1,000 households stays 450/1000."""

    num: int
    den: int = 1

    @property
    def fraction(self) -> Fraction:
        return Fraction(self.num, self.den)


@dataclass(frozen=True, slots=True)
class Report:
    """The counting revision of a report. `returned`: its latest binding decision sent it back."""

    accepted_at: datetime
    values: Mapping[str, int | None]
    nil: bool = False
    returned: bool = False

    def measure(self, code: str) -> int | None:
        """What it says of a measure: nil says 0 of all of them, null and absent say nothing."""
        return 0 if self.nil else self.values.get(code)


class DayCount(NamedTuple):
    """By how much the distinct signers of a unit grow on a day; a withdrawal counts -1 on its own day."""

    day: date
    n: int


class TipCount(NamedTuple):
    """How many tips a unit received on a day and handed over on another (None: not yet).

    `due_on` is the last day on which closing them is lawful (`tip_limits`; None while suspended); `closed_on` is None
    until they are.
    """

    received_on: date
    handed_over_on: date | None
    n: int
    due_on: date | None = None
    closed_on: date | None = None
    channel: TipChannel = "other"


class Published(NamedTuple):
    """What was published of a cell, by which event, and when that was accepted."""

    status: StatusName
    value: Value | None
    flags: tuple[str, ...]
    event_id: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class Facts:
    """Facts that count, for at least the cells asked about. Reports are by report id.

    `first_accepted`: when a report was first submitted, in whatever revision; `papers`: its revisions that name a day
    of receipt; `extensions` of it. `signers`: by (signer kind, leaf unit). `tips`: by receiving unit. `blocked`: units
    for which a dead letter waits. `published`: what stands published. `tallies`: what an evaluator remembers of units
    above those that report; None: nothing is added up beforehand, and every input has a name.
    """

    reports: Mapping[UUID, Report] = field(default_factory=dict)
    first_accepted: Mapping[UUID, datetime] = field(default_factory=dict)
    signers: Mapping[tuple[str, str], tuple[DayCount, ...]] = field(default_factory=dict)
    tips: Mapping[str, tuple[TipCount, ...]] = field(default_factory=dict)
    blocked: frozenset[str] = frozenset()
    published: Mapping[Cell, Published] = field(default_factory=dict)
    papers: Mapping[UUID, tuple[Submission, ...]] = field(default_factory=dict)
    extensions: Mapping[UUID, tuple[Extension, ...]] = field(default_factory=dict)
    tallies: Tallies | None = None
