"""Agencies that post, the register of organisations that sign, and the groups that units are made of."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from services.contracts.errors import Text


@dataclass(frozen=True, slots=True)
class Agency:
    """`unit` is the id of the unit whose subtree the agency may speak for.

    `head` is who answers for what it owes, by office and never by name; None where the programme names no office.
    """

    id: str
    name: Text
    kind: str
    unit: str
    head: Text | None = None


@dataclass(frozen=True, slots=True)
class TipRecipient:
    """On the days from `valid_from` to `valid_to` (None: still) the police of `agency` open the tips of `unit`."""

    unit: str
    agency: str
    valid_from: date
    valid_to: date | None
    provisional: bool
    source: str

    def valid_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True)
class Organisation:
    """A body in the programme's register, which needs no token to sign: its id is public."""

    id: str
    unit: str
    name: str
    kind: Literal["organisation", "business"]


@dataclass(frozen=True, slots=True)
class Group:
    """A tổ dân phố or thôn. Names repeat, so the id is its own."""

    id: str
    unit: str
    name: str
    provisional: bool
    source: str
