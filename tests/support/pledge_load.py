"""Agencies that post sheets to pledge and go on until each is accepted, whatever happens meanwhile."""

import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import count
from time import monotonic
from typing import Any, NamedTuple

import httpx

from tests.support.postings import SHEET

DECLARED_DEADLINE_S = 2.0
_CLIENTS = 4
_BEFORE_POSTING_AGAIN_S = 0.1
_PATH = "/v1/pledges"


class Answer(NamedTuple):
    key: str
    status: int
    took_s: float
    event_id: str


def sheet_of(number: int) -> dict[str, Any]:
    """A sheet of two signers: one of its own, and one that signs every tenth sheet again."""
    signers = [f"HK-{number + 1_000:06}", f"HK-{number % 10:06}"]
    return {
        **SHEET,
        "declared_count": len(signers),
        "signers": [{"identity": {"register_number": register}} for register in signers],
    }


def signers_of(sheets: int) -> int:
    """Distinct signers of the first so many sheets."""
    return sheets + min(sheets, 10)


@dataclass
class Load:
    """`begin` starts the clients, `end` lets each finish the sheet it holds: every sheet begun is accepted."""

    url: str
    token: str
    answers: list[Answer] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=count)
    _stop: threading.Event = field(default_factory=threading.Event)
    _taking: threading.Lock = field(default_factory=threading.Lock)
    _begun: int = 0
    _pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(_CLIENTS))
    _clients: "list[Future[None]]" = field(default_factory=list)

    def begin(self) -> None:
        self._clients = [self._pool.submit(self._client) for _ in range(_CLIENTS)]

    def end(self) -> None:
        self._stop.set()
        for client in self._clients:
            client.result(timeout=60)
        self._pool.shutdown()

    @property
    def sheets(self) -> int:
        """How many different sheets were posted."""
        return self._begun

    def of(self, status: int) -> list[Answer]:
        return [answer for answer in list(self.answers) if answer.status == status]

    def _client(self) -> None:
        with httpx.Client(base_url=self.url, timeout=30) as client:
            while not self._stop.is_set():
                with self._taking:
                    number = next(self._numbers)
                    self._begun = number + 1
                self._post_until_accepted(client, number)

    def _post_until_accepted(self, client: httpx.Client, number: int) -> None:
        key, headers = f"sheet-{number:06}", {"Authorization": f"Bearer {self.token}"}
        while True:
            began = monotonic()
            answer = client.post(_PATH, json=sheet_of(number), headers={**headers, "Idempotency-Key": key})
            took_s = monotonic() - began
            said: Mapping[str, Any] = answer.json()
            self.answers.append(Answer(key, answer.status_code, took_s, str(said.get("event_id", ""))))
            assert answer.status_code in (202, 503), answer.text
            if answer.status_code == 202:
                return
            threading.Event().wait(_BEFORE_POSTING_AGAIN_S)
