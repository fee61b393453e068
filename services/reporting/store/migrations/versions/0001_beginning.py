"""The shared tables and the first generation."""

from alembic import op

from services.reporting.store import generations
from services.reporting.store.columns import metadata
from services.reporting.store.lasting import (
    current_generation,
    halt,
    log_count,
    log_count_position,
    outbox,
    published,
)

revision = "0001"
down_revision = None
TABLES = [current_generation, halt, log_count, log_count_position, outbox, published]


def upgrade() -> None:
    connection = op.get_bind()
    metadata.create_all(connection, tables=TABLES, checkfirst=False)
    generations.create(connection, 1)
    generations.make_current(connection, 1)
