"""Every endpoint stands in docs/using-the-api.md with an example that a test executes, or it is said here why not."""

import re
from pathlib import Path
from typing import Final

import pytest

from services.contracts.routes import Route
from services.operations.docs import SURFACES
from tests.support.api_page import shown
from tests.support.doors_in_memory import Doors

PORTS: Final = {
    "reporting-serve": 8100,
    "pledge": 8101,
    "reporting-intake": 8102,
    "notify-intake": 8103,
    "notify-dispatch": 8104,
}
UNGUESSABLE: Final = {"/n/{message}/{mac}": "only a notice that was sent has such an address: docs/notices.md"}
ELSEWHERE: Final = {
    "/health/live": "asked by whatever runs the process: docs/runbook.md",
    "/health/ready": "asked by whatever runs the process: docs/runbook.md",
    "/metrics": "asked by Prometheus: docs/metrics.md",
}
PAGING: Final = {"limit", "cursor"}


def place(path: str) -> re.Pattern[str]:
    """What a path with parameters matches: `{event_id}` or `<event_id>` stands for one name."""
    return re.compile(re.sub(r"[{<]\w+[}>]", "[^/:]+", path))


ALL: Final = [(name, route) for name, routes in SURFACES.items() for route in routes]


@pytest.mark.parametrize(("service", "route"), ALL, ids=[route.operation for _, route in ALL])
def test_an_endpoint_is_shown_with_every_parameter_that_it_takes(service: str, route: Route) -> None:
    examples = [
        one
        for one in shown()
        if (one.port, one.method) == (PORTS[service], route.method) and place(route.path).fullmatch(one.path)
    ]
    assert bool(examples) != (route.path in UNGUESSABLE), f"{route.method} {route.path} has no example"
    asked = {name for one in examples for name in one.asked}
    taken = {parameter.name for parameter in route.parameters if parameter.place == "query"}
    assert not examples or taken - asked - PAGING == set(), "a parameter that no example shows"


def test_what_every_process_answers_beside_its_routes_is_shown_or_told_elsewhere(tmp_path: Path) -> None:
    app = Doors(tmp_path).client.application
    routes = {route.rule for _, route in ALL}
    beside = {rule.rule for rule in app.url_map.iter_rules()} - routes
    assert {path for path in beside if not any(place(path).fullmatch(one.path) for one in shown())} == set(ELSEWHERE)
    for told in (*ELSEWHERE.values(), *UNGUESSABLE.values()):
        assert Path(told.rpartition(": ")[2]).exists()


def test_every_example_is_of_an_endpoint_there_is() -> None:
    known = [(PORTS[name], route.method, place(route.path)) for name, route in ALL]
    for one in shown():
        found = [path for port, method, path in known if (port, method) == (one.port, one.method)]
        assert any(path.fullmatch(one.path) for path in found) or one.path == "/.well-known/jwks.json", one
