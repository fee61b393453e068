"""What is followed and told of obligations (ADR 24). Tables of their own: the release before does not see them."""

from alembic import op

from services.reporting.store.columns import metadata
from services.reporting.store.lasting import obligation_outbox, obligation_told_position, watched

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    metadata.create_all(op.get_bind(), tables=[watched, obligation_outbox, obligation_told_position], checkfirst=False)
