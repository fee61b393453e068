"""The API for reports, decisions on them, extensions, and the clock of a sandbox."""

from collections.abc import Callable, Mapping
from typing import Final
from uuid import UUID

from flask import Flask

from services.contracts.door_answers import Accepted
from services.contracts.fields import PeriodCode, ProgrammeId
from services.contracts.requests import (
    ApproveReport,
    ExtendObligation,
    PostReport,
    PublishPeriod,
    ReopenPeriod,
    ReturnReport,
    SetClock,
)
from services.contracts.routes import CLOCK, IDEMPOTENCY_KEY, Link, Parameter, Route
from services.intake.desk import Desk, Post, path_id, programme_in_path
from services.kit.web import left_s, mount
from services.reporting.intake.accept import (
    accept_approval,
    accept_clock,
    accept_extension,
    accept_report,
    accept_return,
)
from services.reporting.intake.periods import accept_publication, accept_reopening

Ends = Callable[[float], Mapping[str, list[int]]]
"""The present end offsets of all input topics, by partition, within so many seconds; raises Unavailable."""

_PROBLEMS: Final = (400, 401, 403, 404, 413, 415, 422, 503)
_HEADERS: Final = (IDEMPOTENCY_KEY, CLOCK)
_REPORT_ID: Final = Parameter("report_id", "path", UUID, "The id that the report's receipt and its obligation name.")
_THAT_REPORT: Final = {"report_id": "$response.body#/report_id"}
POST_REPORT: Final = Route(
    "POST",
    "/v1/reports",
    "postReport",
    "Gửi báo cáo, bản sửa, hoặc báo cáo không phát sinh. / Post a report, a revision of one, or a nil report.",
    {202: Accepted},
    PostReport,
    roles=("report",),
    parameters=_HEADERS,
    problems=_PROBLEMS,
    links=tuple(Link(named, _THAT_REPORT) for named in ("approveReport", "returnReport", "extendObligation")),
)
APPROVE_REPORT: Final = Route(
    "POST",
    "/v1/reports/{report_id}:approve",
    "approveReport",
    "Duyệt đúng một bản của báo cáo. / Approve exactly one body of a report.",
    {202: Accepted},
    ApproveReport,
    roles=("decide",),
    parameters=(_REPORT_ID, *_HEADERS),
    problems=_PROBLEMS,
)
RETURN_REPORT: Final = Route(
    "POST",
    "/v1/reports/{report_id}:return",
    "returnReport",
    "Trả lại đúng một bản của báo cáo, kèm lý do. / Return exactly one body of a report, with a reason.",
    {202: Accepted},
    ReturnReport,
    roles=("decide",),
    parameters=(_REPORT_ID, *_HEADERS),
    problems=_PROBLEMS,
)
_PERIOD: Final = Parameter("period", "path", PeriodCode, "A period that has closed, e.g. 2024-M03.")
PUBLISH_PERIOD: Final = Route(
    "POST",
    "/v1/periods/{period}:publish",
    "publishPeriod",
    "Công bố số liệu của một kỳ đúng như bản dự thảo. / Publish a period's values, exactly as the draft gave them.",
    {202: Accepted},
    PublishPeriod,
    roles=("decide",),
    parameters=(_PERIOD, *_HEADERS),
    problems=_PROBLEMS,
)
REOPEN_PERIOD: Final = Route(
    "POST",
    "/v1/periods/{period}:reopen",
    "reopenPeriod",
    "Mở lại một kỳ đã công bố, kèm lý do. / Reopen a period that was published, with a reason.",
    {202: Accepted},
    ReopenPeriod,
    roles=("decide",),
    parameters=(_PERIOD, *_HEADERS),
    problems=_PROBLEMS,
)
EXTEND_OBLIGATION: Final = Route(
    "POST",
    "/v1/obligations/{report_id}:extend",
    "extendObligation",
    "Gia hạn một báo cáo phải nộp, kèm lý do; chỉ cấp trên. / Extend a report that is owed, with a reason; from above.",
    {202: Accepted},
    ExtendObligation,
    roles=("decide",),
    parameters=(_REPORT_ID, *_HEADERS),
    problems=_PROBLEMS,
)
SET_CLOCK: Final = Route(
    "POST",
    "/v1/programmes/{programme}/clock",
    "setClock",
    "Đặt giờ của chương trình thử nghiệm. / Set a sandbox's clock; GET /v1/status shows it as as_of.now once reached.",
    {202: Accepted},
    SetClock,
    roles=("clock",),
    parameters=(Parameter("programme", "path", ProgrammeId, "A sandbox programme."), IDEMPOTENCY_KEY),
    problems=_PROBLEMS,
)
ROUTES: Final = (
    POST_REPORT,
    APPROVE_REPORT,
    RETURN_REPORT,
    EXTEND_OBLIGATION,
    PUBLISH_PERIOD,
    REOPEN_PERIOD,
    SET_CLOCK,
)


def posts(ends: Ends) -> tuple[Post, ...]:
    """What becomes of each post."""
    return (
        Post(POST_REPORT, lambda body, posting, _: [accept_report(body, posting)]),
        Post(APPROVE_REPORT, lambda body, posting, path: [accept_approval(body, posting, path_id(path, "report_id"))]),
        Post(RETURN_REPORT, lambda body, posting, path: [accept_return(body, posting, path_id(path, "report_id"))]),
        Post(
            PUBLISH_PERIOD,
            lambda body, posting, path: accept_publication(body, posting, path["period"]),
            reply=lambda _, accepted: accepted[-1],
        ),
        Post(REOPEN_PERIOD, lambda body, posting, path: [accept_reopening(body, posting, path["period"])]),
        Post(
            EXTEND_OBLIGATION,
            lambda body, posting, path: [accept_extension(body, posting, path_id(path, "report_id"))],
        ),
        Post(
            SET_CLOCK,
            lambda body, posting, _: [accept_clock(body, posting, ends(left_s()))],
            programme_of=programme_in_path,
        ),
    )


def mount_reports(app: Flask, desk: Desk, ends: Ends) -> None:
    for post in posts(ends):
        mount(app, post.route, desk.handler(post))
