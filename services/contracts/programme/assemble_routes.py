"""From checked declarations to the routes of notices."""

from datetime import time

from services.contracts.programme.notices import (
    NO_ROUTES,
    Ladder,
    NoticeClass,
    NoticeHours,
    Route,
    Routes,
    Rung,
)
from services.contracts.programme.reading.route_shapes import ClassShape, LadderShape, RoutesShape


def routes_of(shape: RoutesShape | None) -> Routes:
    """The routes of a folder without faults; none where it has no routes.yaml."""
    if shape is None:
        return NO_ROUTES
    return Routes(
        hours=NoticeHours(time.fromisoformat(shape.hours.opens), time.fromisoformat(shape.hours.closes)),
        soon_working_days=shape.soon_working_days,
        tip_soon_days=shape.tip_soon_days,
        coverage_steps=tuple(sorted(set(shape.coverage_steps))),
        daily_limit=shape.daily_limit,
        classes={of.code: _class(of) for of in shape.classes},
        ladders={of.code: _ladder(of) for of in shape.ladders},
        routes=tuple(Route(of.kind, of.notice_class, of.ladder, tuple(of.indicators)) for of in shape.routes),
    )


def _class(shape: ClassShape) -> NoticeClass:
    return NoticeClass(
        code=shape.code,
        urgent=shape.urgent,
        acknowledge_minutes=shape.acknowledge_minutes,
        digest=shape.digest,
        group_by=tuple(shape.group_by),
        repeat_hours=shape.repeat_hours,
    )


def _ladder(shape: LadderShape) -> Ladder:
    rungs = (Rung(of.level, of.role, tuple(of.channels), of.required) for of in shape.rungs)
    return Ladder(shape.code, tuple(rungs))
