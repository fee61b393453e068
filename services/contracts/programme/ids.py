"""Ids that follow from what they name: asked again, the answer is the same (promise P2)."""

import json
from hashlib import sha256
from typing import Final
from uuid import NAMESPACE_DNS, UUID, uuid5

NAMESPACE: Final = uuid5(NAMESPACE_DNS, "binhyen.vn")
_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def event_id(programme: str, agency: str, event_type: str, key: str) -> UUID:
    """The id of the event that an agency's request with an idempotency key makes."""
    return _id("event", programme, agency, event_type, key)


def report_id(programme: str, form: str, unit: str, period: str, owner: str) -> UUID:
    """The id of the one report that an obligation asks for; `unit` is a unit id, `owner` an agency id."""
    return _id("report", programme, form, unit, period, owner)


def pledge_id(event: UUID, token: str) -> UUID:
    """The id of one signer's pledge on a sheet."""
    return _id("pledge", str(event), token)


def organisation_token(organisation: str) -> bytes:
    """The signer token of a listed organisation or business: its register id is public and needs no key."""
    return sha256(f"organisation:{organisation}".encode()).digest()[:16]


def published_part_id(closing: UUID, digest: str, unit: str) -> UUID:
    """The id of one unit's values in a publication: it follows from the closing event and from all the values."""
    return _id("published", str(closing), digest, unit)


def status_event_id(programme: str, unit: str, indicator: str, period: str, sequence: int) -> UUID:
    return _id("status", programme, unit, indicator, period, str(sequence))


def obligation_event_id(programme: str, report: UUID, sequence: int) -> UUID:
    return _id("obligation", programme, str(report), str(sequence))


def _id(*parts: str) -> UUID:
    return uuid5(NAMESPACE, _ENCODER.encode(parts))
