"""The tables of the other database: for every tip the secret without which its sealed keys are noise.

It stands apart, with backups of its own that are kept short: what is destroyed here cannot be read from a backup of
the vault (docs/threat-model.md).
"""

from typing import Final

from sqlalchemy import Column, Date, LargeBinary, MetaData, Table, Uuid

SECRETS: Final = "tip_secrets"
metadata: Final = MetaData()
tip_secret = Table(
    "tip_secret",
    metadata,
    Column("tip_id", Uuid, primary_key=True),
    Column("secret", LargeBinary, nullable=False),
    Column("destroy_on", Date, nullable=False, index=True),
    schema=SECRETS,
)
