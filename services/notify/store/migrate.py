"""Brings notify's two databases to their newest migrations."""

from pathlib import Path
from typing import Final

from services.kit.migrations import Migrations
from services.notify.store import columns
from services.notify.store.secrets import tables

_HERE: Final = Path(__file__).parent
NOTIFY: Final = Migrations(_HERE / "migrations", columns.NOTIFY, columns.metadata)
SECRETS: Final = Migrations(_HERE / "secrets" / "migrations", tables.SECRETS, tables.metadata)
