"""Figures of years before the programme: optional, and refused on their line where they cannot be compared."""

import pytest

from services.contracts.programme import ProgrammeFaults, parse
from services.contracts.programme.baseline import BaselineFigure
from services.contracts.programme.content import content_hash, content_of
from tests.support.programme_folder import Files, pilot, pilot_files

HEADER = "unit,indicator,year,num,den,provisional,source\n"
W = "18115@2018-01-01"


def with_rows(*rows: str) -> Files:
    return {**pilot_files(), "baseline.csv": (HEADER + "\n".join(rows) + "\n").encode()}


def test_a_programme_without_a_baseline_is_valid_and_keeps_its_hash() -> None:
    assert pilot().baseline == ()
    assert pilot().hash == content_hash(content_of(pilot_files()))
    assert "baseline.csv" not in content_of(pilot_files())


def test_a_figure_says_what_of_which_year_by_which_source() -> None:
    found = parse(with_rows(f"{W},CT14,2018,7,,true,made up", "437@2018-01-01,CT21,2023,30,40,false,a report")).baseline
    assert found == (
        BaselineFigure(W, "CT14", 2018, 7, 1, True, "made up"),
        BaselineFigure("437@2018-01-01", "CT21", 2023, 30, 40, False, "a report"),
    )


def test_a_baseline_is_part_of_the_content() -> None:
    assert parse(with_rows(f"{W},CT14,2018,7,,true,made up")).hash != pilot().hash


@pytest.mark.parametrize(
    ("row", "field", "words"),
    [
        ("99999@2018-01-01,CT14,2018,7,,true,x", "unit", "there is no unit"),
        (f"{W},ZZ99,2018,7,,true,x", "indicator", "there is no indicator"),
        (f"{W},CT14,2024,7,,true,x", "year", "before 2024"),
        (f"{W},CT14,2017,7,,true,x", "year", "from 2018"),
        (f"{W},CT14,2018,7,0,true,x", "den", "from 1"),
        (f"{W},CT14,2018,7,,true,", "source", "missing"),
        (f"{W},CT14,2019,7,,true,x", "year", "repeats line 2"),
    ],
)
def test_what_cannot_be_compared_is_refused_on_its_line(row: str, field: str, words: str) -> None:
    with pytest.raises(ProgrammeFaults) as caught:
        parse(with_rows(f"{W},CT14,2019,6,,true,x", row))
    [fault] = caught.value.faults
    assert (fault.file, fault.line, fault.field) == ("baseline.csv", 3, field)
    assert words in fault.message_en
