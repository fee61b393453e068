"""OPERATIONS_*"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from services.kit.eventlog.kafka import LogSettings
from services.kit.eventlog.port import LogIdentity
from services.kit.settings import FILE, load, setting

PREFIX: Final = "OPERATIONS"


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
class FactsSettings(OperationsSettings):
    """And which database has the facts: the operators' own name of reporting's, or the shared one."""

    database_url: str = setting()


@dataclass(frozen=True, kw_only=True)
class InstallationSettings(FactsSettings):
    """And notify's two databases."""

    notify_database_url: str = setting(variable="NOTIFY_DATABASE_URL")
    notify_secrets_database_url: str = setting(variable="NOTIFY_SECRETS_DATABASE_URL")


def of_log(environ: Mapping[str, str]) -> OperationsSettings:
    """For a command that asks no database: another command's setting of it is no fault. Raises Misconfigured."""
    others = {f"{PREFIX}_DATABASE_URL", f"{PREFIX}_DATABASE_URL{FILE}"}
    return load(PREFIX, OperationsSettings, {name: value for name, value in environ.items() if name not in others})
