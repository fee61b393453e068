"""Topics: the cluster's against their cards."""

from collections.abc import Iterator
from typing import Final

from services.contracts.errors import Text
from services.operations.doctor.findings import Finding
from services.operations.topic_plan import Difference, Repair
from services.operations.topics import TopicAdmin, check

_APPLY: Final = Text(
    "Chạy: python -m services.operations topics apply", "Run: python -m services.operations topics apply"
)
_ADVICE: Final[dict[Repair, Text]] = {
    "create": _APPLY,
    "configs": _APPLY,
    "partitions": _APPLY,
    "by hand": Text(
        "Gán lại bản sao bằng công cụ của Kafka (kafka-reassign-partitions); `topics apply` không làm được việc này.",
        "Reassign replicas with Kafka's own tool (kafka-reassign-partitions); `topics apply` cannot.",
    ),
}


def findings(admin: TopicAdmin) -> Iterator[Finding]:
    """A finding a difference. Raises Unavailable."""
    for difference in check(admin, None, {}).left:
        yield Finding("fault", _what(difference), _ADVICE[difference.repair])


def _what(one: Difference) -> Text:
    if one.repair == "create":
        return Text(f"Chưa có chủ đề {one.topic}", f"There is no topic {one.topic}")
    return Text(
        f"Chủ đề {one.topic}: {one.what} là {one.found}, phải là {one.wanted}",
        f"The topic {one.topic}: {one.what} is {one.found}, and must be {one.wanted}",
    )
