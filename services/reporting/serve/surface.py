"""Every operation of serve, as data: Flask's routes, the reading of parameters and OpenAPI come from this table."""

from typing import Final
from uuid import UUID

from services.contracts.accounts import Books, EventOutcome, UnknownEvent
from services.contracts.fields import Day, PeriodCode, ProgrammeId, UnitRef
from services.contracts.readings import (
    Cursor,
    Indicators,
    Limit,
    Periods,
    Programmes,
    StatusMatrix,
    Units,
    UnitStatus,
)
from services.contracts.routes import IF_NONE_MATCH, Parameter, Route

AGENCY_ROLES: Final = ("pledge", "report", "decide", "tip", "clock", "operator")
_PROGRAMME: Final = Parameter("programme", "query", ProgrammeId, "A programme's id.")
_PERIOD: Final = Parameter("period", "query", PeriodCode, "A period of the programme, e.g. 2024-M03.")
_SUBTREE: Final = Parameter(
    "unit", "query", UnitRef, "A unit by code or id: it and what lies below it. Default: all.", required=False
)
_PAGED: Final = (
    Parameter("limit", "query", Limit, "At most so many items; default 100.", required=False),
    Parameter("cursor", "query", Cursor, "`next` of the page before.", required=False),
    IF_NONE_MATCH,
)
_AS_OF: Final = {"ETag": "Changes with what is said, not with `as_of`.", "As-Of": "`as_of.now`, also beside a 304."}


def _list(path: str, operation: str, summary: str, answer: type, *parameters: Parameter) -> Route:
    return Route(
        "GET",
        path,
        operation,
        summary,
        {200: answer, 304: None},
        parameters=(*parameters, *_PAGED),
        problems=(404, 422, 503),
        headers=_AS_OF,
    )


PROGRAMMES: Final = _list("/v1/programmes", "listProgrammes", "Các chương trình. / The programmes.", Programmes)
UNITS: Final = _list("/v1/units", "listUnits", "Các đơn vị. / The units.", Units, _PROGRAMME)
INDICATORS: Final = _list("/v1/indicators", "listIndicators", "Các chỉ tiêu. / The indicators.", Indicators, _PROGRAMME)
PERIODS: Final = _list("/v1/periods", "listPeriods", "Các kỳ báo cáo. / The periods.", Periods, _PROGRAMME)
STATUS: Final = _list(
    "/v1/status",
    "getStatus",
    "Bảng đơn vị × chỉ tiêu của một kỳ. / Units by indicators in a period.",
    StatusMatrix,
    _PROGRAMME,
    _PERIOD,
    _SUBTREE,
)
UNIT_STATUS: Final = _list(
    "/v1/units/{unit}/status",
    "getUnitStatus",
    "Các chỉ tiêu, nghĩa vụ báo cáo và tin lỗi của một đơn vị. / A unit's indicators, obligations and dead letters.",
    UnitStatus,
    Parameter("unit", "path", UnitRef, "A unit by code or id."),
    _PROGRAMME,
    _PERIOD,
)
RECEIPT: Final = Route(
    "GET",
    "/v1/receipts/{event_id}",
    "getReceipt",
    "Kết quả xử lý một tin đã gửi. / What became of an event, for the agency that posted it.",
    {200: EventOutcome, 404: UnknownEvent},
    roles=AGENCY_ROLES,
    parameters=(
        Parameter("event_id", "path", UUID, "The id that the receipt names."),
        Parameter("Receipt", "header", str, "The receipt (JWS): then `pending` can be told.", required=False),
    ),
    problems=(401, 403, 422, 503),
)
BOOKS: Final = Route(
    "GET",
    "/v1/books",
    "getBooks",
    "Đối chiếu: tin trong nhật ký = tin đã xử lý. / The books: events in the log = events accounted for.",
    {200: Books, 304: None},
    roles=("operator",),
    parameters=(
        Parameter("programme", "query", ProgrammeId, "Only this programme's agencies.", required=False),
        Parameter("from", "query", Day, "First local day of the log's timestamp."),
        Parameter("to", "query", Day, "Last such day."),
        *_PAGED,
    ),
    problems=(401, 403, 404, 422, 503),
    headers=_AS_OF,
)
OPENAPI: Final = Route(
    "GET",
    "/v1/openapi.json",
    "getOpenapi",
    "Tài liệu này. / This document.",
    {200: None},
    media_type="application/json",
)
PAGE: Final = Route(
    "GET",
    "/",
    "getPage",
    "Bảng tình trạng để xem trên trình duyệt. / The status table, to be looked at.",
    {200: None},
    parameters=(
        Parameter("programme", "query", ProgrammeId, "Default: the first.", required=False),
        Parameter("period", "query", PeriodCode, "Default: the month that holds now.", required=False),
    ),
    problems=(404, 422, 503),
    media_type="text/html",
)
ROUTES: Final = (PROGRAMMES, UNITS, INDICATORS, PERIODS, STATUS, UNIT_STATUS, RECEIPT, BOOKS, OPENAPI, PAGE)
