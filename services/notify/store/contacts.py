"""The register of addresses and the silences: kept by operators' commands, and nowhere else."""

from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, text


class Registered(NamedTuple):
    """One address of one holder of a role. `bounced_on`: not used since then; `bounce`: the code it refused by."""

    id: UUID
    programme: str
    unit: str
    role: str
    holder: str
    channel: str
    address: str
    language: str
    position: int
    valid_from: date
    valid_to: date | None = None
    bounced_on: date | None = None
    bounce: str = ""


class Silenced(NamedTuple):
    id: UUID
    programme: str
    kind: str | None
    unit: str | None
    role: str | None
    owner: str
    reason: str
    starts_at: datetime
    ends_at: datetime


def add(connection: Connection, one: Registered) -> None:
    _insert(connection, "contact", one)


def end(connection: Connection, its_id: UUID, last_day: date) -> bool:
    """False when there is no such address."""
    statement = text("update notify.contact set valid_to = :day where id = :id")
    return connection.execute(statement, {"id": its_id, "day": last_day}).rowcount == 1


def restore(connection: Connection, its_id: UUID) -> bool:
    """An address that bounced is used again."""
    statement = text("update notify.contact set bounced_on = null, bounce = '' where id = :id")
    return connection.execute(statement, {"id": its_id}).rowcount == 1


def registered(connection: Connection, programme: str) -> list[Registered]:
    columns = ", ".join(Registered._fields)
    statement = text(
        f"select {columns} from notify.contact where programme = :programme"  # noqa: S608 - names of ours
        " order by unit, role, holder, channel, position, id"
    )
    return [Registered(*row) for row in connection.execute(statement, {"programme": programme})]


def silence(connection: Connection, one: Silenced) -> None:
    _insert(connection, "silence", one)


def silences(connection: Connection, programme: str, now: datetime) -> list[Silenced]:
    columns = ", ".join(Silenced._fields)
    statement = text(
        f"select {columns} from notify.silence"  # noqa: S608 - names of ours
        " where programme = :programme and ends_at > :now order by ends_at, id"
    )
    return [Silenced(*row) for row in connection.execute(statement, {"programme": programme, "now": now})]


def break_silence(connection: Connection, its_id: UUID, now: datetime) -> bool:
    """It ends now; what it held back is looked at anew at once."""
    ended = text("update notify.silence set ends_at = :now where id = :id and ends_at > :now returning programme")
    programme = connection.scalar(ended, {"id": its_id, "now": now})
    if programme is None:
        return False
    look = text(
        "update notify.matter set next_at = :now where programme = :programme and next_at > :now and state = 'open'"
    )
    connection.execute(look, {"programme": programme, "now": now})
    return True


def _insert(connection: Connection, table: str, one: Any) -> None:
    names = one._fields
    values = ", ".join(f":{name}" for name in names)
    statement = f"insert into notify.{table} ({', '.join(names)}) values ({values})"  # noqa: S608 - names of ours
    connection.execute(text(statement), one._asdict())
