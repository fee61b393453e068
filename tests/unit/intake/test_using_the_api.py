"""The posts shown in docs/using-the-api.md are accepted as they stand there. Tips need a vault: see tests/e2e."""

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from string import Template
from typing import NamedTuple
from urllib.parse import urlsplit

import pytest

from services.contracts.programme import Programme
from tests.support.doors_in_memory import Doors
from tests.support.postings import hong_linh

PAGE = Path(__file__).parents[3] / "docs" / "using-the-api.md"
BLOCK = re.compile(r"```sh\n(.*?)```", re.DOTALL)


class Example(NamedTuple):
    path: str
    headers: dict[str, str]
    body: str


def examples() -> Iterator[Example]:
    commands = "\n".join(BLOCK.findall(PAGE.read_text())).replace("\\\n", " ")
    for command in re.split(r"^curl ", commands, flags=re.MULTILINE)[1:]:
        words = shlex.split(command)
        if "-d" in words and not urlsplit(words[1]).path.startswith("/v1/tips"):
            headers = {
                name: value
                for at, word in enumerate(words)
                if word == "-H"
                for name, value in [words[at + 1].split(": ", 1)]
            }
            yield Example(urlsplit(words[1]).path, headers, words[words.index("-d") + 1])


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
    shown = list(examples())
    for example in shown:
        headers = {name: Template(value).substitute(known) for name, value in example.headers.items()}
        path, body = (Template(text).substitute(known) for text in (example.path, example.body))
        answer = doors.client.post(path, data=body.encode(), headers=headers)
        assert answer.status_code == 202, (path, answer.text)
        known |= {name.upper(): value for name, value in json.loads(answer.text).items() if name == "report_id"}
        if "report_id" in answer.json and "BODY_HASH" not in known:
            known["BODY_HASH"] = answer.json["body_hash"]
    rules = doors.client.application.url_map.iter_rules()
    posts = {one.rule for one in rules if "POST" in (one.methods or ()) and "/tip" not in one.rule}
    assert len(shown) == len({example.path for example in shown}) == len(posts)
