"""Refusals: every error of the API is problem+json (RFC 9457) in Vietnamese and English."""

from collections.abc import Sequence

from services.contracts.errors import Fault


class ProblemError(Exception):
    """Answer with this. `code` is a key of `contracts.errors.FAULT_TEXTS`; `faults` name every field at fault."""

    def __init__(self, status: int, code: str, faults: Sequence[Fault] = (), retry_after_s: int | None = None) -> None:
        super().__init__(f"{status} {code}")
        self.status = status
        self.code = code
        self.faults = tuple(faults)
        self.retry_after_s = retry_after_s
