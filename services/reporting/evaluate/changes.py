"""From what cells were found to be to what is stored and what is told: only a change is news."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from services.contracts.codec import encode, seal
from services.contracts.events import Ratio, StatusChanged
from services.contracts.programme import Programme, ids, local_date
from services.contracts.records import Record
from services.reporting.domain.inputs import Cell, Value
from services.reporting.domain.status import Status, definition_of
from services.reporting.domain.stepping import Evaluated
from services.reporting.store.pending import NEVER
from services.reporting.store.statuses import Published, Stored, Told

SOURCE: Final = "reporting"
"""The agency that statuses come from."""

Positions = Mapping[str, list[int]]


def stored_after(
    evaluated: Iterable[Evaluated], before: Mapping[Cell, Stored], programme: Programme
) -> dict[Cell, Stored]:
    """The last row of each cell; `changed_at` is the instant at which what is shown last changed."""
    rows: dict[Cell, Stored] = {}
    for entry in evaluated:
        last = rows.get(entry.cell, before.get(entry.cell))
        same = last is not None and last.evaluated_at > NEVER and last.status.says_the_same_as(entry.status)
        rows[entry.cell] = Stored(
            cell=entry.cell,
            status=entry.status,
            definition_hash=definition_of(entry.cell, programme).definition_hash,
            changed_at=last.changed_at if same and last is not None else entry.at,
            evaluated_at=entry.at,
        )
    return rows


@dataclass(frozen=True, slots=True)
class Change:
    """News of a cell: what it was told to be before (None: never told) and what it is now."""

    told: Told
    before: Status | None


def changes(evaluated: Iterable[Evaluated], published: Mapping[Cell, Published]) -> list[Change]:
    """Every change in the order of time, numbered without gaps. A cell that begins as not due is no news."""
    last = dict(published)
    found: list[Change] = []
    for entry in evaluated:
        known = last.get(entry.cell)
        if _is_news(known, entry.status):
            sequence = known.sequence + 1 if known is not None else 1
            shown = replace(entry.status, valid_until=None)
            last[entry.cell] = Published(sequence, shown)
            told = Told(entry.cell, last[entry.cell], entry.at)
            found.append(Change(told, known.status if known is not None else None))
    return found


def _is_news(known: Published | None, status: Status) -> bool:
    if known is None:
        return status.status != "not_due"
    return not known.status.says_the_same_as(status)


def last_told(news: Iterable[Change]) -> list[Told]:
    """What stands after all changes: one entry for each cell, in the order of cells."""
    return [told for _, told in sorted({change.told.cell: change.told for change in news}.items())]


def record_of(change: Change, programme: Programme, positions: Positions) -> Record:
    """The event of a change. Its id follows from cell and sequence, its time is the instant of the change."""
    (unit, indicator, period), published, at = change.told
    status = published.status
    event = seal(
        StatusChanged(
            programme=programme.id,
            unit=unit,
            occurred_on=local_date(at),
            sequence=published.sequence,
            indicator=indicator,
            period=period,
            before=change.before.status if change.before is not None else None,
            after=status.status,
            value=_ratio(status.value),
            worst=_ratio(status.worst),
            best=_ratio(status.best),
            flags=list(status.flags),
            definition_hash=definition_of(change.told.cell, programme).definition_hash,
            positions={topic: list(offsets) for topic, offsets in positions.items()},
        ),
        event_id=ids.status_event_id(programme.id, unit, indicator, period, published.sequence),
        source=SOURCE,
        accepted_at=at,
        programme_version=programme.version,
        actor=None,
    )
    return encode(event, key=f"{unit}/{indicator}/{period}")


def _ratio(value: Value | None) -> Ratio | None:
    return None if value is None else Ratio(num=value.num, den=value.den)
