"""docs/threat-model.md names a test for every mitigation: each of them exists."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_mitigation_names_a_test_that_exists() -> None:
    page = (ROOT / "docs" / "threat-model.md").read_text()
    rows = [line for line in page.splitlines() if line.startswith("|") and not line.startswith(("| who |", "|---"))]
    named = [re.findall(r"`(test_\w+)`", row.rpartition(" | ")[2]) for row in rows]
    written = {
        name
        for path in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"^def (test_\w+)", path.read_text(), re.MULTILINE)
    }
    assert rows
    assert all(named)
    assert {name for names in named for name in names} - written == set()
