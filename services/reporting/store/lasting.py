"""The tables that stand beside the generations and outlive them."""

from sqlalchemy import BigInteger, Boolean, Column, Date, Identity, Integer, LargeBinary, func
from sqlalchemy.dialects.postgresql import JSONB

from services.reporting.store.columns import INSTANT, key, shared

current_generation = shared(
    "current_generation",
    Column("only", Boolean, primary_key=True, server_default="true"),
    Column("number", Integer, nullable=False),
    Column("projection_version", Integer, nullable=False),
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
outbox = shared(
    "outbox",
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    key("topic"),
    Column("key", LargeBinary, nullable=False),
    Column("headers", JSONB, nullable=False),
    Column("value", LargeBinary, nullable=False),
    Column("created_at", INSTANT, nullable=False, server_default=func.clock_timestamp()),
)
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
