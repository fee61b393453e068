"""What statuses, outcomes, dead letters and changes of units are called wherever a person reads them."""

from collections.abc import Mapping
from typing import Final

from services.contracts.errors import FAULT_TEXTS, Reason, Text

CHANGE_WORDS: Final[Mapping[str, Text]] = {
    "unchanged": Text("giữ nguyên", "unchanged"),
    "rename": Text("đổi tên", "renamed"),
    "merge": Text("sáp nhập", "merged"),
    "split": Text("chia tách", "divided"),
    "part": Text("nhập một phần", "a part of it joined"),
}
"""What became of a unit."""
STATUS_WORDS: Final[Mapping[str, Text]] = {
    "met": Text("Đạt", "met"),
    "not_met": Text("Chưa đạt", "not met"),
    "on_track": Text("Đúng tiến độ", "on track"),
    "at_risk": Text("Có nguy cơ", "at risk"),
    "lost": Text("Không còn đạt được", "lost"),
    "no_data": Text("Chưa có số liệu", "no data"),
    "overdue": Text("Quá hạn báo cáo", "overdue"),
    "not_due": Text("Chưa đến hạn", "not due"),
}
OUTCOME_WORDS: Final[Mapping[str, Text]] = {
    "applied": Text("được tính", "applied"),
    "duplicate": Text("trùng", "duplicate"),
    "superseded": Text("đã được thay", "superseded"),
    "conflict": Text("mâu thuẫn", "conflict"),
    "rejected": Text("bị từ chối", "rejected"),
    "corrupt": Text("hỏng", "corrupt"),
}
LETTER_WORDS: Final[Mapping[str, Text]] = {
    "waiting": Text("đang chờ xử lý", "waiting"),
    "redriven": Text("đã gửi lại", "redriven"),
    "discarded": Text("đã bỏ", "discarded"),
}
_REASON_WORDS: Final[Mapping[str, Text]] = {
    **{reason.value: FAULT_TEXTS[reason.value] for reason in Reason},
    "corrupt": Text("Bản ghi hỏng, không đọc được.", "The record is damaged and cannot be read."),
}


def reason_text(reason: str) -> Text:
    """Why a record was refused; the code itself for a reason of a later release."""
    return _REASON_WORDS.get(reason, Text(reason, reason))
