"""Who calls: bearer tokens (JWT, Ed25519) checked against a key set."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Caller:
    """`unit`: code or full id of the root of the subtree in which the caller may act. `sandbox`: a test token."""

    agency: str
    actor: str
    unit: str
    roles: frozenset[str]
    sandbox: bool = False
    programme: str | None = None
