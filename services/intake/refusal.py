"""A request that cannot become an event."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import NoReturn

from services.contracts.errors import NOTHING, Fault, Text, fault


class Refused(Exception):
    """Answered with `status` (422, or 403 where the caller may not) and every fault. Carries no value of the sender."""

    def __init__(self, faults: Iterable[Fault], status: int = HTTPStatus.UNPROCESSABLE_ENTITY) -> None:
        self.faults = tuple(dict.fromkeys(faults))
        self.status = int(status)
        super().__init__(", ".join(f"{found.code} at {found.field or '-'}" for found in self.faults))


def refuse(field: str, code: str, detail: Text = NOTHING) -> NoReturn:
    raise Refused([fault(field, code, detail)])


def forbid(field: str, code: str = "forbidden") -> NoReturn:
    raise Refused([fault(field, code)], HTTPStatus.FORBIDDEN)


def gathered(refusals: Iterable[tuple[str, Refused]]) -> Refused:
    """One refusal of many, each fault below its path; forbidden (403 < 422) when any of them is."""
    listed = list(refusals)
    faults = [found._replace(field=_below(path, found.field)) for path, one in listed for found in one.faults]
    return Refused(faults, min(one.status for _, one in listed))


def _below(path: str, field: str) -> str:
    return f"{path}.{field}" if field else path
