"""The running counts of signers: moved, for the tokens a batch touches, by what they contribute after less before.

All touched tokens are locked first, in key order, by one statement; only later statements read their history. A token
that is new, on one sheet, under an event with one body is counted in SQL; every other one by `domain.signers`.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, text

from services.contracts.events import PledgeSigned, PledgeWithdrawn
from services.contracts.records import Position
from services.reporting.domain.signers import (
    Entry,
    History,
    Signature,
    Withdrawal,
    contributions,
    standing,
)
from services.reporting.store.batch import Read
from services.reporting.store.events import Remembered, standings_of
from services.reporting.store.sheets import Sheet, insert_sheets, insert_withdrawals
from services.reporting.store.signers_sql import (
    ADD_COUNTS,
    ADD_SIGNATURES,
    COUNT_PLAIN,
    FIND_TOUCHED_BEFORE,
    HISTORY,
    INCOMING_SHEETS,
    INCOMING_WITHDRAWALS,
    LOCK_TOKENS,
    MARK_UNITS,
    MOVE,
    TEMPORARY,
    TOUCH_MOVED,
)

Step = Callable[[str], None]
_PLEDGES: Final = (PledgeSigned, PledgeWithdrawn)


class Token(NamedTuple):
    programme: str
    kind: str
    token: bytes


def count_signers(connection: Connection, remembered: Remembered, bodies: Sequence[Read], step: Step) -> None:
    """Keeps the sheets and withdrawals among the new bodies and moves the counts; adds marks for units that moved."""
    pledges = [read for read in bodies if isinstance(read.event.data, _PLEDGES)]
    moved = remembered.moved()
    if not pledges and not moved:
        return
    for statement in TEMPORARY:
        connection.execute(text(statement))
    plain = _gather(connection, remembered, pledges, moved)
    step("gathered")
    fresh = connection.execute(text(LOCK_TOKENS)).rowcount
    step("locked")
    if fresh != plain:
        connection.execute(text(FIND_TOUCHED_BEFORE))
        connection.execute(text(ADD_SIGNATURES))
        _move_touched_before(connection, {read.position for read in remembered.reads})
    connection.execute(text(COUNT_PLAIN))
    step("history")
    connection.execute(text(ADD_COUNTS))
    connection.execute(text(MARK_UNITS))


def _gather(
    connection: Connection, remembered: Remembered, pledges: Sequence[Read], moved: Sequence[UUID]
) -> int | None:
    """One row in `incoming` for every signature of a new body, and for every token to be looked at again.

    How many they are when all are signatures of plain sheets: if as many tokens are new, each stands there once and
    none was ever touched before.
    """
    sheets = [
        Sheet(read, read.event.data, *remembered.stood(read))
        for read in pledges
        if isinstance(read.event.data, PledgeSigned)
    ]
    insert_sheets(connection, sheets)
    insert_withdrawals(connection, pledges)
    signatures = connection.execute(text(INCOMING_SHEETS)).rowcount if sheets else 0
    withdrawn = [read.event.id for read in pledges if isinstance(read.event.data, PledgeWithdrawn)]
    if withdrawn:
        connection.execute(text(INCOMING_WITHDRAWALS), {"ids": withdrawn})
    if moved:
        connection.execute(text(TOUCH_MOVED), {"ids": list(moved)})
        connection.execute(text(INCOMING_WITHDRAWALS), {"ids": list(moved)})
    return None if withdrawn or moved or not all(one.plain for one in sheets) else signatures


def _move_touched_before(connection: Connection, batch: set[Position]) -> None:
    histories = _histories(connection)
    if not histories:
        return
    copies = standings_of(connection, {id_ for history in histories.values() for id_ in history.event_ids()})
    after = {id_: standing(copy for copy, _ in kept) for id_, kept in copies.items()}
    before = {id_: standing(copy for copy, place in kept if place not in batch) for id_, kept in copies.items()}
    moved: Counter[tuple[str, str, Entry]] = Counter()
    for token, history in histories.items():
        for entry, n in contributions(history, after).items():
            moved[token.programme, token.kind, entry] += n
        for entry, n in contributions(history, before).items():
            moved[token.programme, token.kind, entry] -= n
    _move(connection, moved)


def _histories(connection: Connection) -> dict[Token, History]:
    signatures: dict[Token, list[Signature]] = defaultdict(list)
    withdrawals: dict[Token, list[Withdrawal]] = defaultdict(list)
    for row in connection.execute(text(HISTORY)):
        token = Token(row.programme, row.kind, row.token)
        if row.unit is None:
            withdrawals[token].append(Withdrawal(row.day, row.event_id, row.body_hash))
        else:
            signed = Signature(row.day, row.event_id, row.body_hash, row.unit, row.group_id)
            signatures[token].append(signed)
    tokens = signatures.keys() | withdrawals.keys()
    return {token: History(signatures[token], withdrawals[token]) for token in tokens}


def _move(connection: Connection, moved: Mapping[tuple[str, str, Entry], int]) -> None:
    rows = [(programme, kind, *entry, n) for (programme, kind, entry), n in moved.items() if n]
    if not rows:
        return
    names = ("programme", "kind", "unit", "group_id", "day", "recorded_day", "n")
    columns: Iterable[list[object]] = map(list, zip(*rows, strict=True))
    connection.execute(text(MOVE), dict(zip(names, columns, strict=True)))
