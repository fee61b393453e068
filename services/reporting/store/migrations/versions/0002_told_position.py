"""Up to where status.v1 is known here (ADR 18). A table of its own: the release before does not see it."""

from alembic import op

from services.reporting.store.columns import metadata
from services.reporting.store.lasting import told_position

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    metadata.create_all(op.get_bind(), tables=[told_position], checkfirst=False)
