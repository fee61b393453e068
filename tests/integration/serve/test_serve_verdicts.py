"""The verdicts on a unit: given from stored cells alone, each criterion with its evidence; packs side by side."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Engine

from services.contracts.programme import Programme
from services.reporting.domain.status import Status
from tests.support.reading import Reader, execute, store_statuses, value
from tests.support.streams import PROGRAMME, TOWN, W1, W2

MARCH, YEAR = "2024-M03", "2024-Y"
NOW = datetime(2024, 3, 20, 5, tzinfo=UTC)
AFTER = datetime(2025, 1, 10, 5, tzinfo=UTC)
CLEAN = Status("met", value(0), flags=("provisional",))
BAD = Status("not_met", value(6))
ZEROS = ("CT13", "CT14", "CT15", "CT16", "CT17", "CT18", "CT19", "CT20")
AUXILIARY = tuple(f"PT{number:02}" for number in range(1, 10))


def asked(ask: Reader, unit: str, period: str = MARCH, **more: str) -> Any:
    answer = ask.get(f"/v1/units/{unit}/verdicts", programme=PROGRAMME, period=period, **more)
    assert answer.status_code == 200, answer.text
    return answer.json


def by_code(items: Sequence[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {item["code"]: item for item in items}


def store_zeros(engine: Engine, programme: Programme, unit: str, now: datetime = NOW, **other: Status) -> None:
    store_statuses(engine, programme, [(unit, code, MARCH, other.get(code, CLEAN)) for code in ZEROS], now)


def test_a_verdict_names_its_criteria_by_state_and_the_cells_they_stand_on(
    ask: Reader, engine: Engine, programme: Programme
) -> None:
    bounded = Status("no_data", None, worst=None, best=value(0))
    store_zeros(engine, programme, W1, CT15=bounded, CT16=BAD)
    packs = by_code(asked(ask, "18115")["packs"])
    pack = packs["mo-hinh-2024"]
    [verdict] = pack["verdicts"]
    assert (verdict["code"], verdict["outcome"], verdict["possible"]) == ("no_drug_crime", "drug_crime", ["drug_crime"])
    [quorum] = verdict["grades"][0]["quorums"]
    assert quorum == {
        "need": 5,
        "state": "failed",
        "satisfied": ["MH-1", "MH-2", "MH-5"],
        "failed": ["MH-4"],
        "undecided": ["MH-3"],
    }
    assert verdict["grades"][-1] == {
        "code": "drug_crime",
        "name": {"vi": "Còn tội phạm ma tuý", "en": "There is drug crime"},
        "state": None,
        "quorums": [],
    }
    criteria = by_code(pack["criteria"])
    assert criteria["MH-3"]["reason"] == "bounds"
    assert criteria["MH-3"]["evidence"] == [
        {
            "unit": W1,
            "indicator": "CT15",
            "period": MARCH,
            "status": "no_data",
            "value": None,
            "worst": None,
            "best": {"num": 0},
            "flags": [],
            "definition_hash": programme.indicators["CT15"].definition_hash,
            "stale": False,
        }
    ]
    assert criteria["MH-4"]["passes_now"] is False
    assert criteria["MH-4"]["at_most"] == {"num": 0}
    assert pack["citation"]["provisional"] is True
    offenders = by_code(packs["qd-3122-2010"]["criteria"])["K-3"]
    assert (offenders["reason"], [cell["indicator"] for cell in offenders["evidence"]]) == ("not_evaluated", ["PT03"])
    assert offenders["why"]["vi"] != offenders["why"]["en"]


def test_a_ward_whose_police_report_nothing_has_no_drug_crime_and_one_case_ends_it(
    ask: Reader, engine: Engine, programme: Programme
) -> None:
    store_zeros(engine, programme, W1)
    one_case = Status("not_met", value(1))
    store_zeros(engine, programme, W2, CT17=one_case)
    for unit, outcome, state in ((W1, "no_drug_crime", "satisfied"), (W2, "drug_crime", "failed")):
        [pack] = asked(ask, unit, pack="mo-hinh-2024")["packs"]
        assert pack["verdicts"][0]["outcome"] == outcome
        assert by_code(pack["criteria"])["MH-5"]["state"] == state


def test_a_silent_ward_is_in_no_verdict_a_clean_one(ask: Reader, engine: Engine, programme: Programme) -> None:
    silent = Status("overdue", None, worst=None, best=value(0))
    cells = [(W1, code, MARCH, silent) for code in ZEROS + AUXILIARY if code != "PT07"]
    store_statuses(engine, programme, cells, NOW)
    for unit in (W1, W2):
        for pack in asked(ask, unit, pack="mo-hinh-2024,qd-28-2025,qd-3122-2010")["packs"]:
            assert [verdict["outcome"] for verdict in pack["verdicts"]] == [None]
            reasons = {criterion["reason"] for criterion in pack["criteria"]}
            assert reasons <= {"provisional", "bounds" if unit == W1 else "not_evaluated"}


def test_an_open_period_shows_what_is_known_and_decides_only_what_cannot_be_undone(
    ask: Reader, engine: Engine, programme: Programme
) -> None:
    store_zeros(engine, programme, W1, datetime(2024, 3, 10, 5, tzinfo=UTC), CT16=Status("at_risk", value(1)))
    [pack] = asked(ask, W1, pack="mo-hinh-2024")["packs"]
    assert pack["verdicts"][0]["outcome"] is None
    criteria = by_code(pack["criteria"])
    assert (criteria["MH-1"]["reason"], criteria["MH-1"]["passes_now"]) == ("open", True)
    assert (criteria["MH-4"]["reason"], criteria["MH-4"]["passes_now"]) == ("open", False)


def test_a_cell_that_is_still_to_be_evaluated_anew_decides_nothing(
    ask: Reader, engine: Engine, programme: Programme
) -> None:
    store_zeros(engine, programme, W1, CT16=BAD)
    assert asked(ask, W1, pack="mo-hinh-2024")["packs"][0]["verdicts"][0]["outcome"] == "drug_crime"
    marked = "insert into mark (programme, unit, source) values (:programme, :unit, 'form:BC-THANG-CA')"
    execute(engine, marked, programme=PROGRAMME, unit=W1)
    [pack] = asked(ask, W1, pack="mo-hinh-2024")["packs"]
    assert pack["verdicts"][0]["outcome"] is None
    assert {criterion["reason"] for criterion in pack["criteria"]} == {"stale"}


def test_packs_are_held_against_the_same_cells_and_compared_verdict_by_verdict(
    ask: Reader, engine: Engine, programme: Programme
) -> None:
    many = [(W1, code, YEAR, Status("not_due", value(6))) for code in ("PT01", "PT06")]
    store_statuses(engine, programme, [(W1, "CT13", YEAR, BAD), *many], AFTER)
    answer = asked(ask, W1, YEAR, pack="qd-3122-2010,qd-28-2025")
    assert [(pack["code"], pack["in_force"]) for pack in answer["packs"]] == [
        ("qd-3122-2010", True),
        ("qd-28-2025", False),
    ]
    drug_free, complexity = answer["comparison"]
    assert drug_free == {
        "verdict": "drug_free",
        "agree": True,
        "outcomes": [
            {"pack": "qd-3122-2010", "outcome": "not_drug_free", "possible": ["not_drug_free"]},
            {"pack": "qd-28-2025", "outcome": "not_drug_free", "possible": ["not_drug_free"]},
        ],
    }
    older, newer = complexity["outcomes"]
    assert older["possible"] == ["class_1"], "six gathering points"
    assert newer["possible"] == ["class_1", "class_2", "class_3", "class_some"]


def test_without_a_choice_the_packs_in_force_as_the_period_ends_speak(ask: Reader) -> None:
    assert [pack["code"] for pack in asked(ask, W1)["packs"]] == ["mo-hinh-2024", "qd-3122-2010", "nghe-an-2024"]
    assert all(pack["in_force"] for pack in asked(ask, W1)["packs"])


def test_the_scorecard_is_the_towns_and_shows_of_its_many_cells_those_that_tell(
    ask: Reader, engine: Engine, programme: Programme
) -> None:
    year = programme.period(YEAR)
    assert year is not None
    held = Status("met", value(1))
    months = [month.code for month in programme.base_periods(year, "month")]
    leaves = programme.units.leaves(TOWN, year)
    cells = [(leaf, "CT11", month, held) for leaf in leaves for month in months]
    idle = (W2, "CT11", "2024-M08", Status("not_met", value(0)))
    store_statuses(engine, programme, [*(cell for cell in cells if cell[:3] != idle[:3]), idle], AFTER)
    [pack] = asked(ask, TOWN, YEAR, pack="nghe-an-2024")["packs"]
    assert pack["verdicts"][0]["outcome"] == "not_reached"
    sessions = by_code(pack["criteria"])["NA-2a"]
    assert (sessions["state"], sessions["cells"]) == ("failed", 72)
    first = sessions["evidence"][0]
    assert (first["unit"], first["period"], first["status"]) == (W2, "2024-M08", "not_met")
    [of_ward] = asked(ask, W1, YEAR, pack="nghe-an-2024")["packs"]
    assert of_ward["verdicts"] == of_ward["criteria"] == []


def test_a_threshold_without_a_source_is_named_and_leaves_the_criterion_open(
    ask: Reader, engine: Engine, programme: Programme
) -> None:
    counted = {"PT04": Status("not_due", value(4)), "PT07": Status("not_due", value(6_665))}
    store_statuses(engine, programme, [(W1, code, YEAR, status) for code, status in counted.items()], AFTER)
    [pack] = asked(ask, W1, YEAR, pack="qd-28-2025")["packs"]
    found = by_code(pack["criteria"])["II-3"]
    assert (found["state"], found["reason"], found["unsettled"]) == ("undecided", "provisional", ["below"])
    assert (found["provisional"], found["passes_now"]) == (False, True)
    assert "không đọc được" in found["why"]["vi"]


def test_the_verdicts_of_all_units_stand_in_one_answer_and_say_what_each_unit_is_told(
    ask: Reader, engine: Engine, programme: Programme
) -> None:
    store_zeros(engine, programme, W1, CT16=BAD)
    chosen = "mo-hinh-2024,qd-28-2025"
    first = ask.get("/v1/verdicts", programme=PROGRAMME, period=MARCH, pack=chosen, limit=5)
    assert first.status_code == 200, first.text
    second = ask.get("/v1/verdicts", programme=PROGRAMME, period=MARCH, pack=chosen, cursor=first.json["next"])
    rows = [*first.json["units"], *second.json["units"]]
    assert first.json["packs"] == chosen.split(",")
    assert [row["unit"]["id"] for row in rows][:2] == [TOWN, W1]
    assert len(rows) == 7
    for row in rows:
        packs = asked(ask, row["unit"]["id"], pack=chosen)["packs"]
        alone = [
            (pack["code"], one["code"], one["outcome"], one["possible"]) for pack in packs for one in pack["verdicts"]
        ]
        assert [(one["pack"], one["verdict"], one["outcome"], one["possible"]) for one in row["verdicts"]] == alone
    (of_model, *_) = next(row for row in rows if row["unit"]["id"] == W1)["verdicts"]
    assert (of_model["failed"], of_model["undecided"]) == (["MH-4"], [])
    assert of_model["satisfied"] == ["MH-1", "MH-2", "MH-3", "MH-5"]
    wrong = ask.get("/v1/verdicts", programme=PROGRAMME, period=MARCH, pack="qd-1-1999")
    assert (wrong.status_code, wrong.json["faults"][0]["field"]) == (404, "pack")


@pytest.mark.parametrize(
    ("unit", "more", "status", "field"),
    [
        ("18115", {"pack": "qd-1-1999"}, 404, "pack"),
        ("18115", {"pack": "qd-28-2025,qd-1-1999"}, 404, "pack"),
        ("18115", {"pack": "QD 28"}, 422, "pack"),
        ("99999", {}, 404, "unit"),
        ("18115", {"limit": "1"}, 422, "?"),
    ],
)
def test_what_is_asked_wrongly_is_named(ask: Reader, unit: str, more: dict[str, str], status: int, field: str) -> None:
    answer = ask.get(f"/v1/units/{unit}/verdicts", programme=PROGRAMME, period=MARCH, **more)
    assert answer.status_code == status
    assert [fault["field"] for fault in answer.json["faults"]] == [field]


def test_the_etag_holds_until_a_verdict_or_its_evidence_changes(
    ask: Reader, engine: Engine, programme: Programme
) -> None:
    path = "/v1/units/18115/verdicts"
    store_zeros(engine, programme, W1)
    first = ask.get(path, programme=PROGRAMME, period=MARCH)
    again = ask.get(path, {"If-None-Match": first.headers["ETag"]}, programme=PROGRAMME, period=MARCH)
    assert again.status_code == 304
    assert again.headers["As-Of"] == "2024-03-20T05:00:00Z"
    store_zeros(engine, programme, W1, CT16=BAD)
    changed = ask.get(path, {"If-None-Match": first.headers["ETag"]}, programme=PROGRAMME, period=MARCH)
    assert changed.status_code == 200


def test_the_page_shows_the_verdicts_in_force_in_words_with_their_law(
    ask: Reader, engine: Engine, programme: Programme
) -> None:
    store_zeros(engine, programme, W1, CT16=BAD)
    text = ask.get("/", programme=PROGRAMME, period=MARCH).text
    table = text[text.index("<h2", text.index("Kết luận") - 60) :]
    assert "Còn tội phạm ma tuý" in table
    assert "không đạt: MH-4" in table
    assert "Chưa kết luận" in table
    assert "3122/2010/QĐ-BCA" in table
    assert "28/2025/QĐ-TTg ngày" not in table
    assert "Mức độ phức tạp" not in table, "a class is given for a year"
    assert table.count("There is drug crime") == 1
    assert "Mức độ phức tạp" in ask.get("/", programme=PROGRAMME, period=YEAR).text
