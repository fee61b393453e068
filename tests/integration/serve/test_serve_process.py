"""`python -m services.reporting serve`, as it runs in production."""

import json
from pathlib import Path

import httpx
import pytest
from sqlalchemy import Engine

from services.kit import db
from services.kit.keys import SigningKey, jwks_of, new_signing_key
from services.reporting.store.migrate import migrate
from tests.support.facts_store import Stream
from tests.support.ports import free_port
from tests.support.services import Service, Services
from tests.support.streams import PROGRAMME
from tests.support.waiting import until


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    receipts = tmp_path / "receipts"
    receipts.mkdir()
    for path in (tmp_path / "issuer.pem", receipts / "receipts-1.pem"):
        path.write_bytes(new_signing_key())
    (tmp_path / "jwks.json").write_text(json.dumps(jwks_of([SigningKey.load(tmp_path / "issuer.pem")])))
    return {
        "REPORTING_SERVE_BIND": f"127.0.0.1:{free_port()}",
        "REPORTING_SERVE_JWKS": str(tmp_path / "jwks.json"),
        "REPORTING_SERVE_RECEIPT_KEYS_DIR": str(receipts),
    }


def started(services: Services, environment: dict[str, str], url: str) -> tuple[Service, httpx.Client]:
    service = services("services.reporting", "serve", environment=environment | {"DATABASE_URL": url})
    client = httpx.Client(base_url=f"http://{environment['REPORTING_SERVE_BIND']}")

    def live() -> bool:
        try:
            return client.get("/health/live").is_success
        except httpx.TransportError:
            return False

    until(live)
    return service, client


def test_it_answers_says_that_it_is_ready_and_ends_in_order(
    start_service: Services, environment: dict[str, str], engine: Engine, stream: Stream
) -> None:
    assert stream.ends
    service, client = started(start_service, environment, engine.url.render_as_string(hide_password=False))
    assert client.get("/health/ready").json()["checks"]["database"] == {"ok": True, "detail": "generation 1"}
    assert [found["id"] for found in client.get("/v1/programmes").json()["items"]] == [PROGRAMME]
    assert client.get("/").headers["Content-Type"].startswith("text/html")
    assert 'http_request_seconds_count{method="GET",route="/v1/programmes",status="200"} 1.0' in (
        client.get("/metrics").text
    )
    service.stop()
    assert PROGRAMME not in service.output


def test_without_tables_it_lives_is_not_ready_and_becomes_so_without_a_restart(
    start_service: Services, environment: dict[str, str], database_url: str
) -> None:
    _, client = started(start_service, environment, database_url)
    not_ready = client.get("/health/ready")
    assert (not_ready.status_code, not_ready.json()["checks"]["database"]["detail"]) == (503, "not migrated")
    assert client.get("/v1/programmes").status_code == 503
    bare = db.engine(database_url, pool_size=1, application_name="test")
    migrate(bare)
    bare.dispose()
    assert client.get("/health/ready").status_code == 200
    assert client.get("/v1/programmes").json()["items"] == []
