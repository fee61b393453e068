"""The counts of signers computed anew from sheets, withdrawals and copies alone: what the running counts must equal."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date
from itertools import groupby
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, Row, text

from services.kit.clock import local_day
from services.reporting.domain.signers import (
    Copy,
    History,
    Signature,
    Standing,
    Withdrawal,
    contributions,
    standing,
)

_ROWS_AT_A_TIME: Final = 10_000
_SAID: Final = """
    select s.programme, s.kind, substr(s.tokens, 16 * i + 1, 16) as token, s.event_id, s.body_hash, s.unit, s.group_id,
        date '2018-01-01'
        + (get_byte(s.days, 3 * i) * 256 + get_byte(s.days, 3 * i + 1)) * 256 + get_byte(s.days, 3 * i + 2) as day
    from sheet s cross join lateral generate_series(0, length(s.tokens) / 16 - 1) as i
    union all
    select programme, kind, token, event_id, body_hash, null, null, on_day from withdrawal
    order by programme, kind, token
"""
_COPIES: Final = """
    select event_id, accepted_at, body_hash, recorded_at from copies
    where event_id in (select event_id from sheet union select event_id from withdrawal) order by event_id
"""
_COUNTS: Final = "select programme, kind, unit, group_id, day, recorded_day, n from signer_count where n <> 0"


class Place(NamedTuple):
    programme: str
    kind: str
    unit: str
    group: str
    day: date
    recorded_day: date


def recount(connection: Connection) -> Counter[Place]:
    """The counts as they must be, without places that come to nothing. Memory grows with events, not with tokens."""
    standings = _standings(connection)
    counts: Counter[Place] = Counter()
    for (programme, kind, _), said in groupby(_stream(connection, _SAID), lambda row: tuple(row[:3])):
        for entry, n in contributions(_history(said), standings).items():
            counts[Place(programme, kind, *entry)] += n
    return Counter({place: n for place, n in counts.items() if n})


def running(connection: Connection) -> Counter[Place]:
    """The counts as they stand."""
    return Counter({Place(*row[:6]): row.n for row in connection.execute(text(_COUNTS))})


def differences(connection: Connection) -> dict[Place, tuple[int, int]]:
    """Where the running counts are not the recount: (running, recounted). Empty, always."""
    stand, must = running(connection), recount(connection)
    return {
        place: (stand[place], must[place])
        for place in sorted(stand.keys() | must.keys())
        if stand[place] != must[place]
    }


def _standings(connection: Connection) -> dict[UUID, Standing]:
    rows = groupby(_stream(connection, _COPIES), lambda row: row.event_id)
    return {
        event_id: standing(Copy(row.accepted_at, row.body_hash, local_day(row.recorded_at)) for row in copies)
        for event_id, copies in rows
    }


def _history(said: Iterator[Row[Any]]) -> History:
    found: dict[bool, list[Row[Any]]] = defaultdict(list)
    for row in said:
        found[row.unit is None].append(row)
    return History(
        [Signature(row.day, row.event_id, row.body_hash, row.unit, row.group_id) for row in found[False]],
        [Withdrawal(row.day, row.event_id, row.body_hash) for row in found[True]],
    )


def _stream(connection: Connection, statement: str) -> Iterator[Row[Any]]:
    options = {"stream_results": True, "yield_per": _ROWS_AT_A_TIME}
    return iter(connection.execute(text(statement), execution_options=options))
