"""The tip vault."""

from alembic import op

from services.notify.store.columns import metadata
from services.notify.store.vault_tables import TABLES

revision = "0001"
down_revision = None


def upgrade() -> None:
    metadata.create_all(op.get_bind(), tables=TABLES, checkfirst=False)
