"""JSON Schema 2020-12 of events and bodies, and OpenAPI 3.1 of a service: generated, never written by hand."""

from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

import msgspec

from services.contracts.codec import dataschema
from services.contracts.declarations import structs
from services.contracts.door_answers import Problem
from services.contracts.events import EVENT_TYPES
from services.contracts.request_examples import REQUEST_EXAMPLES
from services.contracts.routes import ANYWHERE, JSON, Link, Parameter, Route
from services.contracts.versions import ADDED_IN_2, FIRST_VERSION, Added

DIALECT = "https://json-schema.org/draft/2020-12/schema"
PROBLEM_JSON = "application/problem+json"
LICENCE = {"name": "Apache-2.0"}
Json = dict[str, Any]
_NULL: Json = {"type": "null"}
_PHRASES = {
    200: "The answer.",
    202: "Accepted: all in-sync replicas of the log have it.",
    304: "What you have still holds.",
    400: "Not JSON, nested too deep, or no valid HTTP.",
    401: "No valid access token.",
    403: "Your agency, unit or role does not allow this.",
    404: "Not found.",
    408: "The request came too slowly.",
    409: "In conflict with what is known.",
    413: "The body is too large.",
    414: "The request's address is too long.",
    415: "Only application/json is accepted.",
    422: "Not valid: every fault is named.",
    431: "Too many headers, or too long ones.",
    503: "Not confirmed; ask again after Retry-After seconds, with the same Idempotency-Key if there is one.",
}


def event_schema(event_type: str, version: int = FIRST_VERSION) -> Json:
    """The schema of an event's data in one version, on its own feet (`$defs` inside)."""
    struct = EVENT_TYPES[event_type]
    schema = _standalone(struct, dataschema(event_type, version))
    if version == FIRST_VERSION and struct in ADDED_IN_2:
        _take_away(ADDED_IN_2[struct], schema["$defs"][struct.__name__]["properties"])
    return schema


def _take_away(added: Added, properties: Json) -> None:
    for name in added.fields:
        del properties[name]
    for name, words in added.choices.items():
        properties[name] = {"enum": [word for word in properties[name]["enum"] if word not in words]}


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
        content = {"schema": schemas[_key(route.request)], **_example(route.request)}
        operation["requestBody"] = {"required": True, "content": {JSON: content}}
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
    if route.links:
        answers[str(min(route.responses))]["links"] = {link.operation: _link(link) for link in route.links}
    for status in sorted({*route.problems, *ANYWHERE} - route.responses.keys()):
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


def _example(struct: type) -> Json:
    return {"example": REQUEST_EXAMPLES[struct]} if struct in REQUEST_EXAMPLES else {}


def _link(link: Link) -> Json:
    return {"operationId": link.operation, "parameters": {**link.parameters}}


def _with_rules(definitions: Mapping[str, Json], declared: Iterable[Any]) -> Json:
    """Definitions with the rules that the structs state beside their types (`exactly_one`)."""
    made = {name: dict(schema) for name, schema in sorted(definitions.items())}
    for struct in structs(declared):
        names: tuple[str, ...] = getattr(struct, "exactly_one", ())
        if names:
            made[struct.__name__]["oneOf"] = [_only(name, names, made[struct.__name__]["properties"]) for name in names]
    return made


def _only(name: str, names: Sequence[str], properties: Json) -> Json:
    (kind,) = [option for option in properties[name]["anyOf"] if option != _NULL]
    return {"required": [name], "properties": {**dict.fromkeys(names, _NULL), name: {"type": kind["type"]}}}


def _key(kind: Any) -> Any:
    """Annotated types may hold dicts and cannot be hashed; their text stands for them."""
    return kind if isinstance(kind, type) else repr(kind)
