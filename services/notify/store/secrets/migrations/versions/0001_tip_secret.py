"""The tips' secrets."""

from alembic import op

from services.notify.store.secrets.tables import metadata, tip_secret

revision = "0001"
down_revision = None


def upgrade() -> None:
    metadata.create_all(op.get_bind(), tables=[tip_secret], checkfirst=False)
