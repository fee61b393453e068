"""The HTTP edge refuses in two languages, tells every fault, and leaks nothing."""

import io
import json
import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from services.contracts import metrics as cards
from services.contracts.errors import Reason, Rejected, fault
from services.contracts.requests import PostPledge, Problem, WithdrawPledge
from services.contracts.routes import Route
from services.kit import auth, web
from services.kit.auth import Caller, Verifier
from services.kit.clock import FakeClock
from services.kit.errors import Unavailable
from services.kit.health import Check, Health
from services.kit.keys import KeySet, SigningKey, jwks_of, new_signing_key
from services.kit.metrics import Metrics
from services.kit.web.bodies import MAX_DEPTH

NOW = datetime(2024, 3, 1, tzinfo=UTC)
WITHDRAWAL = {
    "programme": "hong-linh-2024",
    "unit": "18115",
    "kind": "household",
    "identity": {"address": "Số 1, ngõ 2"},
    "withdrawn_on": "2024-03-01",
    "reason": "moved_away",
}


class Edge:
    """An app with one route of each kind; `act` is what /v1/act does."""

    def __init__(self, folder: Path) -> None:
        self.clock = FakeClock(NOW)
        self.metrics = Metrics(cards.CATALOGUE)
        self.is_ready = False
        self.act: Callable[[], Any] = lambda: web.json_answer({})
        self.received: list[Any] = []
        (folder / "k.pem").write_bytes(new_signing_key())
        self.key = SigningKey.load(folder / "k.pem")
        (folder / "jwks.json").write_text(json.dumps(jwks_of([self.key])))
        self.verifier = Verifier(KeySet(folder / "jwks.json", self.clock), self.clock)
        health = Health({"loop": lambda: Check(True)}, {"log": lambda: Check(self.is_ready, "why")})
        self.app = web.create_app(
            "edge", metrics=self.metrics, health=health, clock=self.clock, jwks=lambda: jwks_of([self.key])
        )
        self.mount("POST", "/v1/withdraw", self.withdraw)
        self.mount("POST", "/v1/quiet", self.withdraw, counted=False)
        self.mount("GET", "/v1/act", self.do_act)
        self.mount("GET", "/v1/things/{thing}:look", lambda thing: web.json_answer({"thing": thing}, etag=True))

    def mount(self, method: Any, path: str, handler: Callable[..., Any], *, counted: bool = True) -> None:
        route = Route(method, path, path.strip("/"), "", {200: None})
        web.mount(self.app, route, handler, counted=counted)

    def do_act(self) -> Any:
        return self.act()

    def withdraw(self) -> web.Answer:
        self.received.append(web.body(WithdrawPledge, max_bytes=2_000))
        return web.json_answer(self.received[-1], 202)

    @property
    def client(self) -> FlaskClient:
        return self.app.test_client()

    def post(self, payload: bytes | str, path: str = "/v1/withdraw", **options: Any) -> TestResponse:
        return self.client.post(path, data=payload, **{"content_type": "application/json", **options})

    def bearer(self, *roles: str) -> dict[str, str]:
        caller = Caller("ubnd-18115", "a", "18115", frozenset(roles))
        return {"Authorization": f"Bearer {auth.issue(self.key, caller, NOW)}"}


@pytest.fixture
def edge(tmp_path: Path) -> Edge:
    return Edge(tmp_path)


def problem(response: TestResponse, status: int, code: str) -> Problem:
    assert response.status_code == status
    assert response.content_type == "application/problem+json"
    found = msgspec.json.decode(response.data, type=Problem)
    assert (found.status, found.code) == (status, code)
    assert found.title != found.detail
    return found


def test_a_good_body_reaches_the_handler_whole(edge: Edge) -> None:
    assert edge.post(json.dumps(WITHDRAWAL)).status_code == 202
    assert edge.received[0].identity.address == "Số 1, ngõ 2"


def test_every_fault_of_a_body_is_told_at_once_in_both_languages(edge: Edge) -> None:
    bad = {**WITHDRAWAL, "unit": "ward", "kind": "cat", "withdrawn_on": None, "surplus": 1}
    del bad["reason"]
    found = problem(edge.post(json.dumps(bad)), 422, "invalid_field")
    assert {each.field for each in found.faults} == {"unit", "kind", "withdrawn_on", "surplus", "reason"}
    assert all(each.vi and each.en and each.vi != each.en for each in found.faults)


def test_a_value_that_was_refused_is_not_repeated(edge: Edge) -> None:
    response = edge.post(
        json.dumps({**WITHDRAWAL, "identity": {"address": "x" * 300, "register_number": "0123456789"}})
    )
    problem(response, 422, "invalid_field")
    assert b"0123456789" not in response.data
    assert b"xxx" not in response.data


@pytest.mark.parametrize("payload", [b"", b"{", b"[1,", b"\xff\xfe{}", b'{"a": 01}', b'{"a": NaN}'])
def test_what_is_no_json_is_malformed(edge: Edge, payload: bytes) -> None:
    problem(edge.post(payload), 400, "malformed")


@pytest.mark.parametrize("payload", [b"[]", b"null", b'"text"', b"1"])
def test_json_of_another_kind_is_refused_by_field(edge: Edge, payload: bytes) -> None:
    problem(edge.post(payload), 422, "invalid_field")


@pytest.mark.parametrize("brackets", [(b"[", b"]"), (b'{"a":', b"}")])
def test_nesting_is_bounded_before_anything_parses_it(edge: Edge, brackets: tuple[bytes, bytes]) -> None:
    opening, closing = brackets
    deep = opening * (MAX_DEPTH + 1) + b"1" + closing * (MAX_DEPTH + 1)
    problem(edge.post(deep), 400, "malformed")
    problem(edge.post(opening * 300), 400, "malformed")
    flat = opening * MAX_DEPTH + b"1" + closing * MAX_DEPTH
    problem(edge.post(flat), 422, "invalid_field")


def test_brackets_inside_texts_are_no_nesting(edge: Edge) -> None:
    identity = {"address": "[[{" * 20 + '"\\"[['}
    assert edge.post(json.dumps({**WITHDRAWAL, "identity": identity})).status_code == 202


def test_a_body_too_large_is_refused_whether_it_states_its_length_or_not(edge: Edge) -> None:
    large = json.dumps({**WITHDRAWAL, "reason": "x" * 2_000})
    problem(edge.post(large), 413, "too_large")
    chunked = {"headers": {"Transfer-Encoding": "chunked"}, "environ_overrides": {"wsgi.input_terminated": True}}
    problem(edge.post(large, content_length=None, **chunked), 413, "too_large")


def test_a_body_that_states_too_large_a_length_is_not_even_read(edge: Edge) -> None:
    class Unread(io.BytesIO):
        def readinto(self, _buffer: object) -> int:
            raise AssertionError("was read")

    unread = Unread(b"x" * 2_001)
    response = edge.client.post("/v1/withdraw", input_stream=unread, content_type="application/json")
    problem(response, 413, "too_large")


@pytest.mark.parametrize("content_type", ["text/plain", "application/xml", "", "multipart/form-data; boundary=x"])
def test_only_json_is_read(edge: Edge, content_type: str) -> None:
    problem(edge.post(json.dumps(WITHDRAWAL), content_type=content_type), 415, "unsupported_media_type")


@pytest.mark.parametrize("ascii_only", [True, False])
def test_two_ways_to_write_a_letter_are_one(edge: Edge, ascii_only: bool) -> None:
    address = unicodedata.normalize("NFD", "Số 1, ngõ 2")
    assert address != "Số 1, ngõ 2"
    decomposed = {**WITHDRAWAL, "identity": {"address": address}}
    assert edge.post(json.dumps(decomposed, ensure_ascii=ascii_only)).status_code == 202
    assert edge.received[0].identity.address == "Số 1, ngõ 2"


def test_half_a_letter_is_malformed(edge: Edge) -> None:
    half = json.dumps(WITHDRAWAL).replace("moved_away", "\\ud800")
    problem(edge.post(half), 400, "malformed")


def test_large_sheets_are_read_as_they_are(edge: Edge) -> None:
    signer = {"identity": {"address": "Số 1, ngõ 2"}}
    sheet = {
        "programme": "hong-linh-2024",
        "unit": "18115",
        "kind": "household",
        "method": "paper",
        "text_version": "2024.1",
        "occurred_on": "2024-03-01",
        "declared_count": 500,
        "signers": [signer] * 500,
    }
    edge.mount("POST", "/v1/pledges", lambda: web.json_answer(len(web.body(PostPledge).signers)))
    assert edge.post(json.dumps(sheet), "/v1/pledges").json == 500


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
    assert edge.client.get("/v1/act").json == pytest.approx(0.5)


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
