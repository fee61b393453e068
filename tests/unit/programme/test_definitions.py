"""A definition has a version and a day from which it holds: it cannot be changed under its number."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from services.contracts.programme import Fault, Programme, ProgrammeFaults, parse
from services.contracts.programme.changes import changes, unversioned
from services.operations import programme_log
from services.operations.__main__ import main
from services.reporting.domain.inputs import Cell, Facts, Report, Value
from services.reporting.domain.status import definition_of, evaluate
from tests.support.programme_folder import Files, edited, pilot, pilot_files

FILE = "indicators.yaml"
W1 = "18115@2018-01-01"
DAY = "effective_from: 2023-12-15\n"


def section(code: str) -> str:
    text = pilot_files()[FILE].decode()
    start = text.index(f"  - code: {code}\n")
    end = text.find("  - code: ", start + 1)
    return text[start:end] if end > 0 else text[start:]


def with_section(code: str, text: str) -> Files:
    return edited(FILE, section(code), text)


def reworded(code: str) -> str:
    """Says the same in other words: what people read has changed, so it is another definition."""
    return section(code).replace("    definition:\n      vi: >-\n", "    definition:\n      vi: >-\n        Sửa: ", 1)


def faults_of(files: Files, since: Programme | None = None) -> list[Fault]:
    with pytest.raises(ProgrammeFaults) as caught:
        parse(files, since)
    return caught.value.faults


@pytest.mark.parametrize("code", ["CT01", "CT21"])
def test_a_definition_that_has_changed_under_its_version_is_refused_at_its_line(code: str) -> None:
    files = with_section(code, reworded(code))
    (fault,) = faults_of(files, pilot())
    lines = files[FILE].decode().splitlines()
    assert lines[fault.line - 1].strip() == "version: 1"
    assert lines[fault.line - 2].strip() == f"- code: {code}"
    assert fault.field == "version"
    assert "give it version 2" in fault.message_en


DEFINITIONS = st.lists(
    st.tuples(st.integers(1, 4), st.sampled_from("ab"), st.integers(0, 2)),
    min_size=1,
    max_size=3,
    unique_by=lambda one: one[0],
).map(sorted)
"""Number, what it says, and in which month it begins to hold."""


def told(definitions: list[tuple[int, str, int]]) -> Programme:
    months = [period.start for period in pilot().periods() if period.kind == "month"]
    made = [
        replace(pilot().indicators["CT11"], version=number, definition_hash=said, effective_from=months[month])
        for number, said, month in definitions
    ]
    indicators = {**pilot().indicators, "CT11": made[-1]}
    return replace(pilot(), indicators=indicators, former={"CT11": tuple(made[:-1])})


@settings(max_examples=150, deadline=None)
@given(DEFINITIONS, DEFINITIONS)
def test_a_number_once_given_always_means_the_same_and_the_newest_never_goes_back(before, after):
    refused = unversioned(told(before), told(after))
    known = {number: (said, month) for number, said, month in before}
    newest = max(known)
    kept = all(known.get(number, (said, month)) == (said, month) for number, said, month in after)
    fresh = all(number > newest for number, _, _ in after if number not in known)
    assert (refused == []) == (kept and fresh and max(number for number, _, _ in after) >= newest)


def test_the_number_and_the_day_are_no_part_of_what_a_definition_says() -> None:
    renumbered = parse(with_section("CT11", section("CT11").replace("version: 1", "version: 7", 1)), pilot())
    assert renumbered.indicators["CT11"].definition_hash == pilot().indicators["CT11"].definition_hash
    (told,) = changes(pilot(), renumbered)
    assert (told.key, told.fields, told.redefines) == ("CT11", ("version",), False)


def test_a_definition_without_a_number_is_the_first_and_holds_from_the_first_day() -> None:
    """As the programmes on the log say it that were written before numbers were."""
    text = section("CT11").replace("    version: 1\n    effective_from: 2023-12-15\n", "")
    before = parse(with_section("CT11", text))
    assert unversioned(before, pilot()) == []
    assert unversioned(pilot(), before) == []


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("version: 1", "version: 1\n    effective_from: 2023-12-14", "from another day"),
        ("version: 5", "version: 4", "use a higher one"),
        ("version: 5", "version: 1", "use a higher one"),
    ],
)
def test_a_number_neither_moves_its_day_nor_goes_back(before: str, after: str, said: str) -> None:
    plain = section("CT11").replace(f"    {DAY}", "")
    active = parse(with_section("CT11", plain.replace("version: 1", before, 1)))
    (fault,) = faults_of(with_section("CT11", plain.replace("version: 1", after, 1)), active)
    assert said in fault.message_en


def stricter(day: str = "2024-06-15", version: str = "2", **other: str) -> Files:
    """Four sessions a month from a day on, beside the definition there was."""
    second = section("CT11").replace("num: 1\n", "num: 4\n").replace("version: 1", f"version: {version}")
    second = second.replace("2023-12-15", day)
    for old, new in other.items():
        second = second.replace(f"{old}: ", f"{old}: {new}  # ", 1)
    return with_section("CT11", section("CT11") + second)


def test_a_period_is_judged_throughout_by_the_definition_in_force_on_its_first_day() -> None:
    programme = parse(stricter(), pilot())
    day = programme.indicators["CT11"].effective_from
    assert day == date(2024, 6, 15)
    for period in programme.periods():
        expected = 2 if period.start >= day else 1
        assert programme.indicator("CT11", period).version == expected, period.code
        assert definition_of(Cell(W1, "CT11", period.code), programme).version == expected
    assert programme.indicator("CT11", programme.periods()[-1]).kind == "flow"


def test_the_day_between_two_definitions_divides_what_is_met() -> None:
    programme = parse(stricter())
    owed = [programme.obligations_of["BC-THANG-UBND", W1, month] for month in ("2024-M06", "2024-M07")]
    said = {one.report_id: Report(one.due_at - timedelta(hours=1), {"propaganda_sessions": 2}) for one in owed}
    facts = Facts(reports=said, first_accepted={key: report.accepted_at for key, report in said.items()})
    now = programme.periods()[-1].closes_at
    before, after = (evaluate(Cell(W1, "CT11", month), programme, facts, now) for month in ("2024-M06", "2024-M07"))
    assert (before.status, before.value) == ("met", Value(2))
    assert (after.status, after.value) == ("not_met", Value(2))


@pytest.mark.parametrize(
    ("files", "field", "said"),
    [
        (stricter(version="1"), "code", "repeats line"),
        (stricter(day="2023-12-15"), "effective_from", "a day later"),
        (stricter(day=""), "effective_from", "a day later"),
        (stricter(frequency="quarter"), "frequency", "another indicator"),
        (stricter(owner_kind="police"), "owner_kind", "another indicator"),
        (edited(FILE, DAY, "effective_from: 2024-06-15\n"), "effective_from", "on the programme's first day"),
        (edited(FILE, "version: 1", "version: 0"), "version", "from 1 to"),
    ],
)
def test_nonsense_about_definitions_is_refused(files: Files, field: str, said: str) -> None:
    assert any(one.field == field and said in one.message_en for one in faults_of(files))


def test_a_check_against_the_log_names_the_definition_that_needs_a_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, data in with_section("CT11", reworded("CT11")).items():
        (tmp_path / name).write_bytes(data)
    asked: list[str] = []

    def active(programme_id: str) -> Programme:
        asked.append(programme_id)
        return pilot()

    monkeypatch.setattr(programme_log, "active", active)
    alone = CliRunner().invoke(main, ["programme", "check", str(tmp_path)])
    with_log = CliRunner().invoke(main, ["programme", "check", "--log", str(tmp_path)])
    assert (alone.exit_code, with_log.exit_code, asked) == (0, 1, ["hong-linh-2024"])
    assert "version: CT11: the definition has changed under version 1; give it version 2" in with_log.output
