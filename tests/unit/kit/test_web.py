"""The HTTP edge refuses in two languages, knows who calls, and leaks nothing."""

import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from services.contracts import metrics as cards
from services.contracts.errors import Reason, Rejected, fault
from services.kit import web
from services.kit.errors import Unavailable
from tests.support.edge import WITHDRAWAL, Edge, problem


@pytest.fixture
def edge(tmp_path: Path) -> Edge:
    return Edge(tmp_path)


@pytest.mark.parametrize(
    ("raised", "status", "code"),
    [
        (Rejected(Reason.UNKNOWN_UNIT, "unit"), 422, "unknown_unit"),
        (web.ProblemError(403, "forbidden"), 403, "forbidden"),
        (Unavailable("log", retry_after_s=7), 503, "unavailable"),
        (KeyError("0123456789"), 500, "internal"),
    ],
)
def test_an_error_becomes_its_problem(edge: Edge, raised: Exception, status: int, code: str) -> None:
    def act() -> None:
        raise raised

    edge.act = act
    response = edge.client.get("/v1/act")
    problem(response, status, code)
    assert response.headers.get("Retry-After") == ("7" if status == 503 else None)
    assert b"0123456789" not in response.data


def test_a_rejection_names_its_field(edge: Edge) -> None:
    def act() -> None:
        raise web.ProblemError(422, "invalid_field", [fault("unit", "unknown_unit"), fault("kind", "not_one_of")])

    edge.act = act
    found = problem(edge.client.get("/v1/act"), 422, "invalid_field")
    assert [(each.field, each.code) for each in found.faults] == [("unit", "unknown_unit"), ("kind", "not_one_of")]
    assert edge.metrics.value(cards.HTTP_REJECTIONS, code="unknown_unit") == 1


def test_unknown_paths_and_methods_are_problems_too(edge: Edge) -> None:
    problem(edge.client.get("/v1/nothing"), 404, "not_found")
    problem(edge.client.get("/v1/act/"), 404, "not_found")
    refused = edge.client.delete("/v1/act")
    problem(refused, 405, "method_not_allowed")
    assert refused.headers["Allow"] == "GET, HEAD"
    problem(edge.client.get("/v1/withdraw"), 405, "method_not_allowed")


@pytest.mark.parametrize("path", ["/v1/act", "/v1/nothing", "/health/ready", "/metrics"])
def test_every_answer_carries_the_security_headers(edge: Edge, path: str) -> None:
    headers = edge.client.get(path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert headers["Referrer-Policy"] == "no-referrer"


def test_an_answer_that_the_caller_holds_is_not_sent_again(edge: Edge) -> None:
    first = edge.client.get("/v1/things/7:look")
    assert first.json == {"thing": "7"}
    second = edge.client.get("/v1/things/7:look", headers={"If-None-Match": first.headers["ETag"]})
    assert (second.status_code, second.data) == (304, b"")
    assert edge.client.get("/v1/things/8:look").headers["ETag"] != first.headers["ETag"]


def test_head_is_get_without_a_body(edge: Edge) -> None:
    answer = edge.client.head("/v1/things/7:look")
    assert (answer.status_code, answer.data) == (200, b"")
    assert "ETag" in answer.headers


def test_a_page_runs_no_scripts(edge: Edge) -> None:
    edge.act = lambda: web.html_answer("<p>Xin chào</p>")
    response = edge.client.get("/v1/act")
    assert response.text == "<p>Xin chào</p>"
    assert "script-src" not in response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]


def test_who_calls_is_known_by_token_and_role(edge: Edge) -> None:
    edge.act = lambda: web.json_answer(web.caller(edge.verifier, "pledge", "report").agency)
    assert edge.client.get("/v1/act", headers=edge.bearer("report")).json == "ubnd-18115"
    problem(edge.client.get("/v1/act", headers=edge.bearer("tip")), 403, "forbidden")
    without = edge.client.get("/v1/act")
    problem(without, 401, "unauthenticated")
    assert without.headers["WWW-Authenticate"] == "Bearer"
    edge.clock.advance(100_000)
    stale = edge.client.get("/v1/act", headers=edge.bearer("report"))
    problem(stale, 401, "expired")


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic YTpi", "Bearer a.b.c", "Bearer " + "x" * 5_000])
def test_any_other_authorization_is_none(edge: Edge, header: str) -> None:
    edge.act = lambda: web.json_answer(web.caller(edge.verifier).agency)
    problem(edge.client.get("/v1/act", headers={"Authorization": header}), 401, "unauthenticated")


@pytest.mark.parametrize("key", ["", "short", "x" * 65, "has space", "có-dấu-12"])
def test_an_idempotency_key_is_well_formed_or_refused(edge: Edge, key: str) -> None:
    edge.act = lambda: web.json_answer(web.idempotency_key())
    assert edge.client.get("/v1/act", headers={"Idempotency-Key": "sheet-001:a_b.c"}).json == "sheet-001:a_b.c"
    problem(
        edge.client.get("/v1/act", headers={"Idempotency-Key": key.encode().decode("latin-1")}), 422, "idempotency_key"
    )


def test_a_query_parameter_given_twice_is_refused(edge: Edge) -> None:
    edge.act = lambda: web.json_answer([web.query("unit"), web.query("period")])
    assert edge.client.get("/v1/act?unit=18115").json == ["18115", None]
    problem(edge.client.get("/v1/act?unit=1&unit=2"), 422, "invalid_field")


def test_a_request_has_one_deadline(edge: Edge) -> None:
    def act() -> web.Answer:
        edge.clock.advance(1.5)
        return web.json_answer(web.left_s())

    edge.act = act
    assert edge.client.get("/v1/act").json == pytest.approx(0.3), "a tenth of two seconds is kept for the answer"


@pytest.mark.parametrize(("waited_s", "left_s"), [(1, 0.8), (5, 0)])
def test_the_time_until_a_thread_took_it_is_time_of_the_request(edge: Edge, waited_s: int, left_s: float) -> None:
    edge.act = lambda: web.json_answer(web.left_s())
    came = SimpleNamespace(whole_at=edge.clock.monotonic())
    edge.clock.advance(waited_s)
    answer = edge.client.get("/v1/act", environ_overrides={"gunicorn.socket": came})
    assert answer.json == pytest.approx(left_s)
    labels = {"route": "/v1/act", "method": "GET", "status": "200"}
    assert edge.metrics.value(cards.HTTP_REQUEST_SECONDS, "_sum", **labels) == waited_s


def test_health_tells_what_is_wrong(edge: Edge) -> None:
    assert edge.client.get("/health/live").status_code == 200
    ready = edge.client.get("/health/ready")
    assert (ready.status_code, ready.json) == (
        503,
        {"status": "failing", "checks": {"log": {"ok": False, "detail": "why"}}},
    )
    edge.is_ready = True
    assert edge.client.get("/health/ready").status_code == 200


def test_requests_are_counted_by_route_and_those_that_must_not_be_are_not(edge: Edge) -> None:
    edge.client.get("/v1/things/7:look")
    edge.client.get("/v1/things/8:look")
    edge.client.get("/v1/nothing")
    edge.client.get("/metrics")
    labels = {"route": "/v1/things/<thing>:look", "method": "GET", "status": "200"}
    assert edge.metrics.value(cards.HTTP_REQUEST_SECONDS, "_count", **labels) == 2
    before = edge.client.get("/metrics").text
    assert "things/7" not in before
    edge.post(json.dumps(WITHDRAWAL), "/v1/quiet")
    edge.post("{}", "/v1/quiet")
    assert edge.client.get("/metrics").text == before


def test_the_public_keys_are_published(edge: Edge) -> None:
    published = edge.client.get("/.well-known/jwks.json").json
    assert published is not None
    assert [key["kid"] for key in published["keys"]] == ["k"]
