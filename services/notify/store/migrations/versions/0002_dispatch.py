"""Notices, who gets them, and why."""

from alembic import op

from services.notify.store.columns import metadata
from services.notify.store.dispatch_tables import DISPATCH_TABLES

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    metadata.create_all(op.get_bind(), tables=DISPATCH_TABLES, checkfirst=False)
