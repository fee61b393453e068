"""What every door is told by its environment."""

from dataclasses import dataclass, field
from pathlib import Path

from services.kit.eventlog.kafka import LogSettings
from services.kit.http_limits import Limits
from services.kit.settings import setting


@dataclass(frozen=True, kw_only=True)
class IntakeSettings(Limits):
    """Defaults are a laptop's. `jwks`: a JWKS file, or an https URL of an identity provider. `request_deadline_ms`:
    within what a whole request is answered, whatever the log does.

    Without `log_cluster_id` and `log_topic_ids` (`topics apply` prints them) the first cluster met is the right one.
    """

    bind: str
    threads: int = setting(16, at_least=1, at_most=256)
    kafka_bootstrap_servers: str = "127.0.0.1:20092"
    log_cluster_id: str | None = None
    log_topic_ids: dict[str, str] = field(default_factory=dict)
    jwks: str = "var/keys/jwks.json"
    receipt_keys_dir: Path = Path("var/keys/receipts")
    request_deadline_ms: int = setting(2_000, at_least=100, at_most=30_000)
    drain_timeout_ms: int = setting(5_000, at_least=0, at_most=60_000)
    in_flight_max: int = setting(2_000, at_least=100, at_most=100_000)

    def log(self) -> LogSettings:
        return LogSettings(
            self.kafka_bootstrap_servers, self.log_cluster_id, self.log_topic_ids, in_flight_max=self.in_flight_max
        )
