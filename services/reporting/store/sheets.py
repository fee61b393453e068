"""Signed sheets and withdrawals: one row a body, a sheet's signers packed."""

from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from itertools import chain
from typing import Final, NamedTuple

from sqlalchemy import Connection

from services.contracts.events import PledgeSigned, PledgeWithdrawn
from services.contracts.fields import FIRST_DAY
from services.reporting.store.batch import Read
from services.reporting.store.bulk import Row, copy_rows, insert_rows
from services.reporting.store.schema import sheet, withdrawal

TOKEN_BYTES: Final = 16
DAY_BYTES: Final = 3
_SHEET: Final = (
    "event_id",
    "body_hash",
    "programme",
    "unit",
    "kind",
    "group_id",
    "tokens",
    "days",
    "declared_count",
    "method",
    "text_version",
    "weak",
)
_BESIDE: Final = (("recorded_day", "date"), ("plain", "bool"))
_WITHDRAWAL: Final = ("event_id", "body_hash", "programme", "unit", "kind", "token", "on_day", "reason")


class Sheet(NamedTuple):
    """A sheet that was not known. `plain`: no other body stands or ever stood under its event, so SQL may count it."""

    read: Read
    data: PledgeSigned
    recorded_day: date
    plain: bool


def insert_sheets(connection: Connection, sheets: Iterable[Sheet]) -> None:
    """They stand in staged_sheet as well, with `recorded_day` and `plain`."""
    rows = [(*_sheet(one.read, one.data), one.recorded_day, one.plain) for one in sheets]
    copy_rows(connection, sheet, _SHEET, rows, _BESIDE)


def insert_withdrawals(connection: Connection, bodies: Iterable[Read]) -> None:
    rows = [_withdrawal(read, read.event.data) for read in bodies if isinstance(read.event.data, PledgeWithdrawn)]
    insert_rows(connection, withdrawal, _WITHDRAWAL, rows)


def pack_days(days: Iterable[date]) -> bytes:
    return b"".join(map(_packed, days))


@lru_cache(maxsize=4_096)
def _packed(day: date) -> bytes:
    return (day.toordinal() - FIRST_DAY.toordinal()).to_bytes(DAY_BYTES)


def earliest(data: PledgeSigned) -> dict[bytes, date]:
    """Each token of a sheet once, with the earliest day it signed there."""
    days: dict[bytes, date] = {}
    for signer in data.signers:
        known = days.get(signer.token)
        if known is None or signer.signed_on < known:
            days[signer.token] = signer.signed_on
    return days


def _sheet(read: Read, data: PledgeSigned) -> Row:
    days = earliest(data)
    weak = sum(signer.basis == "address" for signer in data.signers)
    return (
        *_body(read),
        data.kind,
        data.group or "",
        b"".join(chain(days)),
        pack_days(days.values()),
        data.declared_count,
        data.method,
        data.text_version,
        weak,
    )


def _withdrawal(read: Read, data: PledgeWithdrawn) -> Row:
    return (*_body(read), data.kind, data.token, data.occurred_on, data.reason)


def _body(read: Read) -> Row:
    said = read.event
    return (said.id, said.body_hash, said.data.programme, said.data.unit)
