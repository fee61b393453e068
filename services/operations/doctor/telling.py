"""Findings as text, as JSON and as an exit code."""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from services.contracts.errors import Text
from services.kit.runtime import TEMPORARY
from services.operations.doctor.findings import Finding, Seen

CHECKS: Final = {
    "settings": "cài đặt",
    "topics": "chủ đề",
    "identities": "danh tính nhật ký",
    "clocks": "giờ máy",
    "keys": "khoá",
    "programmes": "chương trình",
    "migrations": "bảng dữ liệu",
}
_AWAY: Final = {
    "log": "Kafka",
    "database": "cơ sở dữ liệu / database",
    "notify database": "cơ sở dữ liệu của notify / notify's databases",
}
_SEVERITY: Final = {"fault": Text("lỗi", "fault"), "warning": Text("cảnh báo", "warning")}


def exit_code(seen: Iterable[Seen]) -> int:
    """75 when something was not reached: what was found is then not all. 1 with findings, else 0."""
    states = {one.state for one in seen}
    if "unreached" in states:
        return TEMPORARY
    return 0 if states == {"fine"} else 1


def as_json(seen: Sequence[Seen]) -> str:
    told = {
        "ok": exit_code(seen) == 0,
        "unreached": sorted(_unreached(seen)),
        "checks": [_check(check, _of(check, seen)) for check in CHECKS],
    }
    return json.dumps(told, ensure_ascii=False, indent=2)


def as_text(seen: Sequence[Seen]) -> str:
    """A line a check; below it its findings, in Vietnamese and in English."""
    return "\n".join(line for check in CHECKS for line in _lines(check, _of(check, seen)))


def _of(check: str, seen: Iterable[Seen]) -> list[Seen]:
    return [one for one in seen if one.check == check]


def _findings(seen: Iterable[Seen]) -> list[Finding]:
    return [finding for one in seen for finding in one.findings]


def _unreached(seen: Iterable[Seen]) -> set[str]:
    return {one.away for one in seen if one.state == "unreached"}


def _check(check: str, seen: Sequence[Seen]) -> dict[str, Any]:
    return {
        "check": check,
        "fine": all(one.state == "fine" for one in seen),
        "unreached": sorted(_unreached(seen)),
        "waits": any(one.state == "waits" for one in seen),
        "findings": [
            {"severity": one.severity, "what": one.what._asdict(), "advice": one.advice._asdict()}
            for one in _findings(seen)
        ],
    }


def _lines(check: str, seen: Sequence[Seen]) -> Iterator[str]:
    findings = _findings(seen)
    states = {one.state for one in seen}
    parts = [f"{len(findings)} phát hiện / findings"] if findings else []
    parts += [f"không gặp được / not reached: {_AWAY.get(name, name)}" for name in sorted(_unreached(seen))]
    if "waits" in states:
        parts.append("chờ sửa phát hiện khác / waits for other findings to be mended")
    yield f"{CHECKS[check]} / {check}: {'; '.join(parts) or 'ổn / fine'}"
    for finding in findings:
        for severity, what, advice in zip(_SEVERITY[finding.severity], finding.what, finding.advice, strict=True):
            yield f"  [{severity}] {what}"
            yield f"      → {advice}"
