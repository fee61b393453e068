"""What dispatch answers over HTTP, as data."""

from typing import Final
from uuid import UUID

from services.contracts.fields import ProgrammeId, UnitRef
from services.contracts.programme.notices import NoticeKind
from services.contracts.readings.notices import Ledger, VerdictName
from services.contracts.readings.pages import Cursor, Limit
from services.contracts.routes import Parameter, Route

OPERATOR: Final = "operator"
READERS: Final = (OPERATOR, "pledge", "report", "decide", "tip")
LEDGER: Final = Route(
    "GET",
    "/v1/notices/ledger",
    "getNoticeLedger",
    "Vì sao ai nhận hay không nhận thông báo nào. / Why who did or did not get which notice.",
    {200: Ledger},
    roles=READERS,
    parameters=(
        Parameter("programme", "query", ProgrammeId, "A programme's id; an agency must name it.", required=False),
        Parameter("unit", "query", UnitRef, "About this unit, or one below it. Needs `programme`.", required=False),
        Parameter("kind", "query", NoticeKind, "Only of this kind.", required=False),
        Parameter("verdict", "query", VerdictName, "Only what was decided so.", required=False),
        Parameter("event", "query", UUID, "Only of this event.", required=False),
        Parameter("limit", "query", Limit, "At most so many items; default 100.", required=False),
        Parameter("cursor", "query", Cursor, "`next` of the page before.", required=False),
    ),
    problems=(401, 403, 404, 422, 503),
)
ANSWER_PAGE: Final = Route(
    "GET",
    "/n/{message}/{mac}",
    "getAnswerPage",
    "Trang xác nhận của một thông báo; xem không làm thay đổi gì. / A notice's page; looking changes nothing.",
    {200: None},
    parameters=(
        Parameter("message", "path", UUID, "A message's id."),
        Parameter("mac", "path", str, "What makes the link impossible to guess."),
    ),
    problems=(404, 503),
    media_type="text/html",
)
ANSWER: Final = Route(
    "POST",
    ANSWER_PAGE.path,
    "postAnswer",
    "Nút “Đã nhận” của trang ấy. / The button of that page.",
    {200: None},
    parameters=ANSWER_PAGE.parameters,
    problems=(404, 503),
    media_type="text/html",
)
"""A form's button: it has no key and no body, and needs none, because taking up twice is taking up once."""
ROUTES: Final = (LEDGER, ANSWER_PAGE)
"""Of the published document: whoever answers by a programme does what the page's button does."""
