"""The API for tips that an officer took. No metric moves with a single tip."""

from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from flask import Flask

from services.contracts.door_answers import Accepted
from services.contracts.requests import MoveTip, PostTip
from services.contracts.routes import CLOCK, IDEMPOTENCY_KEY, Link, Parameter, Route
from services.intake.desk import Desk, Post, path_id
from services.kit.web import ProblemError, body, mount
from services.notify.intake.accept import accept_move, accept_tip, no_free_text

_PROBLEMS: Final = (400, 401, 403, 404, 413, 415, 422, 503)
_HEADERS: Final = (IDEMPOTENCY_KEY, CLOCK)
POST_TIP: Final = Route(
    "POST",
    "/v1/tips",
    "postTip",
    "Ghi nhận một tin tố giác: chỉ đơn vị, loại tin, ngày, kênh. / Record a tip: unit, category, day, channel only.",
    {202: Accepted},
    PostTip,
    roles=("tip",),
    parameters=_HEADERS,
    problems=_PROBLEMS,
    links=(Link("moveTip", {"tip_id": "$response.body#/tip_id"}),),
)
MOVE_TIP: Final = Route(
    "POST",
    "/v1/tips/{tip_id}:move",
    "moveTip",
    "Ghi một bước xử lý của tin. / Record a step of a tip.",
    {202: Accepted},
    MoveTip,
    roles=("tip",),
    parameters=(Parameter("tip_id", "path", UUID, "The id that the tip's receipt names."), *_HEADERS),
    problems=_PROBLEMS,
)
ROUTES: Final = (POST_TIP, MOVE_TIP)
POSTS: Final = (
    Post(POST_TIP, lambda posted, posting, _: [accept_tip(posted, posting)]),
    Post(MOVE_TIP, lambda posted, posting, path: [accept_move(posted, posting, path_id(path, "tip_id"))]),
)


def facts_only(struct: Any, max_bytes: int) -> Any:
    """The body, if it has no field but a tip's facts; else it is said why free text cannot be taken yet."""
    try:
        return body(struct, max_bytes)
    except ProblemError as problem:
        raise ProblemError(problem.status, problem.code, no_free_text(problem.faults)) from None


def mount_tips(app: Flask, desk: Desk) -> None:
    careful = replace(desk, read=facts_only)
    for post in POSTS:
        mount(app, post.route, careful.handler(post), counted=False)
