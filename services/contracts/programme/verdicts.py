"""Verdicts: packs of k-of-n rules over criteria, each with the law that it quotes and the days that it is in force."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Final, Literal

from services.contracts.errors import Text
from services.contracts.programme.calendars import PeriodKind

ThresholdName = Literal["at_least", "at_most", "below"]
THRESHOLDS: Final[tuple[ThresholdName, ...]] = ("at_least", "at_most", "below")


@dataclass(frozen=True, slots=True)
class Citation:
    """The paper that a pack quotes. `number` is empty where our sources do not give it."""

    number: str
    text: Text
    provisional: bool
    source: str


@dataclass(frozen=True, slots=True)
class Criterion:
    """A number compared with thresholds: the sum of the indicators `reads`, divided by that of `per` where given.

    At least `at_least`, at most `at_most`, less than `below`, as far as given. `each` = "unit_month": every reporting
    unit in every base period of the first indicator must do so by itself. A provisional criterion (its threshold is not
    readable in our sources, or nothing counts what it asks for) is never decided; of the `unsettled` thresholds (which
    no source gives) none decides by itself; `reason` says why.
    """

    code: str
    name: Text
    reads: tuple[str, ...]
    per: tuple[str, ...]
    each: Literal["unit_month"] | None
    at_least: Fraction | None
    at_most: Fraction | None
    below: Fraction | None
    provisional: bool
    reason: Text | None
    source: str
    unsettled: frozenset[ThresholdName] = frozenset()


@dataclass(frozen=True, slots=True)
class Quorum:
    """At least `need` of the criteria `of` must be satisfied."""

    need: int
    of: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Grade:
    """What a verdict may come to: when any of its quorums is reached."""

    code: str
    name: Text
    quorums: tuple[Quorum, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """The first of `grades` that is reached, else `otherwise` (which has no quorum).

    `judges`: kinds of units. `frequency`: the shortest kind of period that it is given for.
    """

    code: str
    name: Text
    judges: frozenset[str]
    frequency: PeriodKind
    grades: tuple[Grade, ...]
    otherwise: Grade


@dataclass(frozen=True, slots=True)
class RulePack:
    """In force from `valid_from` to `valid_to`, both included; None: not known, or without end.

    `definition_hash` changes whenever anything in the pack does.
    """

    code: str
    name: Text
    citation: Citation
    valid_from: date | None
    valid_to: date | None
    notes: Text
    criteria: Mapping[str, Criterion]
    verdicts: tuple[Verdict, ...]
    definition_hash: str

    def in_force(self, on: date) -> bool:
        return (self.valid_from or date.min) <= on <= (self.valid_to or date.max)
