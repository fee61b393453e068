"""What statuses are called wherever a person reads them, Vietnamese first."""

from collections.abc import Mapping
from typing import Final

from services.contracts.errors import Text

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
