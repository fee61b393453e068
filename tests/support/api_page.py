"""The commands shown in docs/using-the-api.md, every one of which a test executes."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qsl, urlsplit

PAGE = Path(__file__).parents[2] / "docs" / "using-the-api.md"
_BLOCK = re.compile(r"```sh\n(.*?)```", re.DOTALL)


class Shown(NamedTuple):
    """One call of curl. `port` is the door's on a laptop; without a `body` it is a GET."""

    port: int
    path: str
    asked: dict[str, str]
    headers: dict[str, str]
    body: str | None

    @property
    def method(self) -> str:
        return "GET" if self.body is None else "POST"


def blocks() -> list[str]:
    return _BLOCK.findall(PAGE.read_text())


def shown() -> Iterator[Shown]:
    for command in re.split(r"\bcurl ", "\n".join(blocks()).replace("\\\n", " "))[1:]:
        words = shlex.split(re.split(r"\n|\||;", command)[0] if " -d " not in command else command)
        address = urlsplit(next(word for word in words if word.startswith("http://")))
        headers = [words[at + 1].partition(": ") for at, word in enumerate(words) if word == "-H"]
        body = words[words.index("-d") + 1] if "-d" in words else None
        assert address.port is not None
        yield Shown(
            address.port,
            address.path,
            dict(parse_qsl(address.query)),
            {name: value for name, _, value in headers},
            body,
        )
