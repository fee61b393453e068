"""What is published about the APIs is valid, complete and not stale."""

from collections import Counter
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from services.contracts import metrics, schemas
from services.contracts.codec import dataschema
from services.contracts.events import EVENT_TYPES
from services.contracts.request_examples import REQUEST_EXAMPLES
from services.contracts.requests import REQUESTS
from services.contracts.routes import Route
from services.contracts.versions import versions_of
from services.operations import docs

ALL = [(name, route) for name, routes in docs.SURFACES.items() for route in routes]
every_route = pytest.mark.parametrize(
    ("service", "route"), ALL, ids=[f"{route.method} {route.path}" for _, route in ALL]
)


@pytest.mark.parametrize("service", docs.SURFACES)
def test_the_openapi_document_of_a_service_is_valid(service: str) -> None:
    validate(schemas.openapi(service, docs.SURFACES[service]))


@pytest.mark.parametrize("name", EVENT_TYPES)
def test_the_schema_of_an_event_is_valid_and_names_itself_as_the_log_does(name: str) -> None:
    for version in versions_of(name):
        schema = schemas.event_schema(name, version)
        Draft202012Validator.check_schema(schema)
        assert schema["$id"] == dataschema(name, version)


@pytest.mark.parametrize("struct", REQUESTS, ids=lambda struct: struct.__name__)
def test_the_schema_of_a_request_is_valid(struct: type) -> None:
    Draft202012Validator.check_schema(schemas.request_schema(struct))


@pytest.mark.parametrize("struct", REQUESTS, ids=lambda struct: struct.__name__)
def test_the_published_example_of_a_request_is_one(struct: type) -> None:
    example = REQUEST_EXAMPLES[struct]
    msgspec.convert(example, struct)
    Draft202012Validator(schemas.request_schema(struct)).validate(example)


@every_route
def test_a_link_leads_to_an_operation_of_the_same_document_and_names_its_parameters(service: str, route: Route) -> None:
    others = {other.operation: other for other in docs.SURFACES[service]}
    for link in route.links:
        assert set(link.parameters) <= {parameter.name for parameter in others[link.operation].parameters}


@every_route
def test_what_any_request_may_meet_is_declared_everywhere(service: str, route: Route) -> None:
    responses = schemas.openapi(service, [route])["paths"][route.path][route.method.lower()]["responses"]
    assert {"400", "408", "413", "414", "431", "503"} <= responses.keys()


@every_route
def test_a_route_declares_exactly_the_names_in_its_path(service: str, route: Route) -> None:
    declared = {parameter.name for parameter in route.parameters if parameter.place == "path"}
    assert set(route.names_in_path) == declared


@every_route
def test_a_route_that_is_not_public_says_what_a_stranger_gets(service: str, route: Route) -> None:
    operation = schemas.openapi(service, [route])["paths"][route.path][route.method.lower()]
    assert bool(route.roles) == ("security" in operation) == ({"401", "403"} <= operation["responses"].keys())


@every_route
def test_a_post_may_be_repeated_and_may_be_told_to_come_back(service: str, route: Route) -> None:
    if route.method == "POST":
        assert "Idempotency-Key" in {parameter.name for parameter in route.parameters if parameter.required}
        assert {422, 503} <= set(route.problems)
        assert route.request is not None


def test_an_operation_has_a_name_of_its_own() -> None:
    assert [name for name, times in Counter(route.operation for _, route in ALL).items() if times > 1] == []


def test_the_published_documents_are_not_stale() -> None:
    assert docs.stale(Path("docs")) == [], "run: make docs"


def test_every_metric_is_listed_once_with_its_help() -> None:
    lines = docs.metrics_page(metrics.CATALOGUE).splitlines()
    for card in metrics.CATALOGUE:
        (line,) = [line for line in lines if line.startswith(f"| `{card.name}` ")]
        assert card.help in line
        assert all(f"`{label}`" in line for label in card.labels)


def test_docs_are_written_anew_checked_and_cleaned(tmp_path: Path) -> None:
    run = CliRunner()
    given = ["--folder", str(tmp_path)]
    assert run.invoke(docs.command, ["--check", *given]).exit_code == 1
    assert run.invoke(docs.command, given).exit_code == 0
    assert run.invoke(docs.command, ["--check", *given]).exit_code == 0
    (tmp_path / "metrics.md").write_text("old")
    (tmp_path / "api" / "gone.json").write_text("{}")
    checked = run.invoke(docs.command, ["--check", *given])
    assert (checked.exit_code, checked.output.count("stale")) == (1, 2)
    assert run.invoke(docs.command, given).exit_code == 0
    assert not (tmp_path / "api" / "gone.json").exists()
    assert docs.stale(tmp_path) == []
