"""Agencies that post sheets to pledge and go on until each is accepted, whatever happens meanwhile."""

import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import count
from math import inf
from time import monotonic
from typing import Any, NamedTuple

import httpx

from tests.support.postings import SHEET

DECLARED_DEADLINE_S = 2.0
_BUSY_S = 0.1
"""What waits for nothing takes so long only where the machine itself is late."""
_BUSY_DEADLINE_S = 5.0
_CLIENTS = 4
_BEFORE_POSTING_AGAIN_S = 0.1
_BETWEEN_MEASURES_S = 0.02
_PATH = "/v1/pledges"


class Answer(NamedTuple):
    """`at_s`: when it came, monotonic."""

    key: str
    status: int
    took_s: float
    event_id: str
    at_s: float


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
    """`begin` starts the clients, `end` lets each finish the sheet it holds: every sheet begun is accepted.

    `idle_url` answers at once whatever is broken: how long it takes all the same (`delays_s`) is the machine's doing,
    and this process's own.
    """

    url: str
    token: str
    answers: list[Answer] = field(default_factory=list)
    idle_url: str | None = None
    clients: int = _CLIENTS
    delays_s: list[float] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=count)
    _stop: threading.Event = field(default_factory=threading.Event)
    _given_up: threading.Event = field(default_factory=threading.Event)
    _taking: threading.Lock = field(default_factory=threading.Lock)
    _begun: int = 0
    _running: "list[Future[None]]" = field(default_factory=list)

    def begin(self) -> None:
        pool = ThreadPoolExecutor(self.clients + 1)
        self._running = [pool.submit(self._client) for _ in range(self.clients)]
        if self.idle_url is not None:
            self._running.append(pool.submit(self._measure, self.idle_url))
        pool.shutdown(wait=False)

    def end(self) -> None:
        self._stop.set()
        for running in self._running:
            running.result(timeout=60)

    def give_up(self) -> None:
        """As `end`, but the sheets in hand are not posted again."""
        self._given_up.set()
        self.end()

    @property
    def sheets(self) -> int:
        """How many different sheets were posted."""
        return self._begun

    def accepted_again_s(self, since_s: float) -> float:
        """From then (monotonic) until a post that was begun later was accepted; endless if none was."""
        later = [answer.at_s for answer in self.of(202) if answer.at_s - answer.took_s >= since_s]
        return min(later, default=inf) - since_s

    @property
    def deadline_s(self) -> float:
        """By which a door answers, by its own clock: what it declares, or more on a machine seen to be late."""
        return DECLARED_DEADLINE_S if max(self.delays_s) < _BUSY_S else _BUSY_DEADLINE_S

    def of(self, status: int) -> list[Answer]:
        return [answer for answer in list(self.answers) if answer.status == status]

    def _measure(self, url: str) -> None:
        with httpx.Client(timeout=30) as client:
            while not self._stop.wait(_BETWEEN_MEASURES_S):
                began = monotonic()
                client.get(url)
                self.delays_s.append(monotonic() - began)

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
            event_id = str(said.get("event_id", ""))
            self.answers.append(Answer(key, answer.status_code, took_s, event_id, began + took_s))
            assert answer.status_code in (202, 503), answer.text
            if answer.status_code == 202 or self._given_up.wait(_BEFORE_POSTING_AGAIN_S):
                return
