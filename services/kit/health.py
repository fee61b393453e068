"""What a process says about itself: named checks for `live` and for `ready`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple


class Check(NamedTuple):
    ok: bool
    detail: str = ""


Checks = Mapping[str, Callable[[], Check]]


@dataclass(frozen=True)
class Health:
    """`live` false: restart me. `ready` false: send me nothing for now."""

    live: Checks = field(default_factory=dict)
    ready: Checks = field(default_factory=dict)


def report(checks: Checks) -> tuple[bool, dict[str, Any]]:
    """Whether all checks hold, and the JSON body {status, checks: {name: {ok, detail}}}."""
    found = {name: check() for name, check in checks.items()}
    ok = all(check.ok for check in found.values())
    body = {name: {"ok": check.ok, "detail": check.detail} for name, check in found.items()}
    return ok, {"status": "ok" if ok else "failing", "checks": body}
