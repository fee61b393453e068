"""The tables that stand beside the generations and outlive them."""

from sqlalchemy import BigInteger, Boolean, Column, Date, Identity, Index, Integer, LargeBinary, Table, Uuid, func
from sqlalchemy.dialects.postgresql import JSONB

from services.reporting.store.columns import INSTANT, KEY, key, shared


def _outbox(name: str) -> Table:
    return shared(
        name,
        Column("id", BigInteger, Identity(always=True), primary_key=True),
        key("topic"),
        Column("key", LargeBinary, nullable=False),
        Column("headers", JSONB, nullable=False),
        Column("value", LargeBinary, nullable=False),
        Column("created_at", INSTANT, nullable=False, server_default=func.clock_timestamp()),
    )


def _told_position(name: str) -> Table:
    return shared(
        name,
        Column("partition", Integer, primary_key=True, autoincrement=False),
        Column("next_offset", BigInteger, nullable=False),
    )


current_generation = shared(
    "current_generation",
    Column("only", Boolean, primary_key=True, server_default="true"),
    Column("number", Integer, nullable=False),
    Column("projection_version", Integer, nullable=False),
)
generation = shared(
    "generation",
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("projection_version", Integer, nullable=False),
    Column("made_at", INSTANT, nullable=False, server_default=func.clock_timestamp()),
)
acceptance = shared(
    "acceptance",
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("against", Integer, nullable=False),
    Column("digest", KEY, nullable=False),
    Column("differences", BigInteger, nullable=False),
    Column("accepted_at", INSTANT, nullable=False, server_default=func.clock_timestamp()),
)
accepted_difference = shared(
    "accepted_difference",
    Column("number", Integer, primary_key=True, autoincrement=False),
    key("what", primary=True),
    key("change"),
)
published = shared(
    "published",
    key("programme", primary=True),
    key("unit", primary=True),
    key("indicator", primary=True),
    key("period", primary=True),
    Column("sequence", BigInteger, nullable=False),
    Column("status", JSONB, nullable=False),
    Column("published_at", INSTANT, nullable=False),
)
outbox = _outbox("outbox")
halt = shared(
    "halt",
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("since", INSTANT, nullable=False),
    key("topic"),
    key("source"),
    Column("rejects", Integer, nullable=False),
    key("reason"),
    Column("lifted_at", INSTANT),
)
log_count = shared(
    "log_count",
    key("topic", primary=True),
    Column("partition", Integer, primary_key=True, autoincrement=False),
    key("source", primary=True),
    Column("day", Date, primary_key=True),
    Column("records", BigInteger, nullable=False),
)
log_count_position = shared(
    "log_count_position",
    key("topic", primary=True),
    Column("partition", Integer, primary_key=True, autoincrement=False),
    Column("next_offset", BigInteger, nullable=False),
    Column("counted_at", INSTANT, nullable=False),
)
told_position = _told_position("told_position")

# ---- obligations: apart from the above, because the release before relays whatever stands in its outbox to status.v1

watched = shared(
    "watched",
    key("programme", primary=True),
    Column("report_id", Uuid, primary_key=True),
    Column("sequence", BigInteger, nullable=False),
    Column("told", JSONB, comment="state, due_at, revision, received_at; null: nothing yet"),
    Column("valid_until", INSTANT, comment="null: no end; -infinity: must be looked at"),
    Column("evaluated_at", INSTANT, nullable=False),
    Index("watched_due", "programme", "valid_until"),
)
obligation_outbox = _outbox("obligation_outbox")
obligation_told_position = _told_position("obligation_told_position")
