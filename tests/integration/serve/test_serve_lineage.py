"""A unit's lineage as it is answered: both maps, both languages, and nobody taken for who has the code now."""

from datetime import date
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import pytest

from services.contracts.programme import Lineage, Units
from services.contracts.readings.lineage import UnitLineage
from services.contracts.readings.pages import AsOf
from services.kit.web import ProblemError
from services.reporting.serve.lineage import unit_lineage
from tests.support.moving_map import ONE_DAY, MovingMap
from tests.support.reading import Reader
from tests.support.streams import PROGRAMME
from tests.support.two_maps import N1, N2, OUTSIDE, W1, W2, W3, two_maps

OLD, NEW = "2025-06-30", "2025-07-01"


def answered(unit: str, on: date | None = None, units: Units | None = None) -> UnitLineage:
    programme: Any = two_maps()
    if units is not None:
        known = {"units": units, "lineage": Lineage(units), "headed_agencies": lambda _: ()}
        programme = SimpleNamespace(id="moving", version=1, root="", **known)
    view: Any = SimpleNamespace(programme=lambda _: programme, as_of=lambda _: AsOf(generation=1, positions=[]))
    return unit_lineage(view, {"programme": programme.id, "unit": unit} | ({"on": on} if on else {}))


def ids(shares: Any) -> list[str]:
    return [share.unit.id for share in shares]


def test_the_pilots_reused_code_is_two_units_and_the_newer_is_made_of_four(ask: Reader) -> None:
    answer = ask.get("/v1/units/18115/lineage", programme=PROGRAMME, on=NEW)
    assert answer.status_code == 200
    said = answer.json
    assert (said["unit"]["id"], said["unit"]["name"]) == ("18115@2025-07-01", "Phường Bắc Hồng Lĩnh")
    assert [one["unit"]["name"] for one in said["map_before"]] == [
        "Phường Bắc Hồng",
        "Phường Trung Lương",
        "Phường Đức Thuận",
        "Xã Xuân Lam",
    ]
    assert [one["weight"] for one in said["map_before"]] == [{"num": 1}] * 4
    assert [one["takes_part"] for one in said["map_before"]] == [True, True, True, False]
    assert [one["unit"]["id"] for one in said["map_on"]] == ["18115@2025-07-01"]
    assert {one["change"] for one in said["predecessors"]} == {"merge"}
    assert said["predecessors"][0]["name"] == {"vi": "sáp nhập", "en": "merged"}
    assert said["predecessors"][0]["decision"] == "1665/NQ-UBTVQH15"
    assert (said["successors"], said["comparable"]) == ([], False)


def test_the_same_code_on_the_day_before_is_the_old_ward(ask: Reader) -> None:
    said = ask.get("/v1/units/18115/lineage", programme=PROGRAMME, on=OLD).json
    assert said["unit"]["id"] == "18115@2018-01-01"
    assert [one["unit"]["id"] for one in said["map_on"]] == ["18115@2018-01-01"]
    assert [(one["unit"]["id"], one["on"]) for one in said["successors"]] == [("18115@2025-07-01", NEW)]


@pytest.mark.parametrize(
    ("unit", "asked", "status"),
    [
        ("99999", {}, 404),
        ("18121", {"on": NEW}, 404),
        ("18115", {"on": "2025-02-30"}, 422),
        ("18115", {"programme": "nobody"}, 404),
        ("18115", {"limit": "1"}, 422),
    ],
)
def test_what_is_not_there_is_said_in_both_languages(
    ask: Reader, unit: str, asked: dict[str, str], status: int
) -> None:
    answer = ask.get(f"/v1/units/{unit}/lineage", **{"programme": PROGRAMME, **asked})
    assert answer.status_code == status
    assert all(fault["vi"] != fault["en"] for fault in answer.json["faults"])


def test_an_answer_that_still_holds_is_not_sent_again(ask: Reader) -> None:
    first = ask.get("/v1/units/18115/lineage", programme=PROGRAMME)
    again = ask.get("/v1/units/18115/lineage", {"If-None-Match": first.headers["ETag"]}, programme=PROGRAMME)
    assert (first.status_code, again.status_code) == (200, 304)


@pytest.mark.parametrize(
    ("unit", "on", "before", "after"),
    [
        (N1, None, [W1, W2, OUTSIDE], [N1]),
        (W1, None, [W1], [N1]),
        (W2, date(2026, 1, 1), [N1], [N1]),
        (N1, date(2024, 1, 1), [W1, W2, OUTSIDE], [W1, W2, OUTSIDE]),
    ],
)
def test_without_a_day_the_unit_is_shown_on_the_maps_of_its_own_change(
    unit: str, on: date | None, before: list[str], after: list[str]
) -> None:
    found = answered(unit, on)
    assert (sorted(ids(found.map_before)), ids(found.map_on)) == (sorted(before), sorted(after))
    assert found.on == (on or date(2025, 7, 1))


def test_a_ward_is_comparable_only_when_all_it_came_from_took_part() -> None:
    assert [answered(unit).comparable for unit in (N1, W1, N2, W3)] == [False, False, True, True]


def test_a_part_is_told_with_its_weight_or_without_one_and_never_as_a_whole() -> None:
    known = MovingMap()
    one, two = known.found("1000"), known.found("2000")
    known.today += ONE_DAY
    known.split(one, [two, known.found("3000")], [Fraction(1, 4), Fraction(3, 4)])
    found = answered(one, units=known.units())
    assert [(share.unit.id, share.weight.num, share.weight.den) for share in found.map_on if share.weight] == [
        (two, 1, 4),
        ("3000@2018-01-02", 3, 4),
    ]
    assert [step.change for step in found.successors] == ["part", "split"]
    assert all(share.provisional for share in found.map_on)
    unknown = MovingMap()
    one = unknown.found("1000")
    unknown.today += ONE_DAY
    unknown.split(one, [unknown.found("3000"), unknown.found("4000")], None)
    assert [share.weight for share in answered(one, units=unknown.units()).map_on] == [None, None]


def test_a_unit_that_nobody_knows_is_refused() -> None:
    with pytest.raises(ProblemError):
        answered("99999")
