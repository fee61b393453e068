"""Each benchmark, made tiny, gives the figures that the page of benchmarks shows. Their speed is not judged."""

import json
import math
import subprocess
import sys
from pathlib import Path

import pytest

from bench import document, recorded
from bench.__main__ import ALONE, NAMES
from bench.figures import Figure, Goal
from deploy.laptop import places

GOALS = {
    "intake": {"durable posts, sheets of one", "batches of 100", "sheets of 200"},
    "freshness": {"200 events/s: p99", "1,000 events/s: p99"},
    "nation": {"rebuild: facts", "one more report: until its ward shows it", "the table of all wards", "a ward's page"},
    "nation-year": {"facts and statuses", "ingest-1: most memory", "evaluate: most memory"},
    "processes": {"pledge: loaded, in the last third", "ingest-1: loaded, in the last third"},
}
MAY_FALL = "growth under load"


@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", [*NAMES, *ALONE])
def test_a_benchmark_gives_figures_that_mean_something_and_the_goals_that_are_set_for_it(name: str) -> None:
    command = [sys.executable, "-m", "bench", name, "--size", "tiny", "--json"]
    done = subprocess.run(command, cwd=places.ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)["benchmarks"][name]
    assert len({figure["name"] for figure in found}) == len(found) > 0
    for figure in found:
        assert figure["unit"]
        assert math.isfinite(figure["value"])
        assert figure["value"] > 0 or figure["name"].endswith(MAY_FALL), figure
        assert figure.get("baseline", figure)["value"] > 0 or figure["name"].endswith(MAY_FALL), figure
    assert {figure["name"] for figure in found if "goal" in figure} >= GOALS.get(name, set())


def test_every_benchmark_has_its_place_on_the_page() -> None:
    text = document.PAGE.read_text()
    for name in (*NAMES, *ALONE, document.MACHINE):
        assert "kept" in document.filled(text, name, "kept\n")


def test_only_what_stands_between_its_markers_is_written_anew(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "said <!-- bench:machine --><!-- /bench:machine --> and <!-- bench:reads -->old<!-- /bench:reads -->"
    )
    document.write({"reads": [Figure("asked", 1_234.0, "requests/s")]}, {"Cores": "2"}, page)
    text = page.read_text()
    assert text.startswith("said <!-- bench:machine -->\n|")
    assert "| asked | 1,234 requests/s |" in text
    assert "old" not in text


def test_a_ratio_that_is_worse_by_a_fifth_is_told_and_a_slower_machine_is_not(tmp_path: Path) -> None:
    path = tmp_path / "recorded.json"
    recorded.keep({"intake": [_posts(60, 100), _took(20, 10)]}, path)
    assert recorded.falls({"intake": [_posts(6, 10), _took(200, 100)]}, recorded.read(path)) == []
    fallen = recorded.falls({"intake": [_posts(48, 100), _took(24, 10)]}, recorded.read(path))
    assert [fall.figure for fall in fallen] == ["posts", "took"]


def test_a_goal_is_reached_by_the_ratio_or_the_value_that_it_names() -> None:
    half, fast = Goal("at least", 0.5), Goal("at most", 250, of="value")
    assert [_posts(value, 100, half).reached for value in (50, 49)] == [True, False]
    assert [Figure("p99", value, "ms", None, fast).reached for value in (250, 251)] == [True, False]
    assert Figure("posts", 50, "posts/s", None, half).reached is None


def _posts(value: float, base: float, goal: Goal | None = None) -> Figure:
    return Figure("posts", value, "posts/s", Figure("bare", base, "posts/s"), goal)


def _took(value: float, base: float) -> Figure:
    return Figure("took", value, "ms", Figure("bare", base, "ms"), less_is_better=True)
