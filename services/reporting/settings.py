"""REPORTING_INGEST_* of ingest, and the database of commands on the facts. The defaults are a laptop's."""

from dataclasses import dataclass, field

from services.kit.eventlog.kafka import LogSettings
from services.kit.settings import setting


@dataclass(frozen=True, kw_only=True)
class DatabaseSettings:
    """What a command on the facts needs."""

    database_url: str = setting()


@dataclass(frozen=True, kw_only=True)
class LetterSettings(DatabaseSettings):
    """What a command on the dead letters needs: the log as well."""

    kafka_bootstrap_servers: str = "127.0.0.1:20092"
    log_cluster_id: str | None = None
    log_topic_ids: dict[str, str] = field(default_factory=dict)

    def log(self) -> LogSettings:
        return LogSettings(self.kafka_bootstrap_servers, self.log_cluster_id, self.log_topic_ids)


@dataclass(frozen=True, kw_only=True)
class IngestSettings(DatabaseSettings):
    """Without `log_cluster_id` and `log_topic_ids` (`topics apply` prints them) the first log met is the right one,
    as far as the positions in the database agree. `bind` serves health and metrics."""

    bind: str = "127.0.0.1:8111"
    kafka_bootstrap_servers: str = "127.0.0.1:20092"
    log_cluster_id: str | None = None
    log_topic_ids: dict[str, str] = field(default_factory=dict)
    group: str = "reporting-ingest"
    batch_max_records: int = setting(5_000, at_least=1, at_most=20_000)
    live_within_s: int = setting(30, at_least=5, at_most=600)
    stuck_after_s: int = setting(120, at_least=10, at_most=3_600)
    statement_timeout_ms: int = setting(30_000, at_least=1_000, at_most=600_000)

    def log(self) -> LogSettings:
        return LogSettings(self.kafka_bootstrap_servers, self.log_cluster_id, self.log_topic_ids)

    def address(self) -> tuple[str, int]:
        host, _, port = self.bind.rpartition(":")
        return host, int(port)
