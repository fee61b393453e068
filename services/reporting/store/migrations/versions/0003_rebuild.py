"""What is known of each generation, and the difference that was accepted before one is served (ADR 26)."""

from alembic import op

from services.reporting.store.columns import metadata
from services.reporting.store.lasting import acceptance, accepted_difference, generation

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    metadata.create_all(op.get_bind(), tables=[generation, acceptance, accepted_difference], checkfirst=False)
