"""NOTIFY_*"""

from dataclasses import dataclass

from services.intake.settings import IntakeSettings


@dataclass(frozen=True, kw_only=True)
class NotifyIntakeSettings(IntakeSettings):
    bind: str = "127.0.0.1:8103"
