"""One card per topic: what it carries, its key, who writes, who reads, how long it is kept."""

from typing import NamedTuple

KEEP_FOR_EVER = -1
DAYS_MS = 86_400_000


class TopicCard(NamedTuple):
    name: str
    key: str
    types: tuple[str, ...]
    producers: tuple[str, ...]
    consumers: tuple[str, ...]
    partitions: int = 3
    retention_ms: int = KEEP_FOR_EVER
    max_message_bytes: int = 1_048_576


def _types(*names: str) -> tuple[str, ...]:
    return tuple(f"vn.binhyen.{name}" for name in names)


PLEDGE = TopicCard(
    "pledge.v1",
    key="unit",
    types=_types("pledge.signed", "pledge.withdrawn", "deadletter.discarded"),
    producers=("pledge",),
    consumers=("reporting ingest",),
)
REPORT = TopicCard(
    "report.v1",
    key="unit",
    types=_types(
        "report.submitted",
        "report.approved",
        "report.returned",
        "obligation.extended",
        "deadletter.discarded",
    ),
    producers=("reporting intake",),
    consumers=("reporting ingest",),
)
TIP = TopicCard(
    "tip.v1",
    key="tip id",
    types=_types("tip.received", "tip.moved", "deadletter.discarded"),
    producers=("notify intake",),
    consumers=("reporting ingest",),
)
PROGRAMME = TopicCard(
    "programme.v1",
    key="programme",
    types=_types(
        "programme.activated",
        "programme.closed",
        "programme.clock",
        "period.published",
        "period.reopened",
        "baseline.imported",
        "deadletter.discarded",
    ),
    producers=("operations", "reporting intake"),
    consumers=("pledge", "reporting intake", "reporting ingest", "notify intake"),
    partitions=1,
    max_message_bytes=9_437_184,
)
INPUTS: tuple[TopicCard, ...] = (PLEDGE, REPORT, TIP, PROGRAMME)

STATUS = TopicCard(
    "status.v1",
    key="unit/indicator/period",
    types=_types("status.changed"),
    producers=("reporting evaluate",),
    consumers=("notify dispatch",),
    retention_ms=400 * DAYS_MS,
)
OBLIGATION = TopicCard(
    "obligation.v1",
    key="unit",
    types=_types(
        "obligation.opened",
        "obligation.received",
        "obligation.returned",
        "obligation.postponed",
        "obligation.overdue",
    ),
    producers=("reporting evaluate",),
    consumers=("notify dispatch",),
    retention_ms=400 * DAYS_MS,
)


def dead_letter_topic(topic: str) -> str:
    return f"{topic}.dead"


def _dead(card: TopicCard) -> TopicCard:
    return TopicCard(
        dead_letter_topic(card.name),
        key=card.key,
        types=card.types,
        producers=("reporting ingest",),
        consumers=("operators",),
        partitions=1,
        max_message_bytes=card.max_message_bytes + 65_536,
    )


DEAD_LETTERS: tuple[TopicCard, ...] = tuple(_dead(card) for card in INPUTS)
CARDS: dict[str, TopicCard] = {card.name: card for card in (*INPUTS, STATUS, OBLIGATION, *DEAD_LETTERS)}
TOPIC_OF_TYPE: dict[str, str] = {
    name: card.name
    for card in (*INPUTS, STATUS, OBLIGATION)
    for name in card.types
    if name != "vn.binhyen.deadletter.discarded"
}
