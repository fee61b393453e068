"""Requests over HTTP: the sandbox's Clock, the idempotency key, and again with the same key while it is unknown."""

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from threading import Lock
from typing import Any, Final

import httpx
import msgspec

from services.contracts.door_answers import Accepted, AcceptedBatch
from services.simulator.actions import Action, Service
from services.simulator.tokens import Tokens

ATTEMPTS: Final = 20
_WAIT_S: Final = 1.0
_LONGEST_WAIT_S: Final = 5.0
_SHOWN: Final = 2000

Wait = Callable[[float], None]


class PlayFailed(Exception):
    """The play cannot go on; the text says why, in Vietnamese and English."""


class Poster:
    """Posts what the town does. Used by many threads at once; `http` allows that."""

    def __init__(
        self, http: httpx.Client, urls: Mapping[Service, str], tokens: Tokens, wait: Wait = time.sleep
    ) -> None:
        self._http = http
        self._urls = urls
        self._tokens = tokens
        self._wait = wait
        self._counting = Lock()
        self.retries = 0

    def post(self, action: Action, body_hash: str | None = None) -> str | None:
        """Post one action; its answer's body hash (None for a batch). Raises PlayFailed unless it is accepted."""
        body = action.body if body_hash is None else action.body | {"body_hash": body_hash}
        answer = self._until_known(self._urls[action.service] + action.path, body, action.agency, action.key, action.at)
        items = _items(action, answer)
        if [item.event_id for item in items] != [event for event, _ in action.events()]:
            raise PlayFailed(
                f"{action.name}: mã sự kiện khác với mã đã biết trước / not the event id that was foreseen"
            )
        return items[0].body_hash if "sheets" not in action.body else None

    def set_clock(self, programme: str, now: datetime, agency: str, play: str) -> None:
        """Move the sandbox's clock. The key names the play and the instant, so asking again is the same request."""
        stated = instant(now)
        key = f"clock:{play}:{stated}"
        url = f"{self._urls['intake']}/v1/programmes/{programme}/clock"
        self._until_known(url, {"now": stated}, agency, key, now)

    def _until_known(self, url: str, body: Mapping[str, Any], agency: str, key: str, at: datetime) -> httpx.Response:
        headers = {
            "Authorization": f"Bearer {self._tokens(agency)}",
            "Idempotency-Key": key,
            "Clock": instant(at),
        }
        said = ""
        for _ in range(ATTEMPTS):
            answer = self._once(url, body, headers)
            if answer is None or answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE:
                said = "" if answer is None else answer.text[:_SHOWN]
                with self._counting:
                    self.retries += 1
                self._wait(_asked_to_wait_s(answer))
                continue
            if answer.status_code != HTTPStatus.ACCEPTED:
                raise PlayFailed(f"{url} ({key}): {answer.status_code} {answer.text[:_SHOWN]}")
            return answer
        raise PlayFailed(f"{url}: vẫn chưa xác nhận được / still not confirmed ({ATTEMPTS} x) {said}")

    def _once(self, url: str, body: Mapping[str, Any], headers: Mapping[str, str]) -> httpx.Response | None:
        """None when no answer came: what became of the request is not known."""
        try:
            return self._http.post(url, json=dict(body), headers=dict(headers))
        except httpx.TransportError:
            return None


def instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _items(action: Action, answer: httpx.Response) -> list[Accepted]:
    try:
        if "sheets" in action.body:
            return msgspec.json.decode(answer.content, type=AcceptedBatch).items
        return [msgspec.json.decode(answer.content, type=Accepted)]
    except msgspec.DecodeError as error:
        raise PlayFailed(f"{action.name}: {error}") from error


def _asked_to_wait_s(answer: httpx.Response | None) -> float:
    asked = "" if answer is None else answer.headers.get("Retry-After", "")
    return min(float(asked), _LONGEST_WAIT_S) if asked.isdecimal() else _WAIT_S
