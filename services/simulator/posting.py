"""Requests over HTTP: the sandbox's Clock, the idempotency key, and again with the same key while it is unknown."""

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from threading import Lock
from typing import Any, Final
from uuid import UUID

import httpx
import msgspec

from services.simulator.actions import Action, Service
from services.simulator.tokens import Tokens

ATTEMPTS: Final = 20
_WAIT_S: Final = 1.0
_LONGEST_WAIT_S: Final = 5.0
_SHOWN: Final = 2000

Wait = Callable[[float], None]


class Answered(msgspec.Struct, frozen=True):
    """What later actions need of an answer."""

    event_id: UUID
    body_hash: str | None = None
    tip_id: UUID | None = None


class Items(msgspec.Struct, frozen=True):
    """The answer to a batch."""

    items: list[Answered]


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

    def post(self, action: Action, needed: Answered | None = None) -> Answered:
        """Post one action. `needed`: the answer to the action that it follows. Raises PlayFailed unless it is taken."""
        url, body = self._urls[action.service] + action.path, action.body
        if action.decides is not None and needed is not None:
            body = body | {"body_hash": needed.body_hash}
        if action.tip_of is not None and needed is not None:
            url = url.format(tip_id=needed.tip_id)
        answer = self._until_known(url, body, action.agency, action.key, action.at)
        items = _items(action, answer)
        if [item.event_id for item in items] != [event for event, _ in action.events()]:
            raise PlayFailed(
                f"{action.name}: mã sự kiện khác với mã đã biết trước / not the event id that was foreseen"
            )
        return items[0]

    def sweep_tips(self, programme: str, agency: str, now: datetime) -> None:
        """Have the public facts of the sandbox's tips put on the log now, not at the end of a slot."""
        url = f"{self._urls['notify']}/v1/tips:sweep"
        self._until_known(url, {"programme": programme}, agency, f"sweep:{instant(now)}", now)

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
            if not answer.is_success:
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


def _items(action: Action, answer: httpx.Response) -> list[Answered]:
    try:
        return msgspec.json.decode(answer.content, type=Items).items if "sheets" in action.body else [_one(answer)]
    except msgspec.DecodeError as error:
        raise PlayFailed(f"{action.name}: {error}") from error


def _one(answer: httpx.Response) -> Answered:
    return msgspec.json.decode(answer.content, type=Answered)


def _asked_to_wait_s(answer: httpx.Response | None) -> float:
    asked = "" if answer is None else answer.headers.get("Retry-After", "")
    return min(float(asked), _LONGEST_WAIT_S) if asked.isdecimal() else _WAIT_S
