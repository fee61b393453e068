"""What schemathesis makes of our OpenAPI documents, posted at real processes: all answers are declared ones."""

import json
import os
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

from deploy.laptop import places
from services.contracts.schemas import openapi
from services.operations.docs import SURFACES
from tests.support.exposed import Exposed

CONFIG = places.ROOT / "tests" / "support" / "schemathesis.toml"
SCHEMATHESIS = "from schemathesis.cli import schemathesis; schemathesis()"


def run(document: Path, url: str, token: str, seen: Path) -> "subprocess.CompletedProcess[str]":
    given = ["run", str(document), "--url", url, "--header", f"Authorization: Bearer {token}", "--checks", "all"]
    phases = ["--phases", "examples,coverage,fuzzing,stateful"]
    return subprocess.run(
        [sys.executable, "-c", SCHEMATHESIS, "--config-file", str(CONFIG), *given, *phases],
        cwd=document.parent,
        env={**os.environ, "PYTHONPATH": str(places.ROOT), "HOSTILE_SEEN": str(seen)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("service", SURFACES)
def test_no_request_made_from_the_published_document_gets_an_undeclared_answer(
    exposed: Exposed, service: str, tmp_path: Path
) -> None:
    door, seen, document = exposed.doors[service], tmp_path / "seen", tmp_path / "openapi.json"
    document.write_text(json.dumps(exposed.placed(openapi(service, SURFACES[service]))))
    done = run(document, str(door.client.base_url), exposed.token, seen)
    assert done.returncode == 0, done.stdout + done.stderr
    answered = defaultdict(set)
    for line in seen.read_text().splitlines():
        operation, status = line.split()
        answered[operation].add(int(status))
    assert {route.operation for route in SURFACES[service] if not answered[route.operation] & {200, 202}} == set()
    assert door.ready()
    assert "Traceback" not in door.service.output
    assert exposed.token not in door.service.output


def test_the_served_document_is_the_published_one(exposed: Exposed) -> None:
    served = exposed.doors["reporting-serve"].client.get("/v1/openapi.json").json()
    published = json.loads((places.ROOT / "docs" / "api" / "reporting-serve.openapi.json").read_text())
    assert {**served, "info": {}} == {**published, "info": {}}
