"""A service's HTTP surface as data: the table from which Flask routes and the OpenAPI document are both made."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Final, Literal

from msgspec import Meta

from services.contracts.fields import Instant, exactly

ANYWHERE: Final = (400, 408, 413, 414, 431, 503)
"""Problems that any request may meet before it is one: malformed, too slow, too large, or too many of them."""
Method = Literal["GET", "POST"]
Place = Literal["path", "query", "header"]
JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One value beside the body. `kind` is a declared type (`UnitRef`, `UUID`, `int` ...) and gives its schema."""

    name: str
    place: Place
    kind: Any
    description: str
    required: bool = True


@dataclass(frozen=True, slots=True)
class Link:
    """What an answer is good for next: `parameters` of another `operation`, as OpenAPI's runtime expressions."""

    operation: str
    parameters: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Route:
    """One operation.

    `path` is in OpenAPI's form (`/v1/receipts/{event_id}`); `responses` maps a status to the struct of its body, None
    for a body that is not JSON of ours (`media_type` says which). Answers of problems (`problems`: statuses, beside
    ANYWHERE) all carry `requests.Problem` and need no entry. `roles`: the caller needs one of them; empty means public.
    `links` stand at the answer with the least status.
    """

    method: Method
    path: str
    operation: str
    summary: str
    responses: Mapping[int, Any]
    request: Any = None
    roles: tuple[str, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    problems: tuple[int, ...] = ()
    media_type: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)
    links: tuple[Link, ...] = ()

    @property
    def rule(self) -> str:
        """The path in Flask's form: `{event_id}` becomes `<event_id>`."""
        return re.sub(r"\{(\w+)\}", r"<\1>", self.path)

    @property
    def names_in_path(self) -> tuple[str, ...]:
        return tuple(re.findall(r"\{(\w+)\}", self.path))


Key = Annotated[str, Meta(pattern=exactly("[A-Za-z0-9._:-]{8,64}"), max_length=64)]

IDEMPOTENCY_KEY = Parameter(
    "Idempotency-Key", "header", Key, "8 to 64 letters, digits, - _ . : that stay the same when a request is repeated."
)
CLOCK = Parameter("Clock", "header", Instant, "Sandboxes only: the RFC 3339 instant of acceptance.", required=False)
IF_NONE_MATCH = Parameter("If-None-Match", "header", str, "An ETag; 304 if it still holds.", required=False)
