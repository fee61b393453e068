"""The tables of the tip vault. Of a tip they hold public facts, days and ciphertext; never an instant or a sender."""

from sqlalchemy import Boolean, CheckConstraint, Column, Date, Index, Integer, LargeBinary, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from services.notify.store.columns import key, table, tip_key

recipient_key = table(
    "recipient_key",
    key("key_id", primary=True),
    key("programme"),
    key("agency"),
    Column("public_key", LargeBinary, nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date),
)
tip = table(
    "tip",
    tip_key(),
    key("programme"),
    key("unit"),
    key("category"),
    key("channel"),
    Column("received_on", Date, nullable=False),
    Column("due_on", Date, nullable=False),
    Column("quarantined", Boolean, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("lookup_hash", LargeBinary, unique=True),
    Column("sender_key", LargeBinary),
    CheckConstraint("(lookup_hash is null) = (sender_key is null)", name="lookup_and_sender_key_together"),
)
tip_image = table(
    "tip_image",
    tip_key(),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("image", LargeBinary, nullable=False),
)
tip_recipient = table(
    "tip_recipient",
    tip_key(),
    key("key_id", primary=True),
    key("agency"),
    Column("wrapped", LargeBinary, nullable=False),
)
unswept = table(
    "unswept",
    Column("event_id", Uuid, primary_key=True),
    key("programme"),
    tip_key(primary=False),
    Column("headers", JSONB, nullable=False),
    Column("value", LargeBinary, nullable=False),
)
swept = table(
    "swept",
    Column("only", Boolean, primary_key=True, server_default="true"),
    Column("slot", Integer, nullable=False),
)
vault_outbox = table(
    "vault_outbox",
    Column("id", Uuid, primary_key=True),
    key("kind"),
    key("programme"),
    tip_key(primary=False),
    key("unit"),
    key("agency"),
    key("category"),
    Column("happened_on", Date, nullable=False),
    Column("due_on", Date, nullable=False),
)
"""What dispatch has to tell the police; it deletes what it has taken over. Random ids: no order of arrival."""
Index("tip_by_unit", tip.c.programme, tip.c.unit)
TABLES = [recipient_key, tip, tip_image, tip_recipient, unswept, swept, vault_outbox]
