"""The tables of the tip vault. Of a tip they hold public facts, days and ciphertext; never an instant or a sender."""

from typing import Final

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, Date, Index, Integer, LargeBinary, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from services.notify.store.columns import key, table, tip_key

recipient_key = table(
    "recipient_key",
    key("programme", primary=True),
    key("key_id", primary=True),
    key("agency"),
    Column("public_key", LargeBinary, nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date),
)
tip = table(
    "tip",
    tip_key(),
    Column("event_id", Uuid, nullable=False),
    Column("request_hash", LargeBinary, nullable=False, unique=True),
    Column("fingerprint", LargeBinary, nullable=False),
    key("programme"),
    key("unit"),
    key("source"),
    key("category"),
    key("channel"),
    Column("received_on", Date, nullable=False),
    Column("due_on", Date, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("lookup_hash", LargeBinary, nullable=False, unique=True),
    Column("sender_key", LargeBinary, nullable=False),
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
tip_step = table(
    "tip_step",
    Column("event_id", Uuid, primary_key=True),
    tip_key(primary=False),
    key("step"),
    Column("moved_on", Date, nullable=False),
)
tip_message = table(
    "tip_message",
    Column("id", Uuid, primary_key=True),
    tip_key(primary=False),
    key("author"),
    Column("written_on", Date, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("keys", JSONB, nullable=False),
    CheckConstraint("author in ('police', 'sender')", name="author_known"),
)
"""`police`: sealed to the sender's key. `sender`: under a key of its own, which `keys` hold as `tip_recipient` does."""
unswept = table(
    "unswept",
    Column("event_id", Uuid, primary_key=True),
    tip_key(primary=False),
    key("programme"),
    Column("slot", BigInteger),
    Column("key", LargeBinary, nullable=False),
    Column("headers", JSONB, nullable=False),
    Column("value", LargeBinary, nullable=False),
)
"""Public facts that are not on the log yet. `slot`: the one that closed over them; until then no sweep takes them."""
closed_slot = table(
    "closed_slot",
    Column("only", Boolean, primary_key=True, server_default="true"),
    Column("slot", BigInteger, nullable=False),
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
Index("tip_step_of", tip_step.c.tip_id)
Index("tip_message_of", tip_message.c.tip_id)
TABLES: Final = [
    recipient_key,
    tip,
    tip_image,
    tip_recipient,
    tip_step,
    tip_message,
    unswept,
    closed_slot,
    vault_outbox,
]
