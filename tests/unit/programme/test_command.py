"""`python -m services.operations programme check DIR`, as an operator meets it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from services.operations.__main__ import main
from tests.support.programme_folder import FOLDER, Files, edited


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    return written(tmp_path, edited("holidays.csv", "2024-04-18", "2024-04-31"))


def written(folder: Path, files: Files) -> Path:
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return folder


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["programme", "check", *arguments])


def test_the_pilot_is_valid() -> None:
    result = run(str(FOLDER))
    assert result.exit_code == 0
    assert "hong-linh-2024: hợp lệ / valid (15/12/2023 – 14/12/2024)" in result.output


def test_a_fault_is_printed_with_its_file_and_line_in_both_languages(broken: Path) -> None:
    result = run(str(broken))
    assert result.exit_code == 1
    assert f"{broken / 'holidays.csv'}:10: day: phải là một ngày có thật" in result.output
    assert "    day: must be a day that exists" in result.output
    assert "1 lỗi / 1 faults" in result.output


def test_faults_can_be_read_by_a_program(broken: Path) -> None:
    result = run("--json", str(broken))
    assert result.exit_code == 1
    answer = json.loads(result.output)
    assert answer["ok"] is False
    assert [(fault["file"], fault["line"], fault["field"]) for fault in answer["faults"]] == [
        ("holidays.csv", 10, "day")
    ]


def test_a_valid_folder_can_be_read_by_a_program() -> None:
    answer = json.loads(run("--json", str(FOLDER)).output)
    assert (answer["ok"], answer["units"], answer["indicators"]) == (True, 12, 40)


def test_hidden_files_and_sub_folders_are_no_part_of_a_programme(tmp_path: Path) -> None:
    folder = written(tmp_path, edited("holidays.csv", "2024-04-18", "2024-04-18"))
    (folder / ".swap.csv").write_bytes(b"x")
    (folder / "drafts").mkdir()
    assert run(str(folder)).exit_code == 0


def test_a_folder_that_is_not_there_is_a_usage_error() -> None:
    assert run("/nowhere/at/all").exit_code == 2
