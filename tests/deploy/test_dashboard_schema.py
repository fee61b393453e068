"""The dashboard is what Grafana reads: compared with the types of its own package, by their compiler."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from deploy.laptop import places
from tests.support import grafana
from tests.support.deployment import DASHBOARD, read, services
from tests.support.grafana import Types

Dashboard = dict[str, Any]


@pytest.fixture(scope="module")
def types(tmp_path_factory: pytest.TempPathFactory) -> Types:
    return grafana.fetch(places.cache_dir(), tmp_path_factory.mktemp("grafana"))


def of_type(dashboard: Dashboard, kind: str) -> Dashboard:
    found: Dashboard = next(panel for panel in dashboard["panels"] if panel["type"] == kind)
    return found


def test_the_dashboard_is_as_grafana_types_it(types: Types) -> None:
    assert types.faults(read(DASHBOARD)) == []


@pytest.mark.parametrize(
    "broken",
    [
        lambda board: board.update(schemaVersoin=41),
        lambda board: board.update(graphTooltip=7),
        lambda board: of_type(board, "stat")["options"].update(colorMode="backgrund"),
        lambda board: of_type(board, "stat")["fieldConfig"]["defaults"]["color"].update(mode="treshold"),
        lambda board: of_type(board, "timeseries")["fieldConfig"]["defaults"]["custom"].update(lineWidht=1),
        lambda board: of_type(board, "timeseries")["targets"][0].update(exprs="up"),
        lambda board: of_type(board, "table").update(type="tabel"),
        lambda board: of_type(board, "table")["options"].update(showHaeder=True),
    ],
)
def test_a_word_that_grafana_does_not_know_is_found(types: Types, broken: Callable[[Dashboard], None]) -> None:
    changed = copy.deepcopy(read(DASHBOARD))
    broken(changed)
    assert types.faults(changed)


def test_the_types_are_those_of_the_grafana_that_runs() -> None:
    assert services()["grafana"]["image"] == f"grafana/grafana:{grafana.SCHEMA.version}"
