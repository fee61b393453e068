"""A programme applied while the doors are open is taken up by them; its nature never changes."""

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from services.operations import keys
from services.operations.programme import check
from services.operations.programme_apply import command
from tests.support.doors import LIVE, DoorProcess, Installation
from tests.support.postings import FOLDER, SHEET
from tests.support.waiting import until


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FOLDER, tmp_path / "programme"))


def apply(installation: Installation, folder: Path, *options: str, answer: str = "") -> Result:
    return CliRunner().invoke(command, [str(folder), *options], env=installation.environment, input=answer)


def test_a_new_programme_and_its_new_version_reach_a_running_door(
    pledge: DoorProcess, installation: Installation, folder: Path
) -> None:
    named = ("--sandbox", "--id", "hong-linh-moi", "--yes")
    sheet, token = SHEET | {"programme": "hong-linh-moi"}, installation.token("pledge", sandbox=True)
    assert pledge.post("/v1/pledges", sheet, token, "apply-0001").json()["code"] == "unknown_programme"

    assert "version 1" in apply(installation, folder, *named).output
    until(lambda: pledge.post("/v1/pledges", sheet, token, "apply-0001").status_code != 422)
    waiting = pledge.post("/v1/pledges", sheet, token, "apply-0001")
    assert (waiting.status_code, waiting.headers["Retry-After"]) == (503, "30"), "its signer key is not there yet"
    keys.init(installation.keys_dir, ["hong-linh-moi"], "20240101")
    assert pledge.post("/v1/pledges", sheet, token, "apply-0001").status_code == 202

    before = len(installation.log("programme.v1"))
    assert "version 1, không đổi / unchanged" in apply(installation, folder, *named[:-1]).output
    assert len(installation.log("programme.v1")) == before

    texts = folder / "programme.yaml"
    texts.write_text(texts.read_text().replace("2024.1", "2024.2"))
    assert "version 2" in apply(installation, folder, *named).output
    renewed = sheet | {"text_version": "2024.2"}
    until(lambda: pledge.post("/v1/pledges", renewed, token, "apply-0002").status_code == 202)
    versions = {
        event.programme_version for event in installation.events("pledge.v1") if event.data.programme == "hong-linh-moi"
    }
    assert versions == {1, 2}


def test_a_live_programme_does_not_become_a_sandbox(installation: Installation, folder: Path) -> None:
    refused = apply(installation, folder, "--sandbox", "--yes")
    assert refused.exit_code == 1
    assert "sandbox" in refused.output


def test_who_does_not_say_yes_writes_nothing(installation: Installation, folder: Path) -> None:
    before = len(installation.log("programme.v1"))
    (folder / "holidays.csv").write_text((folder / "holidays.csv").read_text() + "2024-11-11,holiday,Thử,QĐ thử\n")
    asked = apply(installation, folder, answer="n\n")
    assert asked.exit_code == 1
    assert f"{LIVE}: áp dụng phiên bản" in asked.output
    assert "thêm ngày nghỉ / added: holiday 2024-11-11" in asked.output, "what is about to change is shown before"
    assert len(installation.log("programme.v1")) == before


def test_a_folder_with_faults_is_not_applied(installation: Installation, folder: Path) -> None:
    (folder / "units.csv").write_text("nonsense\n")
    refused = apply(installation, folder, "--yes")
    assert refused.exit_code == 1
    assert "programme check" in refused.output


def test_a_definition_that_has_changed_under_its_version_is_applied_only_under_a_new_one(
    installation: Installation, folder: Path
) -> None:
    before = len(installation.log("programme.v1"))
    definitions = folder / "indicators.yaml"
    definitions.write_text(definitions.read_text().replace("num: 9\n", "num: 8\n", 1))
    checked = CliRunner().invoke(check, [str(folder), "--log"], env=installation.environment)
    refused = apply(installation, folder, "--yes")
    for result in (checked, refused):
        assert result.exit_code == 1
        assert "CT21: the definition has changed under version 1; give it version 2" in result.output
    assert len(installation.log("programme.v1")) == before

    text = definitions.read_text()
    place = text.index("version: 1", text.index("code: CT21"))
    definitions.write_text(text[:place] + "version: 2" + text[place + len("version: 1") :])
    assert CliRunner().invoke(check, [str(folder), "--log"], env=installation.environment).exit_code == 0
    applied = apply(installation, folder, "--sandbox", "--id", "hong-linh-hai", "--yes")
    assert "version 1" in applied.output
