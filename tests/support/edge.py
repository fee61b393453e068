"""An app with one route of each kind, to try the HTTP edge on."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from services.contracts import metrics as cards
from services.contracts.door_answers import Problem
from services.contracts.requests import WithdrawPledge
from services.contracts.routes import Route
from services.kit import auth, web
from services.kit.auth import Caller, Verifier
from services.kit.clock import FakeClock
from services.kit.health import Check, Health
from services.kit.keys import KeySet, SigningKey, jwks_of, new_signing_key
from services.kit.metrics import Metrics

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
    """`act` is what GET /v1/act does; bodies posted to /v1/withdraw end up in `received`."""

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


def problem(response: TestResponse, status: int, code: str) -> Problem:
    assert response.status_code == status
    assert response.content_type == "application/problem+json"
    found = msgspec.json.decode(response.data, type=Problem)
    assert (found.status, found.code) == (status, code)
    assert found.title != found.detail
    return found
