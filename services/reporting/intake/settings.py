"""REPORTING_INTAKE_*"""

from dataclasses import dataclass

from services.intake.settings import IntakeSettings


@dataclass(frozen=True, kw_only=True)
class ReportingIntakeSettings(IntakeSettings):
    bind: str = "127.0.0.1:8102"
