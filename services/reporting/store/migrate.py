"""Brings the database of reporting to the newest migration."""

from pathlib import Path
from typing import Final

from services.kit.migrations import Migrations
from services.reporting.store.columns import SHARED, metadata

MIGRATIONS: Final = Migrations(Path(__file__).parent / "migrations", SHARED, metadata)
migrate = MIGRATIONS.migrate
migrated = MIGRATIONS.migrated
