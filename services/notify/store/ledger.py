"""Reading the ledger: newest first, a page at a time."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, text

from services.notify.domain.notices import Recipient


class Wanted(NamedTuple):
    """None fits everything. `to`: the lines of this recipient, and those that hold for everybody."""

    programme: str | None = None
    about: tuple[str, ...] | None = None
    kind: str | None = None
    verdict: str | None = None
    cause: UUID | None = None
    to: Recipient | None = None


class Line(NamedTuple):
    id: UUID
    cause: UUID
    kind: str
    programme: str
    about: str
    rung: int
    unit: str
    role: str
    holder: str
    verdict: str
    rule: str
    at: datetime
    state: str | None


_FILTERS: Mapping[str, str] = {
    "programme": "l.programme = :programme",
    "about": "l.about = any(:about)",
    "kind": "l.kind = :kind",
    "verdict": "l.verdict = :verdict",
    "cause": "l.cause = :cause",
}


def lines(connection: Connection, wanted: Wanted, after: tuple[datetime, UUID] | None, limit: int) -> list[Line]:
    given: dict[str, Any] = {
        name: list(value) if name == "about" else value
        for name, value in wanted._asdict().items()
        if name in _FILTERS and value is not None
    }
    conditions = [_FILTERS[name] for name in given]
    if wanted.to is not None:
        conditions.append("(l.unit, l.role) in ((:to_unit, :to_role), ('', ''), ('', :to_role))")
        given |= {"to_unit": wanted.to.unit, "to_role": wanted.to.role}
    if after is not None:
        conditions.append("(l.at, l.id) < (:after_at, :after_id)")
        given |= {"after_at": after[0], "after_id": after[1]}
    where = " and ".join(conditions) or "true"
    columns = ", ".join(f"l.{name}" for name in Line._fields if name != "state")
    statement = text(
        f"select {columns}, m.state from notify.ledger l left join notify.matter m on m.cause = l.cause"  # noqa: S608 - names of ours
        f" where {where} order by l.at desc, l.id desc limit :limit"
    )
    return [Line(*row) for row in connection.execute(statement, {**given, "limit": limit})]
