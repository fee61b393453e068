"""The Flask app: routes from the table, errors as problems, health, metrics, security headers."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

import msgspec
from flask import Flask, Response, g, request

from services.contracts import metrics as cards
from services.contracts.routes import Route
from services.kit.clock import Clock, Deadline, SystemClock
from services.kit.health import Checks, Health
from services.kit.http_server import answer_health
from services.kit.logs import described, get_logger
from services.kit.metrics import Histogram, Metrics
from services.kit.web import problems
from services.kit.web.problems import ProblemError

Handler = Callable[..., Response]
Jwks = Callable[[], Mapping[str, Any]]
_FOR_THE_ANSWER = 0.1
_SECURITY = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def create_app(
    name: str,
    *,
    metrics: Metrics,
    health: Health,
    clock: Clock | None = None,
    jwks: Jwks | None = None,
    budget_s: float = 2.0,
) -> Flask:
    """An app without routes of its own.

    `budget_s` is what every caller is promised: an answer within it, from the moment the last byte of the request came
    and however long it waited for a thread. A handler may wait for others as long as `left_s` says: a tenth of the
    budget is kept for answering.
    """
    app = Flask(name, static_folder=None)
    app.url_map.strict_slashes = True
    clock = clock or SystemClock()
    app.before_request(lambda: _begin(clock, budget_s))
    _measure(app, metrics, clock)
    _refuse(app, metrics)
    app.after_request(_secured)
    _serve_health(app, health, metrics)
    if jwks is not None:
        app.add_url_rule("/.well-known/jwks.json", "jwks", lambda: _json(msgspec.json.encode(jwks())))
    return app


def mount(app: Flask, route: Route, handler: Handler, *, counted: bool = True) -> None:
    """Serve a route. The handler gets the path's parameters by name. `counted` false: no metric may move with it."""
    app.add_url_rule(
        route.rule, route.operation, handler, methods=[route.method], defaults=None, provide_automatic_options=False
    )
    if not counted:
        app.extensions.setdefault("uncounted", set()).add(route.operation)


def counting_refusals(metrics: Metrics) -> Callable[[str], None]:
    """Counts by code what the server refused before the app could see it, with all else that is refused."""
    return lambda code: metrics.counter(cards.HTTP_REJECTIONS, code=code).inc()


def _begin(clock: Clock, budget_s: float) -> None:
    now = clock.monotonic()
    g.began = getattr(request.environ.get("gunicorn.socket"), "whole_at", None) or now
    g.deadline = Deadline(clock, budget_s * (1 - _FOR_THE_ANSWER) - (now - g.began))


def _json(encoded: bytes) -> Response:
    return Response(encoded, content_type="application/json")


def _serve_health(app: Flask, health: Health, metrics: Metrics) -> None:
    def answer(checks: Checks) -> Response:
        status, body, content_type = answer_health(checks)
        return Response(body, status, content_type=content_type)

    def rendered() -> Response:
        body, content_type = metrics.render()
        return Response(body, content_type=content_type)

    app.add_url_rule("/health/live", "live", lambda: answer(health.live))
    app.add_url_rule("/health/ready", "ready", lambda: answer(health.ready))
    app.add_url_rule("/metrics", "metrics", rendered)
    app.extensions["uncounted"] = {"live", "ready", "metrics"}


def _measure(app: Flask, metrics: Metrics, clock: Clock) -> None:
    children: dict[tuple[str, str, int], Histogram] = {}

    def child(route: str, method: str, status: int) -> Histogram:
        """Bound on first use and kept: routes, methods and statuses are few."""
        key = (route, method, status)
        if key not in children:
            labels = {"route": route, "method": method, "status": str(status)}
            children[key] = metrics.histogram(cards.HTTP_REQUEST_SECONDS, **labels)
        return children[key]

    def end(response: Response) -> Response:
        if request.url_rule is not None and request.endpoint not in app.extensions["uncounted"]:
            took_s = clock.monotonic() - g.began
            child(request.url_rule.rule, request.method, response.status_code).observe(took_s)
        return response

    app.after_request(end)


def _refuse(app: Flask, metrics: Metrics) -> None:
    def refuse(error: Exception) -> Response:
        problem = problems.problem_of(error)
        if problem.status == HTTPStatus.INTERNAL_SERVER_ERROR:
            get_logger().error("request failed", operation=request.endpoint, **described(error))
        if request.endpoint not in app.extensions["uncounted"]:
            metrics.counter(cards.HTTP_REJECTIONS, code=_code(problem)).inc()
        return problems.answer(problem)

    app.register_error_handler(Exception, refuse)


def _code(problem: ProblemError) -> str:
    return problem.faults[0].code if problem.faults else problem.code


def _secured(response: Response) -> Response:
    stated = {name.lower() for name, _ in response.headers}  # looked up one by one, they cost as much as the routing
    for name, value in _SECURITY.items():
        if name.lower() not in stated:
            response.headers.add(name, value)
    return response
