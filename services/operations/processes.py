"""Every process of ours and the settings that it asks for: whoever examines them takes them from here.

A test compares this with what the processes load.
"""

from collections.abc import Mapping
from typing import Any, Final

from services.notify.settings import NoticeSettings, NotifyDispatchSettings, NotifyIntakeSettings
from services.operations.settings import InstallationSettings
from services.pledge.settings import PledgeSettings
from services.reporting.evaluate.settings import EvaluateSettings
from services.reporting.intake.settings import ReportingIntakeSettings
from services.reporting.serve.run import Settings as ServeSettings
from services.reporting.settings import IngestSettings, LetterSettings

PROCESSES: Final[Mapping[str, type[Any]]] = {
    "OPERATIONS": InstallationSettings,
    "PLEDGE": PledgeSettings,
    "REPORTING_INTAKE": ReportingIntakeSettings,
    "NOTIFY_INTAKE": NotifyIntakeSettings,
    "NOTIFY_DISPATCH": NotifyDispatchSettings,
    "NOTIFY_COMMAND": NoticeSettings,
    "REPORTING_INGEST": IngestSettings,
    "REPORTING_EVALUATE": EvaluateSettings,
    "REPORTING_SERVE": ServeSettings,
    "REPORTING_COMMAND": LetterSettings,
}
"""{prefix: the settings under it}; several commands under one prefix ask for some of them each."""
