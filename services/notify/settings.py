"""NOTIFY_INTAKE_*, and the databases that notify's processes share."""

from dataclasses import dataclass

from services.intake.settings import IntakeSettings
from services.kit.settings import setting


@dataclass(frozen=True, kw_only=True)
class DatabaseSettings:
    """Where notify's rows are."""

    notify_database_url: str = setting(variable="NOTIFY_DATABASE_URL")


@dataclass(frozen=True, kw_only=True)
class VaultSettings(DatabaseSettings):
    """And where the tips' secrets are: never on the same backup."""

    notify_secrets_database_url: str = setting(variable="NOTIFY_SECRETS_DATABASE_URL")


@dataclass(frozen=True, kw_only=True)
class NotifyIntakeSettings(VaultSettings, IntakeSettings):
    bind: str = "127.0.0.1:8103"
