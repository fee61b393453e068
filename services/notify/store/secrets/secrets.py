"""The tips' secrets: kept, told, destroyed."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from sqlalchemy import Connection, delete, insert, select

from services.notify.store.secrets.tables import tip_secret


def keep(connection: Connection, tip: UUID, secret: bytes, today: date, destroy_on: date) -> None:
    connection.execute(insert(tip_secret).values(tip_id=tip, secret=secret, kept_on=today, destroy_on=destroy_on))


def secret_of(connection: Connection, tip: UUID) -> bytes | None:
    """None once it was destroyed: then nobody reads the tip again."""
    found = connection.scalar(select(tip_secret.c.secret).where(tip_secret.c.tip_id == tip))
    return None if found is None else bytes(found)


def destroy_due(connection: Connection, today: date) -> int:
    return connection.execute(delete(tip_secret).where(tip_secret.c.destroy_on <= today)).rowcount


def kept_before(connection: Connection, day: date) -> set[UUID]:
    return set(connection.scalars(select(tip_secret.c.tip_id).where(tip_secret.c.kept_on < day)))


def destroy(connection: Connection, tips: Collection[UUID]) -> None:
    connection.execute(delete(tip_secret).where(tip_secret.c.tip_id.in_(tips)))
