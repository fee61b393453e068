"""Identities: whether the log that answers is the one that the settings name and the one that was read."""

from collections.abc import Iterator, Sequence
from typing import Final

from services.contracts.errors import Text
from services.contracts.topics import CARDS
from services.kit.eventlog.port import Admin, LogIdentity
from services.operations.doctor.findings import Finding
from services.reporting.store.checkup import Origin

_NAME_IT: Final = Text(
    "Chạy `python -m services.operations topics apply --env-file TỆP` và đưa LOG_CLUSTER_ID, LOG_TOPIC_IDS "
    "cho mọi tiến trình.",
    "Run `python -m services.operations topics apply --env-file FILE` and give LOG_CLUSTER_ID and LOG_TOPIC_IDS "
    "to every process.",
)
_RIGHT_LOG: Final = Text(
    "Đừng khởi động tiến trình nào. Chỉ KAFKA_BOOTSTRAP_SERVERS về đúng cụm; nếu cụm hay chủ đề thật sự đã mất, "
    "theo docs/runbook.md, mục Lose the broker.",
    "Start nothing. Point KAFKA_BOOTSTRAP_SERVERS at the right cluster; if the cluster or topic is truly lost, follow "
    "docs/runbook.md, Lose the broker.",
)
_LOST: Final = Text(
    "Bản ghi chưa đọc đã mất khỏi nhật ký. Theo docs/runbook.md, mục Lose the broker: lấy lại từ bản sao lưu hoặc "
    "từ nơi gửi.",
    "Records that nobody has read are gone from the log. Follow docs/runbook.md, Lose the broker: get them back from a "
    "backup or from who sent them.",
)


def of_settings(admin: Admin, known: LogIdentity | None) -> Iterator[Finding]:
    """The log against the settings. Raises Unavailable."""
    found = admin.identity(list(CARDS))
    if known is None:
        what = Text(
            "LOG_CLUSTER_ID chưa được đặt: cụm Kafka nào trả lời trước cũng được coi là đúng",
            "LOG_CLUSTER_ID is not set: whichever cluster answers first is taken for the right one",
        )
        yield Finding("warning", what, _NAME_IT)
    elif known.cluster_id != found.cluster_id:
        yield _another("LOG_CLUSTER_ID", known.cluster_id, found.cluster_id)
    else:
        yield from _topics(known, found)


def of_positions(admin: Admin, origins: Sequence[Origin]) -> Iterator[Finding]:
    """The log against what reporting has read. Raises Unavailable."""
    if not origins:
        return
    topics = sorted({origin.topic for origin in origins})
    found = admin.identity(topics)
    clusters = {origin.cluster_id for origin in origins} - {found.cluster_id}
    yield from (_another("database: position", cluster, found.cluster_id) for cluster in sorted(clusters))
    if clusters:
        return
    known = {origin.topic: origin.topic_id for origin in origins}
    remade = {topic for topic, topic_id in found.topic_ids.items() if topic_id != known[topic]}
    yield from (_remade("database: position", topic, known[topic], found.topic_ids[topic]) for topic in sorted(remade))
    begins, ends = admin.beginning_offsets(topics), admin.end_offsets(topics)
    for origin in origins:
        where = (origin.topic, origin.partition)
        if origin.topic not in remade and where in ends:
            yield from _outside(origin, begins[where], ends[where])


def _topics(known: LogIdentity, found: LogIdentity) -> Iterator[Finding]:
    for topic, topic_id in sorted(found.topic_ids.items()):
        if known.topic_ids.get(topic, topic_id) != topic_id:
            yield _remade("LOG_TOPIC_IDS", topic, known.topic_ids[topic], topic_id)
    if unnamed := sorted(found.topic_ids.keys() - known.topic_ids.keys()):
        names = ", ".join(unnamed)
        what = Text(f"LOG_TOPIC_IDS không có {names}", f"LOG_TOPIC_IDS does not name {names}")
        yield Finding("warning", what, _NAME_IT)


def _outside(origin: Origin, begin: int, end: int) -> Iterator[Finding]:
    where, at = f"{origin.topic}:{origin.partition}", origin.next_offset
    if at > end:
        what = Text(
            f"{where}: đã đọc đến {at}, nhưng nhật ký chỉ có đến {end}: nhật ký đã bị xoá hoặc thay",
            f"{where}: read up to {at}, but the log ends at {end}: it was wiped or replaced",
        )
        yield Finding("fault", what, _RIGHT_LOG)
    if at < begin:
        what = Text(
            f"{where}: mới đọc đến {at}, nhưng nhật ký chỉ còn từ {begin}: {begin - at} bản ghi đã mất",
            f"{where}: read up to {at}, but the log begins at {begin}: {begin - at} records are gone",
        )
        yield Finding("fault", what, _LOST)


def _another(where: str, known: str, found: str) -> Finding:
    what = Text(f"Cụm Kafka là {found}, không phải {known} ({where})", f"The cluster is {found}, not {known} ({where})")
    return Finding("fault", what, _RIGHT_LOG)


def _remade(where: str, topic: str, known: str, found: str) -> Finding:
    what = Text(
        f"Chủ đề {topic} đã bị xoá và tạo lại: mã {found}, không phải {known} ({where})",
        f"The topic {topic} was deleted and made again: its id is {found}, not {known} ({where})",
    )
    return Finding("fault", what, _RIGHT_LOG)
