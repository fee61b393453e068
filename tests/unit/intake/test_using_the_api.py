"""The posts shown in docs/using-the-api.md are accepted as they stand there. Tips need a vault: see tests/e2e."""

import json
from pathlib import Path
from string import Template

import pytest

from services.contracts.programme import Programme
from tests.support.api_page import shown
from tests.support.doors_in_memory import Doors
from tests.support.postings import hong_linh


@pytest.fixture
def doors(tmp_path: Path) -> Doors:
    sandbox: dict[str, Programme] = {"hong-linh-2024": hong_linh(sandbox=True)}
    return Doors(tmp_path, sandbox)


def test_every_post_shown_is_accepted(doors: Doors) -> None:
    known = {
        "WARD": doors.token("pledge", "report"),
        "TOWN": doors.token("decide", agency="ubnd-437", unit="437"),
        "PLAYER": doors.token("clock", agency="operator", unit="437", sandbox=True),
    }
    posts = [
        example for example in shown() if example.body is not None and not example.path.startswith(("/v1/tip", "/tip"))
    ]
    for example in posts:
        headers = {name: Template(value).substitute(known) for name, value in example.headers.items()}
        path, body = (Template(text).substitute(known) for text in (example.path, example.body or ""))
        answer = doors.client.post(path, data=body.encode(), headers=headers)
        assert answer.status_code == 202, (path, answer.text)
        known |= {name.upper(): value for name, value in json.loads(answer.text).items() if name == "report_id"}
        if "report_id" in answer.json and "BODY_HASH" not in known:
            known["BODY_HASH"] = answer.json["body_hash"]
    rules = doors.client.application.url_map.iter_rules()
    paths = {one.rule for one in rules if "POST" in (one.methods or ()) and "/tip" not in one.rule}
    assert len(posts) == len({example.path for example in posts}) == len(paths)
