"""Who lives in the town: wards, each with a story, their households and organisations."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from services.contracts.programme import Period, Programme

HOUSEHOLD: Final = "household"
ORGANISATION: Final = "organisation"
BUSINESS: Final = "business"
_BY_ADDRESS_EVERY: Final = 5
"""Every fifth household has no register number on the sheet and is known by its address."""


@dataclass(frozen=True)
class Story:
    """How a ward behaves. Shares are parts of its households; months count from 1; habits are those of `filing`.

    Households sign along `share * x ** pace` for the part x of the year gone by: a pace above 1 is slow at first.
    """

    name: str
    habits: tuple[str, ...]
    share: float
    pace: float
    organisations: float
    organisations_from_day: int
    tips: tuple[str, ...]
    launched_in_month: int = 1
    idle_months: frozenset[int] = frozenset()
    hotspot_months: frozenset[int] = frozenset()
    ring_months: frozenset[int] = frozenset()
    listed: tuple[int, ...] = (10, 10, 12, 12)
    unhelped: tuple[int, ...] = (0, 1, 1, 0)
    untreated: int = 0
    treated: int = 0


STORIES: Final = (
    Story(
        name="exemplary",
        habits=("on_time", "approved", "early", "nil", "twice", "edge_on_time"),
        share=1.02,
        pace=0.7,
        organisations=1.0,
        organisations_from_day=0,
        tips=("same_day", "in_time", "move_first", "twice"),
    ),
    Story(
        name="careful",
        habits=("on_time", "revised", "conflict", "approved", "changed_copy", "corrected", "tie", "backwards"),
        share=1.0,
        pace=0.9,
        organisations=1.0,
        organisations_from_day=10,
        tips=("in_time", "told_late", "same_day"),
        unhelped=(2, 1, 0, 0),
    ),
    Story(
        name="hotspot",
        habits=("on_time", "approved", "early", "revised", "returned", "on_time", "reinstated"),
        share=0.96,
        pace=1.0,
        organisations=0.9,
        organisations_from_day=30,
        tips=("same_day", "late", "in_time", "same_day", "in_time"),
        hotspot_months=frozenset({4, 5, 6}),
        idle_months=frozenset({3}),
    ),
    Story(
        name="ring",
        habits=("on_time", "late", "approved", "revised_late", "edge_late", "on_time"),
        share=1.0,
        pace=1.2,
        organisations=0.8,
        organisations_from_day=60,
        tips=("in_time", "late", "told_late", "in_time"),
        ring_months=frozenset({7}),
        treated=60,
    ),
    Story(
        name="careless",
        habits=("on_time", "missing", "late", "returned_for_good", "empty", "unknown", "on_time"),
        share=0.8,
        pace=1.4,
        organisations=0.5,
        organisations_from_day=90,
        tips=("never", "late", "in_time", "never", "same_day"),
        idle_months=frozenset({1, 5, 9}),
        unhelped=(4, 6, 6, 3),
        untreated=2,
    ),
    Story(
        name="slow",
        habits=("on_time", "late", "on_time", "missing", "on_time", "late", "on_time"),
        share=1.0,
        pace=1.7,
        organisations=1.0,
        organisations_from_day=200,
        tips=(),
        launched_in_month=3,
        listed=(0, 0, 3, 3),
        unhelped=(0, 0, 0, 0),
    ),
)


@dataclass(frozen=True)
class Household:
    """`number` is its own in the town; `group` is where it lives."""

    ward: str
    number: int
    group: str

    @property
    def by_address(self) -> bool:
        return self.number % _BY_ADDRESS_EVERY == 0

    @property
    def identity(self) -> dict[str, str]:
        if self.by_address:
            return {"address": f"Nhà số {self.number}, ngõ Hồng Đức"}
        return {"register_number": f"HK-{self.number:06}"}


@dataclass(frozen=True)
class Ward:
    id: str
    code: str
    name: str
    story: Story
    households: tuple[Household, ...]
    organisations: tuple[str, ...]
    businesses: tuple[str, ...]
    groups: tuple[str, ...]


@dataclass(frozen=True)
class Town:
    """`agencies` maps (kind, unit id) to the agency that speaks there; `months` are those of the year played."""

    programme: Programme
    seed: int
    year: int
    root_code: str
    wards: tuple[Ward, ...]
    months: tuple[Period, ...]
    agencies: Mapping[tuple[str, str], str] = field(repr=False)

    @property
    def text_version(self) -> str:
        return next(iter(self.programme.text_versions))


def build(programme: Programme, seed: int, households_share: float) -> Town:
    """The town of a programme's first year: a household for each of its denominators, times the share, and 2 % more."""
    year = programme.years[0]
    months = tuple(p for p in programme.periods() if p.kind == "month" and p.code.startswith(str(year)))
    leaves = programme.units.leaves(programme.root, months[-1])
    wards: list[Ward] = []
    first_number = 1
    for index, leaf in enumerate(leaves):
        ward = _ward(programme, leaf, STORIES[index % len(STORIES)], months, first_number, households_share)
        wards.append(ward)
        first_number += len(ward.households)
    return Town(
        programme=programme,
        seed=seed,
        year=year,
        root_code=programme.units.by_id[programme.root].code,
        wards=tuple(wards),
        months=months,
        agencies={(agency.kind, agency.unit): agency.id for agency in programme.agencies.values()},
    )


def _ward(programme: Programme, leaf: str, story: Story, months: tuple[Period, ...], first: int, share: float) -> Ward:
    newest = programme.denominators.latest(leaf, HOUSEHOLD, months[-1].end)
    count = round((newest.value if newest else 0) * share * max(1.0, story.share))
    groups = tuple(group.id for group in programme.groups.values() if group.unit == leaf)
    listed = [organisation for organisation in programme.organisations.values() if organisation.unit == leaf]
    unit = programme.units.by_id[leaf]
    return Ward(
        id=leaf,
        code=unit.code,
        name=unit.name,
        story=story,
        households=tuple(Household(leaf, first + n, groups[n % len(groups)]) for n in range(count)),
        organisations=tuple(organisation.id for organisation in listed if organisation.kind == ORGANISATION),
        businesses=tuple(organisation.id for organisation in listed if organisation.kind == BUSINESS),
        groups=groups,
    )
