"""The shared tables and the first generation."""

from alembic import op

from services.reporting.store import generations
from services.reporting.store.schema import SHARED_TABLES, metadata

revision = "0001"
down_revision = None


def upgrade() -> None:
    connection = op.get_bind()
    metadata.create_all(connection, tables=SHARED_TABLES, checkfirst=False)
    generations.create(connection, 1)
    generations.make_current(connection, 1)
