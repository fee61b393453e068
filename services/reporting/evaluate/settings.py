"""REPORTING_EVALUATE_*"""

from dataclasses import dataclass, field
from typing import Final

from services.kit.eventlog.kafka import LogSettings
from services.kit.settings import setting
from services.reporting.store.lease import FROZEN_AFTER_S

PREFIX: Final = "REPORTING_EVALUATE"


@dataclass(frozen=True, kw_only=True)
class EvaluateSettings:
    """Defaults are a laptop's. `status_units`: ids of the units whose present statuses are metrics of their own.

    Without `log_cluster_id` and `log_topic_ids` (`topics apply` prints them) the first cluster met is the right one.
    """

    database_url: str = setting()
    bind: str = "127.0.0.1:8113"
    kafka_bootstrap_servers: str = "127.0.0.1:20092"
    log_cluster_id: str | None = None
    log_topic_ids: dict[str, str] = field(default_factory=dict)
    cells_per_transaction: int = setting(1_000, at_least=1, at_most=10_000)
    marks_per_transaction: int = setting(20_000, at_least=1, at_most=1_000_000)
    look_every_s: float = setting(5.0, at_least=0.1)
    stuck_after_s: float = setting(120.0, at_least=10)
    frozen_after_s: int = setting(FROZEN_AFTER_S, at_least=2)
    status_units: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        host, _, port = self.bind.rpartition(":")
        if not host or not port.isdigit():
            raise ValueError("bind must be host:port")

    @property
    def address(self) -> tuple[str, int]:
        host, _, port = self.bind.rpartition(":")
        return host, int(port)

    def log(self) -> LogSettings:
        return LogSettings(self.kafka_bootstrap_servers, self.log_cluster_id, self.log_topic_ids)


@dataclass(frozen=True, kw_only=True)
class VerifySettings:
    database_url: str = setting()
