"""What a unit came from and became."""

from typing import Literal

from services.contracts.events import Ratio, Value
from services.contracts.fields import Day, ProgrammeId, Sentence
from services.contracts.readings.lists import UnitSummary
from services.contracts.readings.pages import Name, Page, Whole


class Relative(Value, frozen=True, kw_only=True, omit_defaults=False):
    """A unit that another one came from, or became, on a day.

    `weight`: the declared size of a part, as a share of the old unit; null of a whole, and where nobody declared it.
    `takes_part`: it is at or below the programme's root.
    """

    unit: UnitSummary
    on: Day
    change: Literal["unchanged", "rename", "merge", "split", "part"]
    name: Name
    extent: Literal["whole", "part"]
    weight: Ratio | None
    weight_provisional: bool
    decision: Sentence
    takes_part: bool


class MapShare(Value, frozen=True, kw_only=True, omit_defaults=False):
    """A unit of another map, and how much of the older one lies in the newer; null: a part of unknown size."""

    unit: UnitSummary
    weight: Ratio | None
    provisional: bool
    takes_part: bool


class UnitLineage(Page, frozen=True, kw_only=True, omit_defaults=False):
    """What a unit came from and became, and the unit on two maps: that of the day `on`, and that of the day before.

    `comparable`: all of it, and all of what it came from, took part, in parts of known size; else a figure of the one
    map is not to be compared with one of the other.
    """

    programme: ProgrammeId
    version: Whole
    unit: UnitSummary
    predecessors: list[Relative]
    successors: list[Relative]
    on: Day
    map_before: list[MapShare]
    map_on: list[MapShare]
    comparable: bool
