"""What the operations of serve share: parameters, headers, and how a list is asked for."""

from typing import Final

from services.contracts.fields import Day, PackCodes, PeriodCode, ProgrammeId, UnitRef
from services.contracts.readings.pages import Cursor, Limit
from services.contracts.routes import IF_NONE_MATCH, Link, Parameter, Route

UNIT_IN_PATH: Final = Parameter("unit", "path", UnitRef, "A unit by code or id.")
PERIOD_IN_PATH: Final = Parameter("period", "path", PeriodCode, "A period of the programme, e.g. 2024-M03.")
PROGRAMME: Final = Parameter("programme", "query", ProgrammeId, "A programme's id.")
PERIOD: Final = Parameter("period", "query", PeriodCode, "A period of the programme, e.g. 2024-M03.")
SUBTREE: Final = Parameter(
    "unit", "query", UnitRef, "A unit by code or id: it and what lies below it. Default: all.", required=False
)
KNOWN_AT: Final = Parameter(
    "known_at", "query", Day, "A local day that is over: what was known at its end. Default: now.", required=False
)
PAGED: Final = (
    Parameter("limit", "query", Limit, "At most so many items; default 100.", required=False),
    Parameter("cursor", "query", Cursor, "`next` of the page before.", required=False),
    IF_NONE_MATCH,
)
AS_OF: Final = {"ETag": "Changes with what is said, not with `as_of`.", "As-Of": "`as_of.now`, also beside a 304."}
PACKS: Final = Parameter(
    "pack",
    "query",
    PackCodes,
    "Packs of rules, compared on the same data. Default: those in force on the last day in it.",
    required=False,
)


def list_route(
    path: str, operation: str, summary: str, answer: type, *parameters: Parameter, links: tuple[Link, ...] = ()
) -> Route:
    return Route(
        "GET",
        path,
        operation,
        summary,
        {200: answer, 304: None},
        parameters=(*parameters, *PAGED),
        problems=(404, 422, 503),
        headers=AS_OF,
        links=links,
    )
