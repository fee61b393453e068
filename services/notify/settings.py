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
    """`max_body_bytes` leaves room for three pictures. `secret_days` (provisional: no source gives a figure): so
    long at most a tip can be opened. `slot_minutes`: public facts of tips leave together at the end of a slot.
    `questions_a_minute`: of everybody together who comes back with the words of a receipt.
    """

    bind: str = "127.0.0.1:8103"
    max_body_bytes: int = setting(6_815_744, at_least=65_536, at_most=8_388_608)
    secret_days: int = setting(180, at_least=30, at_most=730)
    questions_a_minute: int = setting(120, at_least=1, at_most=6_000)
    slot_minutes: int = setting(60, at_least=60, at_most=1_440)
    statement_timeout_ms: int = setting(1_500, at_least=100, at_most=10_000)
