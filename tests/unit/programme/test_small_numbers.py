"""The rule of small numbers names shares of people; what it withholds is told nowhere else, nor on an earlier day."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from services.contracts.programme import Programme, ProgrammeFaults, Registry, parse
from services.reporting.serve.then import version_at
from services.reporting.serve.view import View
from tests.support.programme_folder import Files, added, edited, pilot

W = "18115@2018-01-01"
NAMED = "indicators: [CT05, CT21, CT22, CT24, CT25]"


def named(*codes: str) -> Files:
    return edited("programme.yaml", NAMED, f"indicators: [{', '.join(codes)}]")


def test_every_share_of_people_of_the_pilot_is_named_and_what_they_are_made_of() -> None:
    rule, forms = pilot().small_numbers, pilot().forms
    assert rule is not None
    of_people = {
        code
        for code, one in pilot().indicators.items()
        if one.denominator and forms[one.form or ""].measures[one.denominator].unit.en == "people"
    }
    people = {"household", "individual", "pupil", "official", "clan"}
    covered = {code for code, one in pilot().indicators.items() if one.kind == "coverage" and one.signer_kind in people}
    assert rule.indicators == of_people | covered
    assert rule.provisional
    assert "post_rehab_listed" in pilot().untold_measures


@pytest.mark.parametrize(
    ("files", "field", "said"),
    [
        (edited("programme.yaml", "fewest: 5", "fewest: 1"), "fewest", "from 2 to"),
        (named("CT21", "CT22", "CT77"), "indicators", "no indicator CT77"),
        (named("CT21", "CT22", "CT16"), "indicators", "CT16 is no share"),
        (named("CT21", "CT22", "CT30"), "indicators", "CT30 is no share"),
        (named("CT21", "CT22", "CT22"), "indicators", "there twice"),
        (named("CT21"), "indicators", "CT22 tells post_rehab_listed"),
    ],
)
def test_nonsense_about_small_numbers_is_refused(files: Files, field: str, said: str) -> None:
    with pytest.raises(ProgrammeFaults) as caught:
        parse(files)
    assert any(one.field == field and said in one.message_en for one in caught.value.faults)
    assert all(one.file == "programme.yaml" and one.message_vi != one.message_en for one in caught.value.faults)


def test_a_figure_of_an_earlier_year_is_of_enough_people_too() -> None:
    files = added("holidays.csv")
    row = "unit,indicator,year,num,den,provisional,source\n" + f"{W},CT21,2023,1,4,true,x\n"
    with pytest.raises(ProgrammeFaults) as caught:
        parse({**files, "baseline.csv": row.encode()})
    assert [(one.file, one.line, one.field) for one in caught.value.faults] == [("baseline.csv", 2, "den")]


def test_what_is_withheld_today_is_not_told_by_asking_for_an_earlier_day() -> None:
    present = pilot().activated("hong-linh-2024", 2, sandbox=False)
    before = replace(pilot(), small_numbers=None, version=1)
    editions = {("hong-linh-2024", 1): before, ("hong-linh-2024", 2): present}
    recorded = {("hong-linh-2024", n): datetime(2024, n, 1, tzinfo=UTC) for n in (1, 2)}
    nothing_read: Any = None
    view = View(nothing_read, Registry(editions=editions, recorded=recorded), datetime.now(UTC))
    found = version_at(view, present, date(2024, 1, 20))
    assert isinstance(found, Programme)
    assert (found.version, found.small_numbers) == (1, present.small_numbers)
