"""The tables of a generation; those that outlive every generation are in `lasting.py`.

They stand in the schema name "generation", which `generations.py` translates to "g1", "g2" ...
Instants are UTC; days are local days. `programme`, `unit`, `source` are ids of the public language.
"""

from typing import Final

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    Date,
    Identity,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from services.reporting.store.columns import (
    GENERATION,
    INSTANT,
    KEY,
    body_columns,
    copy_columns,
    generation,
    key,
    log_position,
    metadata,
    signature_columns,
    token_key,
)

PROJECTION_VERSION: Final = 1
"""Raised only when the fold or the tables of a generation change; a generation is bound to one."""

# ---- generation: progress

position = generation(
    "position",
    key("topic", primary=True),
    Column("partition", Integer, primary_key=True, autoincrement=False),
    Column("next_offset", BigInteger, nullable=False),
    key("cluster_id"),
    key("topic_id"),
    Column("caught_up_at", INSTANT),
)
reject = generation(
    "reject",
    *log_position(primary=True),
    key("first_topic"),
    Column("first_partition", Integer, nullable=False),
    Column("first_offset", BigInteger, nullable=False),
    key("reason"),
    key("field"),
    key("source"),
    key("programme"),
    key("unit"),
    Column("recorded_at", INSTANT, nullable=False),
    Column("logged_on", Date, nullable=False),
    Column("event_id", Uuid, comment="as far as the record names one: what its agency may ask for"),
    Index("reject_event", "event_id"),
    Index("reject_first", "first_topic", "first_partition", "first_offset"),
    Index("reject_unit", "programme", "unit"),
)
redriven = generation(
    "redriven",
    *log_position(primary=True),
    key("first_topic"),
    Column("first_partition", Integer, nullable=False),
    Column("first_offset", BigInteger, nullable=False),
    Index("redriven_first", "first_topic", "first_partition", "first_offset"),
)

# ---- generation: copies of events

event = generation(
    "event",
    Column("event_id", Uuid, primary_key=True),
    *copy_columns(),
    *log_position(primary=False),
)
copy = generation(
    "copy",
    *log_position(primary=True),
    Column("event_id", Uuid, nullable=False),
    *copy_columns(),
    Index("copy_event", "event_id"),
)

# ---- generation: signers

sheet = generation(
    "sheet",
    *body_columns(),
    key("kind"),
    key("group_id"),
    Column("tokens", LargeBinary, nullable=False, comment="16 bytes a signer"),
    Column("days", LargeBinary, nullable=False, comment="3 bytes a signer: days since 2018-01-01"),
    Column("declared_count", Integer, nullable=False),
    key("method"),
    key("text_version"),
    Column("weak", Integer, nullable=False, comment="signers with another basis than a register entry"),
)
withdrawal = generation(
    "withdrawal",
    *body_columns(),
    key("kind"),
    Column("token", LargeBinary, nullable=False),
    Column("on_day", Date, nullable=False),
    key("reason"),
    Index("withdrawal_token", "programme", "kind", "token"),
)


signer = generation("signer", *token_key(), *signature_columns(optional=True))
signature = generation("signature", *token_key(), *signature_columns(optional=False))
signer_count = generation(
    "signer_count",
    key("programme", primary=True),
    key("kind", primary=True),
    key("unit", primary=True),
    key("group_id", primary=True),
    Column("day", Date, primary_key=True),
    Column("recorded_day", Date, primary_key=True),
    Column("n", BigInteger, nullable=False),
)

# ---- generation: reports

report = generation(
    "report",
    *body_columns(),
    Column("report_id", Uuid, nullable=False),
    Column("revision", Integer, nullable=False),
    key("form"),
    key("period"),
    key("owner"),
    Column("received_on", Date),
    key("received_via"),
    Column("nil", Boolean, nullable=False),
    Column("values", JSONB, nullable=False),
    Column("rows", JSONB, nullable=False),
    Column("documents", JSONB, nullable=False),
    Column("actor", KEY),
    Index("report_of", "report_id"),
    Index("report_cell", "programme", "form", "unit", "period"),
)
decision = generation(
    "decision",
    *body_columns(),
    Column("report_id", Uuid, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("report_body_hash", LargeBinary, nullable=False),
    Column("kind", KEY, nullable=False, comment="approved | returned"),
    Column("reason", KEY),
    Column("actor", KEY),
    Column("form", KEY, comment="of the report decided on"),
    Index("decision_of", "report_id"),
)
extension = generation(
    "extension",
    *body_columns(),
    Column("report_id", Uuid, nullable=False),
    Column("until", Date, nullable=False),
    key("reason"),
    Column("form", KEY, comment="of the report extended"),
    Index("extension_of", "report_id"),
)

# ---- generation: tips

tip = generation(
    "tip",
    *body_columns(),
    Column("tip_id", Uuid, nullable=False),
    key("category"),
    key("channel"),
    Column("received_on", Date, nullable=False),
    Column("due_on", Date, nullable=False),
    Index("tip_of", "tip_id"),
    Index("tip_unit", "programme", "unit", "received_on"),
)
tip_move = generation(
    "tip_move",
    *body_columns(),
    Column("tip_id", Uuid, nullable=False),
    key("step"),
    Column("moved_on", Date, nullable=False),
    Index("tip_move_of", "tip_id"),
)

# ---- generation: programmes and everything else that was said

programme_part = generation(
    "programme_part",
    *body_columns(),
    Column("version", Integer, nullable=False),
    key("hash"),
    Column("sandbox", Boolean, nullable=False),
    Column("effective_on", Date, nullable=False),
    Column("part", SmallInteger, nullable=False),
    Column("parts", SmallInteger, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("log_offset", BigInteger, nullable=False, comment="parts are folded in the order of the log"),
    Index("programme_part_order", "log_offset"),
)
programme_version = generation(
    "programme_version",
    key("programme", primary=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    key("hash"),
    Column("sandbox", Boolean, nullable=False),
    Column("effective_on", Date, nullable=False),
    Column("recorded_at", INSTANT, nullable=False, comment="when its last part was recorded"),
)
clock = generation(
    "clock",
    *body_columns(),
    Column("now", INSTANT, nullable=False),
    Column("ends", JSONB, nullable=False, comment="{topic: [next offset by partition]}"),
    Index("clock_now", "programme", "now"),
)
discard = generation(
    "discard",
    *body_columns(),
    *log_position(primary=False),
    key("reason"),
    Index("discard_of", "topic", "partition", "log_offset"),
)
remark = generation(
    "remark",
    *body_columns(),
    key("type"),
    Column("data", JSONB, nullable=False),
    # A nation publishes the values of thousands of units for each decision on a period: these are not in it.
    Index(
        "remark_decided",
        "programme",
        text("(data ->> 'period')"),
        postgresql_where=text("type <> 'vn.binhyen.period.published' or data ->> 'digest' is not null"),
    ),
)

# ---- generation: evaluation

mark = generation(
    "mark",
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    key("programme"),
    key("unit"),
    key("source"),
    Column("since", Date, comment="first day concerned; null: any"),
    Column("until", Date, comment="last day concerned; null: any later"),
    Column("made_at", INSTANT, nullable=False, server_default=func.clock_timestamp()),
    Column("accepted_at", INSTANT, comment="of the oldest event of its batch, tips left out; for freshness only"),
    Column("recorded_at", INSTANT),
)
status = generation(
    "status",
    key("programme", primary=True),
    key("unit", primary=True),
    key("indicator", primary=True),
    key("period", primary=True),
    key("status"),
    Column("value_num", BigInteger),
    Column("value_den", BigInteger),
    Column("worst_num", BigInteger),
    Column("worst_den", BigInteger),
    Column("best_num", BigInteger),
    Column("best_den", BigInteger),
    Column("flags", ARRAY(KEY), nullable=False, server_default="{}"),
    key("definition_hash"),
    Column("valid_until", INSTANT, comment="null: no end; -infinity: must be evaluated"),
    Column("changed_at", INSTANT, nullable=False),
    Column("evaluated_at", INSTANT, nullable=False),
    Column("positions", JSONB, nullable=False, server_default="{}"),
    Index("status_due", "programme", "valid_until"),
)
programme_now = generation(
    "programme_now",
    key("programme", primary=True),
    Column("now", INSTANT, nullable=False),
)

GENERATION_TABLES: Final = [table for table in metadata.sorted_tables if table.schema == GENERATION]
