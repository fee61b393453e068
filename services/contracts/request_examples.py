"""A usual body of each request, for the published documents: posted as they stand they are accepted by the pilot."""

from collections.abc import Mapping
from typing import Any, Final

from services.contracts.requests import (
    AnswerTip,
    ApproveReport,
    AskOfTip,
    ExtendObligation,
    MoveTip,
    PostPledge,
    PostPledgeBatch,
    PostReport,
    PostTip,
    PublishPeriod,
    ReopenPeriod,
    ReturnReport,
    SetClock,
    SweepTips,
    WithdrawPledge,
)

_PROGRAMME: Final = "hong-linh-2024"
_SHEET: Final = {
    "unit": "18115",
    "kind": "household",
    "group": "18115-tdp-01",
    "method": "paper",
    "text_version": "2024.1",
    "occurred_on": "2024-03-02",
    "declared_count": 2,
    "signers": [
        {"identity": {"register_number": "HK-000123"}},
        {"identity": {"address": "Số 1, ngõ 2, đường Nguyễn Du"}, "signed_on": "2024-03-01"},
    ],
}
_REPORT: Final = {"programme": _PROGRAMME, "form": "BC-THANG-UBND", "unit": "18115", "period": "2024-M03"}
_OWED: Final = {**_REPORT, "owner": "ubnd-18115"}
_DECISION: Final = {**_OWED, "revision": 1, "body_hash": "9f86d081884c7d65" * 4}

REQUEST_EXAMPLES: Final[Mapping[type, Any]] = {
    PostPledge: {"programme": _PROGRAMME, **_SHEET},
    PostPledgeBatch: {"programme": _PROGRAMME, "sheets": [{"sheet": "sheet-001", **_SHEET}]},
    WithdrawPledge: {
        "programme": _PROGRAMME,
        "unit": "18115",
        "kind": "household",
        "identity": {"register_number": "HK-000123"},
        "withdrawn_on": "2024-03-02",
        "reason": "moved_away",
    },
    PostReport: {
        **_OWED,
        "values": {"model_deployed": 1, "plan_issued": 1, "propaganda_sessions": 2, "propaganda_attendances": None},
        "rows": {"sessions": [{"kind": "meeting", "topic": "drug_law", "attendances": 120}]},
    },
    ApproveReport: _DECISION,
    ReturnReport: {**_DECISION, "reason": "wrong_sum"},
    PublishPeriod: {
        "programme": _PROGRAMME,
        "unit": "437",
        "units": [
            {
                "unit": "18115@2018-01-01",
                "values": [{"indicator": "CT11", "status": "met", "value": {"num": 2}, "flags": ["provisional"]}],
            }
        ],
        "digest": "f485e326cb09dbe200772021e1080672b8b66cd162246fe48ca70bfb545d1075",
        "positions": {"report.v1": [12, 0, 4]},
    },
    ReopenPeriod: {"programme": _PROGRAMME, "unit": "437", "reason": "wrong_sum"},
    ExtendObligation: {**_OWED, "until": "2024-03-22", "reason": "storm"},
    PostTip: {
        "programme": _PROGRAMME,
        "unit": "18115",
        "category": "use",
        "text": "Tối thứ Bảy có người tụ tập ở nhà hoang cuối ngõ.",
        "place": "Cuối ngõ 3",
    },
    MoveTip: {"programme": _PROGRAMME, "unit": "18115", "step": "handed_over", "moved_on": "2024-03-02"},
    AskOfTip: {"words": "huyen che tet ghi lui phot mon chang thuu gu"},
    AnswerTip: {"programme": _PROGRAMME, "sealed": "MDEyMzQ1Njc4OWFiY2Rl" * 4},
    SweepTips: {"programme": _PROGRAMME},
    SetClock: {"now": "2024-03-20T10:00:00+07:00"},
}
