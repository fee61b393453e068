"""docs/notices.md: its example is what we sign, and its tables name everything that there is."""

import re
from pathlib import Path
from typing import Any, get_args
from uuid import uuid4

from services.contracts.programme.notices import NoticeKind
from services.notify.dispatch.channels.http import signature, webhook_secret
from services.notify.domain.notices import Rule, State, Verdict

PAGE = (Path(__file__).parents[3] / "docs" / "notices.md").read_text()


def test_the_example_of_the_page_tells_what_we_signed_from_what_we_did_not() -> None:
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    scope: dict[str, Any] = {}
    exec(code, scope)
    secret, body = webhook_secret(b"k" * 32, uuid4()), b'{"id":"x"}'
    headers = {"webhook-id": "x", "webhook-timestamp": "1709258400"}
    headers["webhook-signature"] = signature(secret, "x", "1709258400", body)
    assert scope["genuine"](secret, headers, body)
    assert not scope["genuine"](secret, headers, body + b" ")
    assert not scope["genuine"](secret, {**headers, "webhook-timestamp": "1"}, body)


def test_the_page_names_every_kind_verdict_rule_and_state() -> None:
    named = set(re.findall(r"`([a-z_/]+)`", PAGE))
    words = {part for name in named for part in name.split("/")}
    every = {*get_args(NoticeKind), *get_args(Verdict), *get_args(Rule), *get_args(State)} - {"paused"}
    assert every - words == set()
