"""The catalogue of metrics: every name, its labels, its unit and what it tells, declared once.

`services.kit.metrics` turns the cards into real metrics; `docs/metrics.md` lists them. Nothing here may move with a
single tip: whatever counts events by topic or type leaves tips out (`design.md`, "people on a tip").
"""

from typing import Literal, NamedTuple

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0)


class MetricCard(NamedTuple):
    name: str
    kind: Literal["counter", "gauge", "histogram"]
    help: str
    labels: tuple[str, ...] = ()
    buckets: tuple[float, ...] = ()


def _histogram(name: str, text: str, *labels: str) -> MetricCard:
    return MetricCard(name, "histogram", text, labels, SECONDS)


def _counter(name: str, text: str, *labels: str) -> MetricCard:
    return MetricCard(name, "counter", text, labels)


def _gauge(name: str, text: str, *labels: str) -> MetricCard:
    return MetricCard(name, "gauge", text, labels)


EVENTS_ACCEPTED = _counter("events_accepted_total", "Events acknowledged by all in-sync replicas (not tips).", "type")
HTTP_REQUEST_SECONDS = _histogram("http_request_seconds", "Time to answer a request.", "route", "method", "status")
HTTP_REJECTIONS = _counter("http_rejections_total", "Requests refused, by the code of the first fault.", "code")
LOG_APPEND_SECONDS = _histogram("log_append_seconds", "From handing records to the producer to acknowledgement.")
LOG_IN_FLIGHT = _gauge("log_in_flight", "Records handed to the producer and not yet acknowledged.")
LOG_OLDEST_IN_FLIGHT = _gauge("log_oldest_in_flight_seconds", "Age of the oldest unacknowledged record.")
LOG_UNAVAILABLE = _counter("log_unavailable_total", "Appends given up, by reason.", "reason")
LOG_PROBE_AGE = _gauge("log_probe_age_seconds", "Seconds since the cluster last answered a probe as the right one.")
PROGRAMME_FOLLOW_LAG = _gauge("programme_follow_lag_events", "Records of programme.v1 not yet read by this process.")

INGEST_EVENTS = _counter("ingest_events_total", "Records read, by what became of them (not tips).", "topic", "outcome")
INGEST_REJECTS = _counter("ingest_rejects_total", "Records sent to the dead letters.", "topic", "reason")
INGEST_BATCH_SECONDS = _histogram("ingest_batch_seconds", "One batch from decode to commit.")
INGEST_LAG = _gauge("ingest_lag_events", "End offset less our position (not for tips).", "topic", "partition")
INGEST_HEARTBEAT_AGE = _gauge("ingest_heartbeat_age_seconds", "Seconds since the ingest loop last came round.")
INGEST_FENCED = _counter("ingest_fenced_total", "Batches dropped because another owner holds the position.")
INGEST_COMMIT_FAILURES = _counter("ingest_commit_failures_total", "Advisory Kafka commits that failed.")
INGEST_RETRIES = _counter("ingest_retries_total", "Batches repeated after a database conflict or outage.", "cause")
INGEST_HALTED = _gauge("ingest_halted", "1 while ingest stands still after too many rejects.")
INGEST_LOG_FAULTS = _counter("ingest_log_faults_total", "Faults of the log itself.", "kind")

STATUS_FRESHNESS = _histogram(
    "status_freshness_seconds", "From acceptance or recording to the visible status.", "since"
)
EVALUATE_SECONDS = _histogram("evaluate_step_seconds", "One transaction of the evaluator.")
EVALUATED_CELLS = _counter("evaluated_cells_total", "Cells computed, by whether their status changed.", "changed")
EVALUATE_ACTIVE = _gauge("evaluate_active", "1 in the process that holds the evaluator's lock.")
EVALUATE_HEARTBEAT_AGE = _gauge("evaluate_heartbeat_age_seconds", "Seconds since the evaluate loop last came round.")
MARKS_OLDEST_AGE = _gauge("marks_oldest_age_seconds", "Age of the oldest mark or due cell not yet evaluated.")
NOW_LAG = _gauge("evaluate_now_lag_seconds", "Wall clock less the instant up to which the log has been read.")
OUTBOX_AGE = _gauge(
    "outbox_oldest_age_seconds", "Age of the oldest change of a status or an obligation not yet published."
)
OBLIGATIONS_PUBLISHED = _counter("obligations_published_total", "Obligation changes acknowledged by the log.")
STATUS_PUBLISHED = _counter("status_published_total", "Status changes acknowledged by the log.")
STATUSES = _gauge(
    "statuses",
    "Units by indicator and status in the period that holds now.",
    "programme",
    "indicator",
    "status",
)
UNIT_STATUS = _gauge(
    "unit_indicator_status",
    "1 for the present status of the units named in the settings.",
    "unit",
    "indicator",
    "status",
)
BOOKS_RESIDUAL = _gauge(
    "books_residual_events", "Events in the log less events accounted for; 0 when the books balance.", "topic"
)
BOOKS_AGE = _gauge("books_age_seconds", "Seconds since the independent reader last caught up.")
DEAD_LETTERS_WAITING = _gauge(
    "dead_letters_waiting", "Dead letters neither redriven nor discarded (not tips).", "topic"
)
DATABASE_UNAVAILABLE = _counter("database_unavailable_total", "Attempts that found the database away.")
CLOCK_SKEW = _gauge(
    "clock_skew_seconds", "How far our clock is ahead of another's (behind: negative); above 2 s work stops.", "against"
)

TIP_SWEEP_OVERDUE = _gauge("tip_sweep_overdue_seconds", "Seconds since tips should have been swept; 0 in time.")
NOTICES_DECIDED = _counter(
    "notices_decided_total", "Lines of the notices' ledger, by what was decided (not tips).", "kind", "verdict"
)
NOTICE_ATTEMPTS = _counter(
    "notice_attempts_total", "Attempts to send a message, by what came of them (not tips).", "channel", "outcome"
)
NOTICE_SEND_SECONDS = _histogram(
    "notice_send_seconds", "From a message's being made to its being taken by a channel (not tips)."
)
NOTICE_OLDEST_WAITING = _gauge(
    "notice_oldest_waiting_seconds", "How long the oldest message that is due has waited to be tried (not tips)."
)
NOTICES_UNANSWERED = _gauge(
    "notices_unanswered", "Matters that nobody has taken up on any rung of their ladder (not tips)."
)
NOTICES_FAILED = _gauge("notices_failed", "Notices that reached nobody, in the last 24 hours (not tips).")
CONTACTS_BOUNCED = _gauge("contacts_bounced", "Registered addresses that refuse messages for good.")
DESTINATIONS_DOWN = _gauge("notice_destinations_down", "Destinations that this process leaves alone for now.")
DISPATCH_ACTIVE = _gauge("dispatch_active", "1 in the process that decides; every process sends.")
DISPATCH_HEARTBEAT_AGE = _gauge("dispatch_heartbeat_age_seconds", "Seconds since the deciding loop last came round.")
DISPATCH_LAG = _gauge("dispatch_lag_events", "End offset less our position (not of tips' dead letters).", "topic")
DISPATCH_SKIPPED = _counter("dispatch_skipped_total", "Records that dispatch does not understand.", "topic", "reason")

CATALOGUE: tuple[MetricCard, ...] = tuple(card for card in globals().values() if isinstance(card, MetricCard))
