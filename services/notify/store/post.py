"""Messages on their way: taken up under a lease, marked when it is known what came of them."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID, uuid4

from sqlalchemy import Connection, text

from services.notify.domain.messages import Message
from services.notify.domain.notices import Contact, Recipient
from services.notify.store.rows import coarse_message, decoded, encoded

LEASE: Final = timedelta(seconds=90)
"""Longer than any attempt may take; after a crash somebody else takes the message up."""


class Leased(NamedTuple):
    message: Message
    lease: UUID


class Address(NamedTuple):
    """Where a contact is reached, and in which language."""

    contact: Contact
    address: str
    language: str


def take_up(connection: Connection, now: datetime, limit: int) -> list[Leased]:
    """Messages that are due and that nobody has in hand, what is urgent first. Two processes never take the same."""
    lease = uuid4()
    statement = text("""
        update notify.message set lease_until = :until, lease = :lease
        where id in (
            select id from notify.message
            where state = 'waiting' and next_at <= :now and (lease_until is null or lease_until <= :now)
            order by urgent desc, next_at, id limit :limit for update skip locked
        )
        returning body
    """)
    given = {"until": now + LEASE, "lease": lease, "now": now, "limit": limit}
    found = [decoded(row.body, Message) for row in connection.execute(statement, given)]
    return [Leased(one, lease) for one in sorted(found, key=lambda one: (not one.urgent, one.next_at, one.id))]


def put_back(connection: Connection, leased: Leased, message: Message) -> bool:
    """What became of a message in hand; False when its lease has passed to somebody else."""
    kept = coarse_message(message)
    statement = text("""
        update notify.message
        set state = :state, next_at = :next_at, created_at = :created_at, body = cast(:body as jsonb),
            lease_until = null, lease = null
        where id = :id and lease = :lease and state = 'waiting'
    """)
    given = {
        "id": kept.id,
        "lease": leased.lease,
        "state": kept.state,
        "next_at": kept.next_at,
        "created_at": kept.created_at,
        "body": encoded(kept),
    }
    return connection.execute(statement, given).rowcount == 1


def message(connection: Connection, its_id: UUID) -> Message | None:
    row = connection.execute(text("select body from notify.message where id = :id"), {"id": its_id}).first()
    return decoded(row.body, Message) if row else None


def addresses(connection: Connection, programme: str, to: Recipient) -> list[Address]:
    """Every address that was ever registered for a role, in the order of their positions."""
    statement = text("""
        select id, holder, channel, position, valid_from, valid_to, bounced_on, address, language
        from notify.contact where programme = :programme and unit = :unit and role = :role
        order by position, id
    """)
    rows = connection.execute(statement, {"programme": programme, **to._asdict()}).mappings()
    return [_address(row, to) for row in rows]


def flag_bounced(connection: Connection, contact: UUID, code: str, now: datetime) -> None:
    """It is used no longer, until somebody registers it anew."""
    statement = text("""
        update notify.contact set bounced_on = (:now at time zone 'Asia/Ho_Chi_Minh')::date, bounce = :code
        where id = :id and bounced_on is null
    """)
    connection.execute(statement, {"id": contact, "code": code, "now": now})


def database_clock(connection: Connection) -> datetime:
    found: datetime = connection.execute(text("select clock_timestamp()")).scalar_one()
    return found


def standing(connection: Connection, now: datetime, tips: frozenset[str]) -> Mapping[str, Any]:
    """Counts for the gauges; what concerns tips is left out, or told by the full hour."""
    statement = text("""
        select
            (select min(next_at) from notify.message m where state = 'waiting' and not urgent) as oldest,
            (select count(*) from notify.matter where state = 'unanswered' and not kind = any(:tips)) as unanswered,
            (select count(*) from notify.ledger
                where verdict = 'failed' and not kind = any(:tips) and at > :day_ago) as failed,
            (select count(*) from notify.contact where bounced_on is not null
                and (valid_to is null or valid_to >= current_date)) as bounced
    """)
    given = {"tips": sorted(tips), "day_ago": now - timedelta(days=1)}
    return dict(connection.execute(statement, given).mappings().one())


def _address(row: Mapping[Any, Any], to: Recipient) -> Address:
    contact = Contact(
        id=row["id"],
        recipient=to,
        holder=row["holder"],
        channel=row["channel"],
        position=row["position"],
        valid_from=row["valid_from"],
        valid_to=row["valid_to"],
        bounced=row["bounced_on"] is not None,
    )
    return Address(contact, row["address"], row["language"])
