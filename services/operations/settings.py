"""OPERATIONS_*"""

from dataclasses import dataclass, field

from services.kit.eventlog.kafka import LogSettings
from services.kit.eventlog.port import LogIdentity
from services.kit.settings import setting


@dataclass(frozen=True, kw_only=True)
class OperationsSettings:
    """Which log the operators' commands speak to. Defaults are a laptop's; the first log met is the right one."""

    kafka_bootstrap_servers: str = "127.0.0.1:20092"
    log_cluster_id: str | None = None
    log_topic_ids: dict[str, str] = field(default_factory=dict)

    def log(self) -> LogSettings:
        return LogSettings(self.kafka_bootstrap_servers, self.log_cluster_id, self.log_topic_ids)

    def known(self) -> LogIdentity | None:
        """The log it must be, if it is named."""
        return LogIdentity(self.log_cluster_id, self.log_topic_ids) if self.log_cluster_id else None


@dataclass(frozen=True, kw_only=True)
class InstallationSettings(OperationsSettings):
    """And which database: the operators' own name of reporting's, or the shared one."""

    database_url: str = setting()
