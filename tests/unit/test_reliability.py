"""docs/reliability.md names tests: each of them exists."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_test_named_in_the_table_of_faults_exists_and_every_row_names_one() -> None:
    page = (ROOT / "docs" / "reliability.md").read_text()
    table_rows = [
        line for line in page.splitlines() if line.startswith("|") and not line.startswith(("| fault", "|---"))
    ]
    named = [re.findall(r"`(test_\w+)`", row.rpartition(" | ")[2]) for row in table_rows]
    written = {
        name
        for path in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"^def (test_\w+)", path.read_text(), re.MULTILINE)
    }
    assert table_rows
    assert all(named)
    assert {name for names in named for name in names} - written == set()
