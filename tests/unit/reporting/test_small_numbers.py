"""From what is told of tips nobody can work out those of a single ward, nor a channel by which fewer than five came."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest

from services.contracts.programme import Period, Programme, Unit, Units
from services.contracts.readings.pages import AsOf
from services.reporting.domain.explain import Told, explain
from services.reporting.domain.inputs import Cell, Facts, TipCount, Value
from services.reporting.domain.small_numbers import tips_are_told, told_parts
from services.reporting.domain.stated import stated_inputs
from services.reporting.domain.status import evaluate, judge
from tests.unit.reporting.town import FIRST, TOWN, W1, W2, W3, indicator, local, tip, town

M1 = "2024-M01"
CLOSED = local("2024-01-15")
PROVINCE = "42@2018-01-01"
TIP_KINDS = [indicator("tips_received", "none", 0), indicator("tips_in_time"), indicator("tips_resolved")]


def unit(code: str, kind: str, parent: str | None) -> Unit:
    return Unit(f"{code}@2018-01-01", code, kind, code, FIRST, None, parent and f"{parent}@2018-01-01")  # type: ignore[arg-type]


def a_map(**children: list[str]) -> Programme:
    """u42=["u1", "u2"]: unit 42 (the root) holds 1 and 2. What holds nothing is a ward."""
    parents = {child: parent for parent, below in children.items() for child in below}
    names = dict.fromkeys([*children, *parents])
    units = [
        unit(name[1:], "district" if name in children else "ward", parents.get(name, "")[1:] or None) for name in names
    ]
    return replace(town(), units=Units({one.id: one for one in units}), root="42@2018-01-01")


def month(programme: Programme) -> Period:
    found = programme.period(M1)
    assert found is not None
    return found


MAPS: list[tuple[str, Programme, set[str]]] = [
    ("a town of two wards", a_map(u42=["u10", "u11"]), {"42"}),
    ("a town of one ward", a_map(u42=["u10"]), set()),
    ("two districts of two", a_map(u42=["u1", "u2"], u1=["u10", "u11"], u2=["u20", "u21"]), {"42", "1", "2"}),
    (
        "one ward alone beside a district would be the rest",
        a_map(u42=["u1", "u10"], u1=["u11", "u12"]),
        {"42"},
    ),
    (
        "a district of one ward counts as a ward",
        a_map(u42=["u1", "u2"], u1=["u10"], u2=["u20", "u21"]),
        {"42"},
    ),
    (
        "two wards beside a district hide each other",
        a_map(u42=["u1", "u10", "u11"], u1=["u12", "u13"]),
        {"42", "1"},
    ),
    (
        "below a unit that is not told nothing is",
        a_map(u42=["u1", "u10"], u1=["u2", "u3"], u2=["u20", "u21"], u3=["u30", "u31"]),
        {"42"},
    ),
]


@pytest.mark.parametrize(("programme", "told"), [row[1:] for row in MAPS], ids=[row[0] for row in MAPS])
def test_a_number_is_told_only_where_no_ward_is_the_rest(programme: Programme, told: set[str]) -> None:
    asked = programme.units.by_id
    assert {asked[one].code for one in asked if tips_are_told(programme, one, month(programme))} == told


@pytest.mark.parametrize("goal", TIP_KINDS, ids=lambda goal: goal.kind)
def test_a_district_that_began_when_the_ward_beside_it_ended_is_withheld_by_the_map_of_the_whole_period(goal) -> None:
    """Its own days know of no ward beside it; but the province less the district is that ward."""
    plain = a_map(u42=["u1", "u10"], u1=["u11", "u12"])
    turn, last = date(2024, 1, 5), date(2024, 1, 4)
    later = {
        f"{one}@2018-01-01": replace(plain.units.by_id[f"{one}@2018-01-01"], valid_from=turn) for one in (1, 11, 12)
    }
    ended = {"10@2018-01-01": replace(plain.units.by_id["10@2018-01-01"], valid_to=last)}
    programme = replace(plain, units=Units({**plain.units.by_id, **later, **ended}), indicators={"CT01": goal})
    facts = Facts(tips={"11@2018-01-01": (tip("2024-01-06", "2024-01-06", n=9, closed_on="2024-01-06"),)})
    found = evaluate(Cell("1@2018-01-01", "CT01", M1), programme, facts, CLOSED)
    assert (found.status, found.value, "withheld" in found.flags) == ("not_due", None, True)


@pytest.mark.parametrize("goal", TIP_KINDS, ids=lambda goal: goal.kind)
def test_a_ward_says_the_same_with_many_tips_as_with_none(goal) -> None:
    """Neither value nor status, bounds nor end: each would tell on which day the first one came."""
    programme = town(goal, wards=2)
    for now in (local("2024-01-02"), local("2024-01-20"), CLOSED):
        silent = evaluate(Cell(W1, "CT01", M1), programme, Facts(), now)
        for tips in ((tip("2023-12-20"),), (tip("2023-12-20", "2023-12-20", n=9), tip("2024-01-02"))):
            assert evaluate(Cell(W1, "CT01", M1), programme, Facts(tips={W1: tips}), now) == silent
            assert evaluate(Cell(TOWN, "CT01", M1), programme, Facts(tips={W1: tips}), now) != silent


@pytest.mark.parametrize("goal", TIP_KINDS, ids=lambda goal: goal.kind)
def test_the_explanation_of_a_town_names_no_ward(goal) -> None:
    programme = town(goal, wards=3)
    facts = Facts(tips={W1: (tip("2023-12-20", n=3),), W2: (tip("2023-12-21"),), W3: (tip("2023-12-22", n=6),)})
    judged = judge(Cell(TOWN, "CT01", M1), programme, facts, CLOSED)
    inputs = stated_inputs(judged)
    said = explain(judged, None, inputs, slice(0, len(inputs)), {}, Told(AsOf(generation=1, positions=[])))
    assert [one.unit for one in said.inputs] == [TOWN]
    assert said.inputs[0].tips is not None
    assert said.inputs[0].tips.received == 10


def by_channel(counts: Mapping[str, int]) -> dict[str, int | None]:
    told = told_parts(counts)  # type: ignore[arg-type]
    return {str(channel): n for channel, n in told.items()}


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        ({"box": 5, "zalo": 9}, {"box": 5, "zalo": 9}),
        ({"box": 4, "zalo": 0, "direct": 9}, {"box": None, "zalo": None, "direct": 9}),
        ({"box": 4, "zalo": 9, "direct": 7}, {"box": None, "zalo": 9, "direct": None}),
        ({"box": 1}, {"box": None}),
    ],
    ids=["all told", "two below five", "one below five hides the next", "one alone"],
)
def test_fewer_than_five_by_one_channel_are_hidden_and_never_the_only_ones(counts, told) -> None:
    assert by_channel(counts) == told


def test_tips_received_are_counted_by_channel() -> None:
    programme = town(indicator("tips_received", "none", 0), wards=2)
    day = date(2024, 1, 3)
    facts = Facts(tips={W1: (TipCount(day, None, 6, channel="box"),), W2: (TipCount(day, None, 2, channel="hotline"),)})
    judged = judge(Cell(TOWN, "CT01", M1), programme, facts, CLOSED)
    assert judged.status.value == Value(8)
    (stated,) = stated_inputs(judged)
    assert stated.tips is not None
    found = {one.channel: one.n for one in stated.tips.channels}
    assert (found["box"], found["hotline"], found["zalo"]) == (6, None, None)
