"""Every example of docs/using-the-api.md, typed into a shell in the order of the page."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from deploy.laptop import places
from tests.support import api_page
from tests.support.running_town import RunningTown

_FAILS_LOUDLY = 'set -aeuo pipefail; curl() { command curl --fail-with-body "$@"; echo; }'
_TOLD = {"report_id": "REPORT_ID", "body_hash": "BODY_HASH", "tip_id": "TIP_ID", "words": "WORDS"}


@pytest.mark.timeout(240)
def test_every_example_of_the_page_answers_as_the_page_says(running_town: RunningTown, tmp_path: Path) -> None:
    variables = dict(running_town.environment)
    answers: list[Any] = []
    for block in blocks(running_town):
        script = f"{_FAILS_LOUDLY}\n{block}\nenv -0 > {tmp_path / 'env'}"
        done = subprocess.run(
            ["bash", "-c", script], cwd=places.ROOT, env=variables, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{block}\n{done.stdout}{done.stderr}"
        variables = dict(line.split("=", 1) for line in (tmp_path / "env").read_text().split("\0") if "=" in line)
        for answer in map(json.loads, filter(None, done.stdout.splitlines())):
            answers.append(answer)
            variables |= {_TOLD[name]: _said(answer[name]) for name in _TOLD if name in answer}
            variables.setdefault("EVENT_ID", answer.get("event_id", ""))
    assert sum("receipt" in answer for answer in answers) >= 7
    assert any(answer.get("items") for answer in answers)


def _said(value: str | list[str]) -> str:
    return value if isinstance(value, str) else " ".join(value)


def blocks(running_town: RunningTown) -> Iterator[str]:
    """The page's shell blocks, speaking to this town."""
    town = running_town.town
    ports = {8100: town.serve, 8101: town.pledge, 8102: town.intake, 8103: town.notify, 8104: town.dispatch}
    for block in api_page.blocks():
        said = block.replace("var/demo/keys", str(running_town.folder / "keys"))
        for port, member in ports.items():
            said = said.replace(f"http://localhost:{port}", member.url)
        yield said
