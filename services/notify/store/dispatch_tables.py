"""The tables of dispatch: how far it has read, what it remembers, what became of every matter, who is reached where.

Addresses stand in `contact` and nowhere else. Rows about tips have instants cut to the day as soon as they are settled,
and ids that follow no order.
"""

from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, Date, Index, Integer, SmallInteger, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from services.notify.store.columns import INSTANT, key, table

dispatch_position: Final = table(
    "dispatch_position",
    key("topic", primary=True),
    Column("partition", Integer, primary_key=True, autoincrement=False),
    Column("next_offset", BigInteger, nullable=False),
    key("cluster_id"),
    key("topic_id"),
)
watched: Final = table(
    "watched",
    key("subject", primary=True),
    key("programme"),
    Column("next_at", INSTANT),
    Column("facts", JSONB, nullable=False),
)
matter: Final = table(
    "matter",
    Column("cause", Uuid, primary_key=True),
    key("subject"),
    key("kind"),
    key("programme"),
    key("about"),
    key("state"),
    Column("raised_at", INSTANT, nullable=False),
    Column("next_at", INSTANT),
    Column("body", JSONB, nullable=False),
)
message: Final = table(
    "message",
    Column("id", Uuid, primary_key=True),
    key("programme"),
    key("unit"),
    key("role"),
    key("holder"),
    key("state"),
    Column("urgent", Boolean, nullable=False),
    Column("created_at", INSTANT, nullable=False),
    Column("next_at", INSTANT, nullable=False),
    Column("lease_until", INSTANT),
    Column("lease", Uuid),
    Column("body", JSONB, nullable=False),
)
ledger: Final = table(
    "ledger",
    Column("id", Uuid, primary_key=True),
    Column("cause", Uuid, nullable=False),
    key("kind"),
    key("programme"),
    key("subject"),
    key("about"),
    Column("rung", SmallInteger, nullable=False),
    key("unit"),
    key("role"),
    key("holder"),
    key("verdict"),
    key("rule"),
    key("detail"),
    Column("at", INSTANT, nullable=False),
)
contact: Final = table(
    "contact",
    Column("id", Uuid, primary_key=True),
    key("programme"),
    key("unit"),
    key("role"),
    key("holder"),
    key("channel"),
    Column("address", Text, nullable=False),
    key("language"),
    Column("position", SmallInteger, nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date),
    Column("bounced_on", Date),
    key("bounce"),
)
silence: Final = table(
    "silence",
    Column("id", Uuid, primary_key=True),
    key("programme"),
    Column("kind", Text),
    Column("unit", Text),
    Column("role", Text),
    key("owner"),
    Column("reason", Text, nullable=False),
    Column("starts_at", INSTANT, nullable=False),
    Column("ends_at", INSTANT, nullable=False),
)
Index("watched_due", watched.c.next_at, postgresql_where=watched.c.next_at.is_not(None))
Index("matter_subject", matter.c.subject)
Index("matter_due", matter.c.next_at, postgresql_where=matter.c.next_at.is_not(None))
Index("matter_open", matter.c.programme, matter.c.state)
Index("message_due", message.c.next_at, postgresql_where=message.c.state == "waiting")
Index("message_holder", message.c.programme, message.c.created_at, message.c.unit, message.c.role, message.c.holder)
Index("ledger_time", ledger.c.programme, ledger.c.at, ledger.c.id)
Index("ledger_cause", ledger.c.cause)
Index("ledger_recipient", ledger.c.programme, ledger.c.unit, ledger.c.role, ledger.c.at)
Index("contact_role", contact.c.programme, contact.c.unit, contact.c.role)
DISPATCH_TABLES: Final = [dispatch_position, watched, matter, message, ledger, contact, silence]
