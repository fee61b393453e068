"""The pilot's own packs in the simulated year: engine and oracle agree, and the stories are what the packs decide."""

from datetime import datetime
from functools import cache

import pytest

from services.contracts.programme import Criterion, Period, RulePack
from services.reporting.domain.criteria import Reading
from services.reporting.domain.inputs import Facts, Report
from services.reporting.domain.status import evaluate
from services.reporting.domain.verdicts import judge, needed
from services.simulator.plan import make_plan
from services.simulator.truth.facts import events_of
from services.simulator.truth.verdicts import holds, is_known, possible
from services.simulator.truth.world import World, look
from tests.unit.simulator.stage import TOWN, at, hong_linh

EXEMPLARY, CAREFUL, HOTSPOT, RING, CARELESS, SLOW = (
    f"{code}@2018-01-01" for code in ("18115", "18118", "18121", "18124", "18127", "18130")
)
INSTANTS = (at("2024-03-20"), at("2024-07-16"), at("2025-01-10"))
PACKS = {pack.code: pack for pack in hong_linh().packs}


@cache
def world(now: datetime = INSTANTS[-1]) -> World:
    plan = make_plan(hong_linh(), seed=1, households_share=0.02)
    return look(hong_linh(), events_of(plan.actions), now)


def facts_of(seen: World) -> Facts:
    """The same reports as the engine knows them."""
    return Facts(
        {
            owed.report_id: Report(
                told.first_at, told.body.get("values", {}), told.body.get("nil", False), told.returned
            )
            for owed in hong_linh().obligations
            if (told := seen.reports.get((owed.form, owed.unit, owed.period))) is not None
        }
    )


def periods_of_2024() -> list[Period]:
    return [period for period in hong_linh().periods_from("month") if period.code.startswith("2024-")]


@pytest.mark.parametrize("now", INSTANTS, ids=str)
@pytest.mark.parametrize("pack", PACKS.values(), ids=PACKS)
def test_engine_and_oracle_agree_on_every_verdict_of_the_year(pack: RulePack, now: datetime) -> None:
    seen = world(now)
    facts = facts_of(seen)
    for unit in (TOWN, EXEMPLARY, CAREFUL, HOTSPOT, RING, CARELESS, SLOW):
        for period in periods_of_2024():
            cells = needed(hong_linh(), pack, unit, period)
            readings = {cell: Reading(evaluate(cell, hong_linh(), facts, now)) for cell in cells}
            found = judge(hong_linh(), pack, unit, period, readings, now)
            for judged in found.criteria:
                truth = holds(seen, judged.criterion, unit, period)
                assert judged.state == {True: "satisfied", False: "failed", None: "undecided"}[truth], judged
            for ruling in found.rulings:
                assert is_known(seen, pack, ruling.verdict)
                truths = possible(seen, pack, ruling.verdict, unit, period)
                assert [grade.code for grade in ruling.possible] == truths, (unit, period.code, ruling.verdict.code)


NO_DRUG_CRIME = [
    (EXEMPLARY, "2024-Y", ["no_drug_crime"]),
    (HOTSPOT, "2024-M03", ["no_drug_crime"]),
    (HOTSPOT, "2024-M06", ["drug_crime"]),
    (HOTSPOT, "2024-M07", ["drug_crime"]),  # broken up, and two offenders with it
    (HOTSPOT, "2024-M08", ["no_drug_crime"]),
    (RING, "2024-M07", ["drug_crime"]),
    (RING, "2024-M08", ["no_drug_crime"]),
    (CARELESS, "2024-M02", ["no_drug_crime", "drug_crime"]),  # silent
    (CARELESS, "2024-Y", ["no_drug_crime", "drug_crime"]),
    (TOWN, "2024-M01", ["no_drug_crime"]),
    (TOWN, "2024-M07", ["drug_crime"]),
    (TOWN, "2024-Y", ["drug_crime"]),
]


@pytest.mark.parametrize(("unit", "period", "grades"), NO_DRUG_CRIME)
def test_the_stories_are_what_the_pilots_verdict_decides(unit: str, period: str, grades: list[str]) -> None:
    asked = hong_linh().period(period)
    assert asked is not None
    pack = PACKS["mo-hinh-2024"]
    assert possible(world(), pack, pack.verdicts[0], unit, asked) == grades


DRUG_FREE = [
    (CARELESS, "2024-M12", "KMT-1a", False),
    (CARELESS, "2024-M05", "KMT-1a", True),  # idle: it reports no addict
    (CARELESS, "2024-M05", "KMT-1b", False),
    (CARELESS, "2024-M02", "KMT-1b", None),
    (EXEMPLARY, "2024-Y", "KMT-1a", True),
    (EXEMPLARY, "2024-Y", "KMT-1b", True),
    (RING, "2024-M07", "KMT-2b", False),
    (RING, "2024-Y", "KMT-2b", True),  # what holds as the year ends
    (EXEMPLARY, "2024-Y", "KMT-2a", True),
    (RING, "2024-M07", "KMT-2a", False),
    (HOTSPOT, "2024-M05", "KMT-3", False),
    (HOTSPOT, "2024-Y", "KMT-3", True),  # what holds as the year ends
    (RING, "2024-Y", "I-1", True),
    (RING, "2024-Y", "I-3", True),
    (RING, "2024-Y", "I-4a", True),
    (RING, "2024-Y", "I-4b", False),
    (RING, "2024-Y", "II-3", None),  # above the upper threshold, which no source gives
    (EXEMPLARY, "2024-Y", "II-3", False),
]


@pytest.mark.parametrize(("unit", "period", "code", "truth"), DRUG_FREE)
def test_the_stories_are_what_the_criteria_of_2025_decide(
    unit: str, period: str, code: str, truth: bool | None
) -> None:
    asked = hong_linh().period(period)
    assert asked is not None
    criterion: Criterion = PACKS["qd-28-2025"].criteria[code]
    assert holds(world(), criterion, unit, asked) is truth
