"""Every household of a land on a signed sheet: the records of pledge.v1, ward by ward within a round of sheets."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Final
from uuid import UUID

from bench.nation.folder import agency
from bench.nation.land import SHEET, Land, Ward
from services.contracts.codec import encode, seal
from services.contracts.events import PledgeSigned, Signer
from services.contracts.records import Record

_FIRST_DAY: Final = date(2024, 2, 20)
_DAYS: Final = 200
"""In which a ward goes from group to group. One sheet is signed within three days."""


def number(land: Land) -> int:
    """How many sheets there are."""
    return _each(land) * land.wards


def sheets(land: Land) -> Iterator[Record]:
    """The first sheet of every ward, then the second of every ward, as a campaign goes on everywhere at once."""
    for turn in range(_each(land)):
        signers = min(SHEET, land.households - turn * SHEET)
        for ward in land.listed():
            yield _record(land, ward, turn, signers)


def _each(land: Land) -> int:
    return -(-land.households // SHEET)


def _record(land: Land, ward: Ward, turn: int, signers: int) -> Record:
    chance = Random(f"{land.programme} sheet {ward.code} {turn}")
    begun = _FIRST_DAY + timedelta(days=turn * _DAYS // _each(land))
    ids, tokens = chance.randbytes(16 * signers), chance.randbytes(16 * signers)
    people = [
        Signer(
            pledge_id=UUID(bytes=ids[at : at + 16]),
            token=tokens[at : at + 16],
            basis="register_number",
            signed_on=begun + timedelta(days=at // 16 % 3),
        )
        for at in range(0, 16 * signers, 16)
    ]
    sheet = PledgeSigned(
        programme=land.programme,
        unit=ward.id,
        occurred_on=begun + timedelta(days=2),
        sheet_id=UUID(bytes=chance.randbytes(16)),
        kind="household",
        group=ward.group(turn),
        method="paper",
        text_version="2024.1",
        declared_count=signers,
        key_id=f"{land.programme}-1",
        signers=people,
    )
    source = agency("people_committee", ward)
    accepted_at = datetime.combine(begun + timedelta(days=3), time(2), UTC)
    event_id = UUID(bytes=chance.randbytes(16))
    sealed = seal(
        sheet, event_id=event_id, source=source, accepted_at=accepted_at, programme_version=1, actor=f"{source}-officer"
    )
    return encode(sealed)
