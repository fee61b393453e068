"""Every operation of serve, as data: Flask's routes, the reading of parameters and OpenAPI come from this table."""

from typing import Final, Literal
from uuid import UUID

from services.contracts.accounts import Books, DeadLetters, EventOutcome, UnknownEvent
from services.contracts.explanations import Explanation
from services.contracts.fields import Day, IndicatorCode, PeriodCode, ProgrammeId, TopicName, UnitRef
from services.contracts.readings.contributions import Contributions
from services.contracts.readings.histories import Baseline, StatusHistory
from services.contracts.readings.lineage import UnitLineage
from services.contracts.readings.lists import Indicators, Periods, Programmes, Units
from services.contracts.readings.obligations import Obligations
from services.contracts.readings.publications import Draft, PeriodDecisions
from services.contracts.readings.statuses import StatusMatrix, UnitStatus
from services.contracts.readings.streaks import Streaks
from services.contracts.readings.verdicts import UnitVerdicts, VerdictMatrix
from services.contracts.routes import IF_NONE_MATCH, Link, Parameter, Route
from services.reporting.serve.parameters import (
    AS_OF,
    KNOWN_AT,
    PACKS,
    PAGED,
    PERIOD,
    PERIOD_IN_PATH,
    PROGRAMME,
    SUBTREE,
    UNIT_IN_PATH,
    list_route,
)

AGENCY_ROLES: Final = ("pledge", "report", "decide", "tip", "clock", "operator")
_OF_ONE: Final = tuple(
    Link(operation, {"programme": "$response.body#/items/0/id"})
    for operation in ("listUnits", "listIndicators", "listPeriods")
)
_ITS_UNIT: Final = {"programme": "$request.query.programme", "unit": "$response.body#/items/0/id"}
_ITS_PERIOD: Final = {"programme": "$request.query.programme", "period": "$response.body#/items/0/code"}

PROGRAMMES: Final = list_route(
    "/v1/programmes", "listProgrammes", "Các chương trình. / The programmes.", Programmes, links=_OF_ONE
)
UNITS: Final = list_route(
    "/v1/units",
    "listUnits",
    "Các đơn vị. / The units.",
    Units,
    PROGRAMME,
    links=(Link("getUnitStatus", _ITS_UNIT), Link("getUnitVerdicts", _ITS_UNIT)),
)
INDICATORS: Final = list_route(
    "/v1/indicators", "listIndicators", "Các chỉ tiêu. / The indicators.", Indicators, PROGRAMME
)
PERIODS: Final = list_route(
    "/v1/periods",
    "listPeriods",
    "Các kỳ báo cáo. / The periods.",
    Periods,
    PROGRAMME,
    links=(Link("getStatus", _ITS_PERIOD),),
)
STATUS: Final = list_route(
    "/v1/status",
    "getStatus",
    "Bảng đơn vị × chỉ tiêu của một kỳ. / Units by indicators in a period.",
    StatusMatrix,
    PROGRAMME,
    PERIOD,
    SUBTREE,
    KNOWN_AT,
)
STREAKS: Final = list_route(
    "/v1/streaks", "getStreaks", "Giữ vững. / What was kept, and lost again.", Streaks, PROGRAMME, PERIOD, SUBTREE
)
UNIT_STATUS: Final = list_route(
    "/v1/units/{unit}/status",
    "getUnitStatus",
    "Các chỉ tiêu, nghĩa vụ báo cáo và tin lỗi của một đơn vị. / A unit's indicators, obligations and dead letters.",
    UnitStatus,
    UNIT_IN_PATH,
    PROGRAMME,
    PERIOD,
    KNOWN_AT,
)
HISTORY: Final = list_route(
    "/v1/units/{unit}/indicators/{indicator}/history",
    "getHistory",
    "Một chỉ tiêu thay đổi thế nào, ngày nào, vì sao. / How an indicator's status came about, by day, with each cause.",
    StatusHistory,
    UNIT_IN_PATH,
    Parameter("indicator", "path", IndicatorCode, "An indicator of the programme, e.g. CT11."),
    PROGRAMME,
    PERIOD,
)
UNIT_LINEAGE: Final = Route(
    "GET",
    "/v1/units/{unit}/lineage",
    "getUnitLineage",
    "Đơn vị từ đâu mà có, nay thành gì, trên hai bản đồ. / What a unit came from and became, on two maps.",
    {200: UnitLineage, 304: None},
    parameters=(
        Parameter("unit", "path", UnitRef, "A unit by id, or by code: the one of the day `on`, else the latest."),
        PROGRAMME,
        Parameter(
            "on",
            "query",
            Day,
            "The first day of the newer map. Default: the day after the unit's last day, or its first day.",
            required=False,
        ),
        IF_NONE_MATCH,
    ),
    problems=(404, 422, 503),
    headers=AS_OF,
)
BASELINE: Final = list_route(
    "/v1/units/{unit}/baseline",
    "getBaseline",
    "Số liệu các năm trước bên cạnh các năm của chương trình. / Years before the programme beside its own.",
    Baseline,
    UNIT_IN_PATH,
    PROGRAMME,
)
DECISIONS: Final = list_route(
    "/v1/periods/{period}/decisions",
    "getDecisions",
    "Các lần công bố, mở lại một kỳ, kể cả lần vô hiệu. / Publications and reopenings of a period, void ones too.",
    PeriodDecisions,
    PERIOD_IN_PATH,
    PROGRAMME,
    SUBTREE,
)
DRAFT: Final = Route(
    "GET",
    "/v1/periods/{period}/draft",
    "getDraft",
    "Bản dự thảo để công bố một kỳ. / What can be published of a period, as it is posted.",
    {200: Draft, 304: None},
    parameters=(PERIOD_IN_PATH, PROGRAMME, SUBTREE, IF_NONE_MATCH),
    problems=(404, 422, 503),
    headers=AS_OF,
)
EXPLANATION: Final = list_route(
    "/v1/units/{unit}/indicators/{indicator}/explain",
    "explainStatus",
    "Vì sao có tình trạng này: công thức, số liệu, sự kiện. / Why a status is what it is, down to the events.",
    Explanation,
    UNIT_IN_PATH,
    Parameter("indicator", "path", IndicatorCode, "An indicator of the programme, e.g. CT05."),
    PROGRAMME,
    PERIOD,
)
OBLIGATIONS: Final = list_route(
    "/v1/obligations",
    "listObligations",
    "Báo cáo phải nộp: ai, hạn nào, đã nộp, trễ, gia hạn. / What is owed: by whom, by when, received, late, extended.",
    Obligations,
    PROGRAMME,
    PERIOD,
    SUBTREE,
    KNOWN_AT,
)
CONTRIBUTIONS: Final = list_route(
    "/v1/contributions",
    "listContributions",
    "Cơ quan nào còn nợ, cơ quan nào chưa nộp gì. / Which agencies owe, and which have delivered nothing.",
    Contributions,
    PROGRAMME,
    PERIOD,
    SUBTREE,
)
VERDICTS: Final = list_route(
    "/v1/verdicts",
    "listVerdicts",
    "Các kết luận về mọi đơn vị trong một kỳ. / The verdicts on all units in a period.",
    VerdictMatrix,
    PROGRAMME,
    PERIOD,
    SUBTREE,
    PACKS,
)
UNIT_VERDICTS: Final = Route(
    "GET",
    "/v1/units/{unit}/verdicts",
    "getUnitVerdicts",
    "Các kết luận về một đơn vị, từng tiêu chí và căn cứ. / The verdicts on a unit, each criterion and its evidence.",
    {200: UnitVerdicts, 304: None},
    parameters=(
        UNIT_IN_PATH,
        PROGRAMME,
        PERIOD,
        PACKS,
        IF_NONE_MATCH,
    ),
    problems=(404, 422, 503),
    headers=AS_OF,
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
        *PAGED,
    ),
    problems=(401, 403, 404, 422, 503),
    headers=AS_OF,
)
DEAD_LETTERS: Final = Route(
    "GET",
    "/v1/dead-letters",
    "listDeadLetters",
    "Tin bị từ chối và kết quả xử lý. / Refused events, and what has become of them.",
    {200: DeadLetters, 304: None},
    roles=("operator",),
    parameters=(
        Parameter("programme", "query", ProgrammeId, "Only this programme's.", required=False),
        Parameter(
            "unit", "query", UnitRef, "A unit of that programme by code or id, with what lies below it.", required=False
        ),
        Parameter("topic", "query", TopicName, "Only of this topic.", required=False),
        Parameter("state", "query", Literal["waiting", "redriven", "discarded"], "Only in this state.", required=False),
        *PAGED,
    ),
    problems=(401, 403, 404, 422, 503),
    headers=AS_OF,
)
OPENAPI: Final = Route(
    "GET",
    "/v1/openapi.json",
    "getOpenapi",
    "Tài liệu này. / This document.",
    {200: None, 304: None},
    parameters=(IF_NONE_MATCH,),
    media_type="application/json",
)
PAGE: Final = Route(
    "GET",
    "/",
    "getPage",
    "Bảng tình trạng để xem trên trình duyệt. / The status table, to be looked at.",
    {200: None, 304: None},
    parameters=(
        IF_NONE_MATCH,
        Parameter("programme", "query", ProgrammeId, "Default: the first.", required=False),
        Parameter("period", "query", PeriodCode, "Default: the month that holds now.", required=False),
        KNOWN_AT,
    ),
    problems=(404, 422, 503),
    media_type="text/html",
)
ROUTES: Final = (
    PROGRAMMES,
    UNITS,
    INDICATORS,
    PERIODS,
    STATUS,
    STREAKS,
    UNIT_STATUS,
    HISTORY,
    UNIT_LINEAGE,
    BASELINE,
    DECISIONS,
    DRAFT,
    EXPLANATION,
    OBLIGATIONS,
    CONTRIBUTIONS,
    VERDICTS,
    UNIT_VERDICTS,
    RECEIPT,
    BOOKS,
    DEAD_LETTERS,
    OPENAPI,
    PAGE,
)
