"""Routes that lead to somebody: every kind has its class and its ladder, and whoever must answer can be reached."""

from services.contracts.programme.checks.repeated import refuse_repeated
from services.contracts.programme.faults import Faults
from services.contracts.programme.notices import OWNER, NoticeKind
from services.contracts.programme.reading.folder import Folder
from services.contracts.programme.reading.route_shapes import ClassShape, LadderShape, RouteShape, RoutesShape

_OWNED: frozenset[NoticeKind] = frozenset(
    {"report_due_soon", "report_due", "report_overdue", "report_returned", "tip_unacknowledged", "tip_due_soon"}
)
"""Kinds that are about an agency, which a rung may call the owner."""


def check_routes(folder: Folder, faults: Faults) -> None:
    routes = folder.routes
    if routes is None:
        return
    refuse_repeated(routes.classes, lambda one: one.code, "code", faults)
    refuse_repeated(routes.ladders, lambda one: one.code, "code", faults)
    if routes.hours.closes <= routes.hours.opens:
        faults.add(routes.hours.place, "closes", "đóng trước khi mở", "closes before it opens")
    for ladder in routes.ladders:
        _check_ladder(ladder, folder, faults)
    _check_routes(routes, folder, faults)


def _check_ladder(ladder: LadderShape, folder: Folder, faults: Faults) -> None:
    if not ladder.rungs:
        faults.add(ladder.place, "rungs", "thang không có bậc nào", "a ladder without a rung")
    roles = {agency.kind for agency in folder.agencies} | {OWNER}
    for rung in ladder.rungs:
        if not rung.channels:
            faults.add(rung.place, "channels", "không có kênh nào", "no channel")
        if len(set(rung.channels)) < len(rung.channels):
            faults.add(rung.place, "channels", "một kênh lặp lại", "a channel is there twice")
        if "agencies.csv" in folder.whole and rung.role not in roles:
            vi, en = f"không có cơ quan loại {rung.role}", f"no agency is of kind {rung.role}"
            faults.add(rung.place, "role", vi, en)


def _check_routes(routes: RoutesShape, folder: Folder, faults: Faults) -> None:
    refuse_repeated(routes.routes, lambda one: (one.kind, *one.indicators), "kind", faults)
    classes = {one.code: one for one in routes.classes}
    ladders = {one.code: one for one in routes.ladders}
    indicators = {one.code for one in folder.indicators}
    whole = "routes.yaml" in folder.whole
    for route in routes.routes:
        if whole and route.notice_class not in classes:
            vi, en = f"không có lớp {route.notice_class}", f"there is no class {route.notice_class}"
            faults.add(route.place, "notice_class", vi, en)
        if whole and route.ladder not in ladders:
            vi, en = f"không có thang {route.ladder}", f"there is no ladder {route.ladder}"
            faults.add(route.place, "ladder", vi, en)
        for code in route.indicators:
            if "indicators.yaml" in folder.whole and code not in indicators:
                faults.add(route.place, "indicators", f"không có chỉ tiêu {code}", f"there is no indicator {code}")
        _check_owner(route, ladders.get(route.ladder), faults)
        _check_tip(route, classes.get(route.notice_class), faults)


def _check_owner(route: RouteShape, ladder: LadderShape | None, faults: Faults) -> None:
    """Only what an agency owes, or has received, has an owner."""
    if ladder is not None and route.kind not in _OWNED and any(rung.role == OWNER for rung in ladder.rungs):
        vi, en = f"{route.kind} không có cơ quan chịu trách nhiệm (owner)", f"{route.kind} has no owner"
        faults.add(route.place, "ladder", vi, en)


def _check_tip(route: RouteShape, its_class: ClassShape | None, faults: Faults) -> None:
    """A tip that nobody answers for must climb."""
    if its_class is not None and route.kind == "tip_unacknowledged" and its_class.acknowledge_minutes is None:
        vi, en = "tin tố giác phải có hạn xác nhận", "a tip must be acknowledged within a time"
        faults.add(route.place, "notice_class", vi, en)
