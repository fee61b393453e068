"""What a status, a flag and a value are called, Vietnamese first."""

from collections.abc import Mapping
from typing import Final

from services.contracts.errors import Text
from services.contracts.events import Ratio
from services.contracts.programme import Indicator
from services.contracts.readings.statuses import CellStatus
from services.contracts.words import STATUS_WORDS

__all__ = [
    "CONTRIBUTIONS",
    "FLAG_WORDS",
    "NO_TARGET",
    "OBLIGATION_WORDS",
    "OWNERS",
    "PERIOD_KINDS",
    "REASON_WORDS",
    "STATUS_WORDS",
    "bounds_text",
    "share_text",
    "target_text",
    "value_text",
]

FLAG_WORDS: Final[Mapping[str, Text]] = {
    "provisional": Text("tạm tính", "provisional"),
    "restated": Text("đã điều chỉnh", "restated"),
    "quality": Text("cần kiểm tra số liệu", "quality"),
    "blocked": Text("có tin lỗi đang chờ", "blocked"),
    "withheld": Text("không công bố vì quá ít người", "withheld: too few people"),
    "stub": Text("kỳ bị chia", "divided period"),
}
OBLIGATION_WORDS: Final[Mapping[str, Text]] = {
    "not_due": Text("chưa đến hạn", "not due"),
    "due": Text("đến hạn", "due"),
    "received": Text("đã nộp đúng hạn", "received in time"),
    "late": Text("nộp trễ", "received late"),
    "overdue": Text("quá hạn", "overdue"),
    "returned": Text("bị trả lại", "returned"),
    "approved": Text("đã duyệt", "approved"),
}
CONTRIBUTIONS: Final[Mapping[str, Text]] = {
    "nothing": Text("chưa nộp gì", "nothing delivered"),
    "behind": Text("còn thiếu", "not all delivered"),
    "complete": Text("đã nộp đủ", "all delivered"),
    "not_due": Text("chưa đến kỳ nộp", "nothing owed yet"),
    "owes_none": Text("không phải nộp báo cáo của kỳ này", "owes no report of this period"),
}
PERIOD_KINDS: Final[Mapping[str, Text]] = {
    "month": Text("Tháng", "month"),
    "quarter": Text("Quý", "quarter"),
    "half": Text("Nửa năm", "half-year"),
    "year": Text("Năm", "year"),
}
OWNERS: Final[Mapping[str, Text]] = {
    "people_committee": Text("Ủy ban nhân dân", "People's Committee"),
    "police": Text("Công an", "police"),
    "front": Text("Mặt trận Tổ quốc", "Fatherland Front"),
    "department": Text("Phòng, ban, ngành", "department"),
    "school": Text("Trường học", "school"),
    "steering_committee": Text("Ban chỉ đạo", "steering committee"),
    "operator": Text("Đơn vị vận hành", "operator"),
}
NO_TARGET: Final = Text("Không giao chỉ tiêu", "no target")
"""What stands in place of a status where there is nothing to reach."""
REASON_WORDS: Final[Mapping[str, Text]] = {
    "provisional": Text("tiêu chí tạm tính, chưa dùng để kết luận", "a provisional criterion, never decisive"),
    "not_evaluated": Text("chưa đánh giá", "not evaluated yet"),
    "stale": Text("đang tính lại", "being evaluated anew"),
    "not_due": Text("chưa đến hạn", "not due"),
    "no_data": Text("chưa có số liệu", "no data"),
    "open": Text("kỳ chưa kết thúc", "the period is still open"),
    "bounds": Text("số liệu còn thiếu có thể đổi kết quả", "what is missing can still change it"),
}
SHARES: Final = frozenset({"flag", "coverage", "ratio", "tips_in_time", "tips_resolved", "reports_on_time"})
"""Kinds of indicators whose value is a share: shown in per cent beside the exact numbers."""
_TENTHS: Final = 1_000


def value_text(value: Ratio, kind: str) -> str:
    """The exact number; a share also in per cent, rounded down so that 99,95 % never reads as 100 %."""
    if kind not in SHARES:
        return _number(value.num) if value.den == 1 else f"{_number(value.num)}/{_number(value.den)}"
    return share_text(value.num, value.den)


def share_text(num: int, den: int) -> str:
    """A share in per cent, rounded down, and its parts."""
    whole, rest = divmod(num * _TENTHS // den, 10)
    return f"{_number(whole)},{rest} % ({_number(num)}/{_number(den)})"


def target_text(indicator: Indicator) -> str:
    """The target in signs that both languages read: ≥ 90,0 % (9/10), ≤ 0."""
    target = indicator.target
    if target.op == "none":
        return f"{NO_TARGET.vi} / {NO_TARGET.en}"
    sign = "≥" if target.op == "at_least" else "≤"
    return f"{sign} {value_text(Ratio(num=target.num, den=target.den), indicator.kind)}"


def bounds_text(cell: CellStatus, kind: str) -> str:
    """Where the value still can end, from worst to best; empty when nothing is missing."""
    if cell.worst is None and cell.best is None:
        return ""
    worst, best = (value_text(bound, kind) if bound else "∞" for bound in (cell.worst, cell.best))
    return f"{worst} … {best}"


def _number(number: int) -> str:
    return f"{number:,}".replace(",", ".")
