"""What a status, a flag and a value are called, Vietnamese first."""

from collections.abc import Mapping
from typing import Final

from services.contracts.errors import Text
from services.contracts.events import Ratio
from services.contracts.readings import CellStatus
from services.contracts.words import STATUS_WORDS

__all__ = ["FLAG_WORDS", "PERIOD_KINDS", "STATUS_WORDS", "bounds_text", "value_text"]

FLAG_WORDS: Final[Mapping[str, Text]] = {
    "provisional": Text("tạm tính", "provisional"),
    "restated": Text("đã điều chỉnh", "restated"),
    "quality": Text("cần kiểm tra số liệu", "quality"),
    "blocked": Text("có tin lỗi đang chờ", "blocked"),
}
PERIOD_KINDS: Final[Mapping[str, Text]] = {
    "month": Text("Tháng", "month"),
    "quarter": Text("Quý", "quarter"),
    "half": Text("Nửa năm", "half-year"),
    "year": Text("Năm", "year"),
}
SHARES: Final = frozenset({"flag", "coverage", "ratio", "tips_in_time", "reports_on_time"})
"""Kinds of indicators whose value is a share: shown in per cent beside the exact numbers."""
_TENTHS: Final = 1_000


def value_text(value: Ratio, kind: str) -> str:
    """The exact number; a share also in per cent, rounded down so that 99,95 % never reads as 100 %."""
    if kind not in SHARES:
        return _number(value.num) if value.den == 1 else f"{_number(value.num)}/{_number(value.den)}"
    tenths = value.num * _TENTHS // value.den
    whole, rest = divmod(tenths, 10)
    return f"{_number(whole)},{rest} % ({_number(value.num)}/{_number(value.den)})"


def bounds_text(cell: CellStatus, kind: str) -> str:
    """Where the value still can end, from worst to best; empty when nothing is missing."""
    if cell.worst is None and cell.best is None:
        return ""
    worst, best = (value_text(bound, kind) if bound else "∞" for bound in (cell.worst, cell.best))
    return f"{worst} … {best}"


def _number(number: int) -> str:
    return f"{number:,}".replace(",", ".")
