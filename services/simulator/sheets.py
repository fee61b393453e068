"""Pledge sheets as agencies have them in hand, and the requests that post them."""

import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from services.simulator.actions import SIGNED, WITHDRAWN, Action
from services.simulator.town import HOUSEHOLD, Household, Town, Ward

SHEETS_PER_BATCH: Final = 12
Identity = dict[str, str]
_AS_WRITTEN: Final = frozenset({"school", "birth_date"})
"""Codes and dates, which no hand writes in another way."""


@dataclass(frozen=True)
class Signature:
    """`identity` as it stands on the sheet; `signed_on` is None where it is the day of the sheet."""

    identity: Identity
    signed_on: date | None = None


@dataclass(frozen=True)
class Sheet:
    """`name` is its idempotency key, `at` the instant of posting, `who` the households that signed, if any.

    `parties` and `witness`: bodies with which, and before which, those of the register sign.
    """

    name: str
    ward: Ward
    kind: str
    group: str | None
    method: str
    day: date
    at: datetime
    signatures: tuple[Signature, ...]
    who: tuple[Household, ...] = ()
    parties: tuple[str, ...] = ()
    witness: str | None = None

    def body(self, town: Town) -> dict[str, Any]:
        stated: dict[str, Any] = {
            "unit": self.ward.code,
            "kind": self.kind,
            "method": self.method,
            "text_version": town.text_version,
            "occurred_on": self.day.isoformat(),
            "declared_count": len(self.signatures),
            "signers": [_signer(signature) for signature in self.signatures],
        }
        beside = {"group": self.group, "parties": list(self.parties), "witness": self.witness}
        return stated | {name: value for name, value in beside.items() if value}


def post_sheet(town: Town, sheet: Sheet) -> Action:
    return Action(
        name=sheet.name,
        at=sheet.at,
        event_type=SIGNED,
        path="/v1/pledges",
        body={"programme": town.programme.id, **sheet.body(town)},
        agency=town.agencies["people_committee", sheet.ward.id],
        key=sheet.name,
    )


def post_batch(town: Town, name: str, sheets: list[Sheet]) -> Action:
    """Many sheets of one ward in one request, posted when the last of them is in hand."""
    items = [{"sheet": f"{number:03}", **sheet.body(town)} for number, sheet in enumerate(sheets)]
    return Action(
        name=name,
        at=max(sheet.at for sheet in sheets),
        event_type=SIGNED,
        path="/v1/pledges:batch",
        body={"programme": town.programme.id, "sheets": items},
        agency=town.agencies["people_committee", sheets[0].ward.id],
        key=name,
    )


def post_withdrawal(
    town: Town, ward: Ward, who: Household, day: date, at: datetime, reason: str = "moved_away"
) -> Action:
    name = f"withdrawal:{who.number}:{reason}"
    of_household = {"kind": HOUSEHOLD, "group": who.group, "identity": who.identity}
    return _withdrawal(town, ward, name, of_household, day, at, reason)


def post_withdrawal_of(town: Town, ward: Ward, kind: str, who: Identity, day: date, at: datetime) -> Action:
    """Somebody other than a household; one of a kind and ward withdraws in a year."""
    return _withdrawal(town, ward, f"withdrawal:{kind}:{ward.code}", {"kind": kind, "identity": who}, day, at)


def _withdrawal(
    town: Town, ward: Ward, name: str, who: dict[str, Any], day: date, at: datetime, reason: str = "moved_away"
) -> Action:
    when = {"withdrawn_on": day.isoformat(), "reason": reason}
    return Action(
        name=name,
        at=at,
        event_type=WITHDRAWN,
        path="/v1/pledges:withdraw",
        body={"programme": town.programme.id, "unit": ward.code, **who, **when},
        agency=town.agencies["people_committee", ward.id],
        key=name,
    )


def otherwise_written(identity: Identity) -> Identity:
    """The same identity as another hand and another keyboard would write it."""
    return {
        name: text if name in _AS_WRITTEN else unicodedata.normalize("NFD", text).upper()
        for name, text in identity.items()
    }


def _signer(signature: Signature) -> dict[str, Any]:
    on = {"signed_on": signature.signed_on.isoformat()} if signature.signed_on else {}
    return {"identity": signature.identity, **on}
