"""Who posts: test tokens of the town's agencies, issued here or handed in."""

from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Protocol

import msgspec

from services.contracts.programme import Programme
from services.kit.auth import Caller, issue
from services.kit.clock import Clock
from services.kit.errors import Misconfigured
from services.kit.keys import SigningKey

ROLES = frozenset({"pledge", "report", "decide", "tip", "clock"})
_VALID_FOR = timedelta(days=1)


class Tokens(Protocol):
    def __call__(self, agency: str) -> str:
        """The bearer token of an agency."""
        ...


def issued(key: SigningKey, programme: Programme, clock: Clock) -> Tokens:
    """Tokens good for sandboxes only, each for its agency's own unit and below."""

    @cache
    def token(agency: str) -> str:
        unit = programme.agencies[agency].unit
        caller = Caller(agency, f"{agency}-officer", unit, ROLES, sandbox=True, programme=programme.id)
        return issue(key, caller, clock.now(), _VALID_FOR)

    return token


def handed_in(path: Path) -> Tokens:
    """From a JSON file {agency: token}. Raises Misconfigured."""
    try:
        found: Mapping[str, str] = msgspec.json.decode(path.read_bytes(), type=dict[str, str])
    except (OSError, msgspec.DecodeError) as error:
        raise Misconfigured([f"{path}: no tokens can be read ({type(error).__name__})"]) from error

    def token(agency: str) -> str:
        if agency not in found:
            raise Misconfigured([f"{path}: no token for {agency}"])
        return found[agency]

    return token
