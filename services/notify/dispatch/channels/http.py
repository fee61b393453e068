"""Webhooks, signed, and an SMS gateway: both by HTTP."""

import base64
import hmac
from collections.abc import Mapping
from hashlib import sha256
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

import httpx
import msgspec

from services.kit.clock import Clock
from services.notify.dispatch.channels import Envelope, Way
from services.notify.domain.retrying import Outcome

TIMEOUT_S: Final = 10.0
_ASKS_FOR_PATIENCE: Final = frozenset({429, 503})
_OURS: Final = frozenset({401, 403, 404, 407, 410})
"""What is wrong with how we ask a gateway, and not with the address."""
MOST_WAIT_S: Final = 3_600.0


def webhook_secret(key: bytes, contact: UUID) -> str:
    """The secret of one receiver, told when it is registered and stored nowhere: it follows from our key."""
    return base64.b64encode(hmac.digest(key, b"webhook:" + contact.bytes, sha256)).decode()


def signature(secret: str, its_id: str, timestamp: str, body: bytes) -> str:
    """As in the Standard Webhooks specification: HMAC-SHA256 over id, time and body, joined by dots."""
    signed = b".".join((its_id.encode(), timestamp.encode(), body))
    return "v1," + base64.b64encode(hmac.digest(base64.b64decode(secret), signed, sha256)).decode()


def by_webhook(client: httpx.Client, key: bytes, clock: Clock) -> Way:
    def send(envelope: Envelope) -> Outcome:
        body = _body(envelope)
        its_id, at = str(envelope.id), str(int(clock.now().timestamp()))
        signed = signature(webhook_secret(key, envelope.contact), its_id, at, body)
        headers = {"webhook-id": its_id, "webhook-timestamp": at, "webhook-signature": signed}
        return _post(client, envelope.address, body, headers, theirs=True)

    return Way(lambda address: f"webhook:{urlsplit(address).hostname or ''}", send)


def by_sms(client: httpx.Client, gateway: str, token: str | None) -> Way:
    """The gateway takes {"id", "to", "text"} and must send no id twice."""

    def send(envelope: Envelope) -> Outcome:
        body = msgspec.json.encode({"id": str(envelope.id), "to": envelope.address, "text": envelope.written.short})
        headers = {"authorization": f"Bearer {token}"} if token else {}
        return _post(client, gateway, body, headers, theirs=False)

    return Way(lambda _address: f"sms:{urlsplit(gateway).hostname or ''}", send)


def _body(envelope: Envelope) -> bytes:
    written = envelope.written
    said = {"id": str(envelope.id), "subject": written.subject, "text": written.text, "answer": written.link}
    return msgspec.json.encode(said)


def _post(client: httpx.Client, url: str, body: bytes, headers: Mapping[str, str], *, theirs: bool) -> Outcome:
    """`theirs`: the URL is the address itself, so that a refusal is the address's and not our configuration's."""
    sent = {"content-type": "application/json", **headers}
    try:
        answer = client.post(url, content=body, headers=sent, timeout=TIMEOUT_S, follow_redirects=False)
    except (httpx.InvalidURL, httpx.UnsupportedProtocol):
        return Outcome("permanent" if theirs else "misconfigured", "url")
    except httpx.HTTPError as error:
        return Outcome("transient", type(error).__name__)
    return of_status(answer.status_code, answer.headers, theirs=theirs)


def of_status(status: int, headers: Mapping[str, Any], *, theirs: bool) -> Outcome:
    code = str(status)
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return Outcome("accepted", code)
    if status in _ASKS_FOR_PATIENCE:
        wait_s = _retry_after(headers)
        return Outcome("throttled" if wait_s or status == HTTPStatus.TOO_MANY_REQUESTS else "transient", code, wait_s)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.REQUEST_TIMEOUT:
        return Outcome("transient", code)
    return Outcome("misconfigured" if not theirs and status in _OURS else "permanent", code)


def _retry_after(headers: Mapping[str, Any]) -> float | None:
    said = str(headers.get("retry-after", ""))
    return min(float(said), MOST_WAIT_S) if said.isdigit() else None
