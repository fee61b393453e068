"""NOTIFY_INTAKE_*, NOTIFY_DISPATCH_*, and the databases that notify's processes share."""

from dataclasses import dataclass, field
from typing import Final, Literal
from urllib.parse import urlsplit

from services.intake.settings import IntakeSettings
from services.kit.eventlog.kafka import LogSettings
from services.kit.http_limits import Limits
from services.kit.settings import setting

DISPATCH: Final = "NOTIFY_DISPATCH"
COMMAND: Final = "NOTIFY_COMMAND"


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


@dataclass(frozen=True, kw_only=True)
class NoticeSettings(DatabaseSettings):
    """And the key from which links of notices and secrets of webhooks follow."""

    notice_key: str = setting("var/keys/notices.key", variable="NOTIFY_NOTICE_KEY")


@dataclass(frozen=True, kw_only=True)
class NotifyDispatchSettings(NoticeSettings, Limits):
    """Defaults are a laptop's. `public_url`: where people reach this process, as links name it. A channel without its
    server or gateway is not used.

    `retry_for_hours`: after so long a message that nobody takes has failed. `sandboxes`: whether programmes for trying
    out tell anybody. Without `log_cluster_id` and `log_topic_ids` the first log met is the right one.
    """

    bind: str = "127.0.0.1:8104"
    threads: int = setting(8, at_least=1, at_most=64)
    senders: int = setting(2, at_least=1, at_most=16)
    kafka_bootstrap_servers: str = "127.0.0.1:20092"
    log_cluster_id: str | None = None
    log_topic_ids: dict[str, str] = field(default_factory=dict)
    jwks: str = "var/keys/jwks.json"
    public_url: str | None = None
    retry_for_hours: int = setting(24, at_least=1, at_most=168)
    stale_after_days: int = setting(30, at_least=1, at_most=400)
    sandboxes: bool = False
    stuck_after_s: int = setting(120, at_least=10, at_most=3_600)
    smtp_host: str | None = None
    smtp_port: int = setting(25, at_least=1, at_most=65_535)
    smtp_security: Literal["none", "starttls", "tls"] = "starttls"
    smtp_user: str | None = None
    smtp_password: str | None = setting(None, secret=True)
    mail_from: str = "binh-yen@localhost"
    sms_url: str | None = None
    sms_token: str | None = setting(None, secret=True)
    webhooks: bool = True
    apprise: bool = True

    def __post_init__(self) -> None:
        if (self.smtp_user is None) != (self.smtp_password is None):
            raise ValueError("smtp_user and smtp_password belong together")
        if urlsplit(self.answers_at).scheme not in ("http", "https"):
            raise ValueError("public_url must be an http or https address")
        if self.sms_url is not None and urlsplit(self.sms_url).scheme not in ("http", "https"):
            raise ValueError("sms_url must be an http or https address")

    @property
    def answers_at(self) -> str:
        """What links of notices begin with."""
        return self.public_url or f"http://{self.bind}"

    def log(self) -> LogSettings:
        return LogSettings(self.kafka_bootstrap_servers, self.log_cluster_id, self.log_topic_ids)
