"""JSON Schema 2020-12 of events and bodies, and OpenAPI 3.1 of a service: generated, never written by hand."""

from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

import msgspec

from services.contracts.codec import dataschema
from services.contracts.declarations import structs
from services.contracts.events import CURRENT_VERSION, EVENT_TYPES
from services.contracts.requests import Problem
from services.contracts.routes import JSON, Parameter, Route

DIALECT = "https://json-schema.org/draft/2020-12/schema"
PROBLEM_JSON = "application/problem+json"
LICENCE = {"name": "Apache-2.0"}
Json = dict[str, Any]
_PHRASES = {
    200: "The answer.",
    202: "Accepted: all in-sync replicas of the log have it.",
    304: "What you have still holds.",
    400: "Not JSON, or nested too deep.",
    401: "No valid access token.",
    403: "Your agency, unit or role does not allow this.",
    404: "Not found.",
    409: "In conflict with what is known.",
    413: "The body is too large.",
    415: "Only application/json is accepted.",
    422: "Not valid: every fault is named.",
    503: "Not confirmed; ask again after Retry-After seconds, with the same Idempotency-Key if there is one.",
}


def event_schema(event_type: str, version: int = CURRENT_VERSION) -> Json:
    """The schema of an event's data, on its own feet (`$defs` inside)."""
    return _standalone(EVENT_TYPES[event_type], dataschema(event_type, version))


def request_schema(struct: type[msgspec.Struct]) -> Json:
    return _standalone(struct, f"urn:binhyen:request:{struct.__name__}")


def openapi(title: str, routes: Sequence[Route], version: str = "1") -> Json:
    """The OpenAPI 3.1 document of a service's routes; every refusal is a `Problem`."""
    components, schemas = _components(routes)
    paths: dict[str, Json] = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": version, "license": {**LICENCE, "identifier": LICENCE["name"]}},
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        },
    }


def _standalone(struct: type[msgspec.Struct], identity: str) -> Json:
    (reference,), definitions = msgspec.json.schema_components([struct])
    return {"$schema": DIALECT, "$id": identity, **reference, "$defs": _with_rules(definitions, (struct,))}


def _components(routes: Iterable[Route]) -> tuple[Json, Mapping[Any, Json]]:
    kinds: list[Any] = [Problem]
    for route in routes:
        kinds += [parameter.kind for parameter in route.parameters]
        kinds += [kind for kind in (route.request, *route.responses.values()) if kind is not None]
    return components_of(kinds)


def components_of(kinds: Sequence[Any]) -> tuple[Json, Mapping[Any, Json]]:
    """The component schemas of declared types, by name, and for each type the schema to write where it is used."""
    references, definitions = msgspec.json.schema_components(kinds, ref_template="#/components/schemas/{name}")
    return _with_rules(definitions, kinds), dict(zip(map(_key, kinds), references, strict=True))


def _operation(route: Route, schemas: Mapping[Any, Json]) -> Json:
    operation: Json = {
        "operationId": route.operation,
        "summary": route.summary,
        "responses": _responses(route, schemas),
    }
    if route.parameters:
        operation["parameters"] = [_parameter(parameter, schemas) for parameter in route.parameters]
    if route.request is not None:
        operation["requestBody"] = {
            "required": True,
            "content": {JSON: {"schema": schemas[_key(route.request)]}},
        }
    if route.roles:
        operation["security"] = [{"bearer": []}]
        operation["description"] = "Role: " + " or ".join(route.roles) + "."
    return operation


def _parameter(parameter: Parameter, schemas: Mapping[Any, Json]) -> Json:
    return {
        "name": parameter.name,
        "in": parameter.place,
        "required": parameter.required,
        "description": parameter.description,
        "schema": schemas[_key(parameter.kind)],
    }


def _responses(route: Route, schemas: Mapping[Any, Json]) -> Json:
    answers: Json = {}
    for status, body in route.responses.items():
        answers[str(status)] = _answer(route, status, None if body is None else schemas[_key(body)])
    for status in route.problems:
        content = {PROBLEM_JSON: {"schema": schemas[Problem]}}
        answers[str(status)] = {"description": _PHRASES[status], "content": content}
    return answers


def _answer(route: Route, status: int, schema: Json | None) -> Json:
    answer: Json = {"description": _PHRASES[status]}
    if schema is not None:
        answer["content"] = {route.media_type: {"schema": schema}}
    elif route.media_type != JSON and status < HTTPStatus.MULTIPLE_CHOICES:
        answer["content"] = {route.media_type: {"schema": {"type": "string"}}}
    if route.headers:
        answer["headers"] = {
            name: {"description": text, "schema": {"type": "string"}} for name, text in route.headers.items()
        }
    return answer


def _with_rules(definitions: Mapping[str, Json], declared: Iterable[Any]) -> Json:
    """Definitions with the rules that the structs state beside their types (`exactly_one`)."""
    made = {name: dict(schema) for name, schema in sorted(definitions.items())}
    for struct in structs(declared):
        names: tuple[str, ...] = getattr(struct, "exactly_one", ())
        if names:
            made[struct.__name__]["oneOf"] = [_present(name) for name in names]
    return made


def _present(name: str) -> Json:
    return {"required": [name], "properties": {name: {"not": {"type": "null"}}}}


def _key(kind: Any) -> Any:
    """Annotated types may hold dicts and cannot be hashed; their text stands for them."""
    return kind if isinstance(kind, type) else repr(kind)
