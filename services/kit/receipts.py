"""Signed receipts: what an accepted event's sender can show for ever (compact JWS, Ed25519)."""

from datetime import datetime
from uuid import UUID

import msgspec


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """That the log has this body at this place. `body_hash` is hex; `accepted_at` UTC."""

    event_id: UUID
    body_hash: str
    agency: str
    accepted_at: datetime
    programme: str
    topic: str
    partition: int
    offset: int
