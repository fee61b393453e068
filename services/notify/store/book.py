"""What deciding reads and writes in one transaction. Rows are locked in the order of their keys."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import Connection, text

from services.contracts.programme.ids import NAMESPACE
from services.notify.domain.frame import Silence
from services.notify.domain.messages import Message
from services.notify.domain.notices import Contact, Decision, Matter, Recipient
from services.notify.domain.tips import VaultRow
from services.notify.domain.watched import Watched
from services.notify.store.rows import TIPS, coarse_matter, decoded, encoded, to_the_day


class Book:
    """Of the connection of an open transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def watched(self, subjects: Collection[str]) -> dict[str, Watched]:
        rows = self._all(
            "select subject, programme, facts, next_at from notify.watched"
            " where subject = any(:subjects) order by subject for update",
            subjects=sorted(subjects),
        )
        return {row["subject"]: decoded(row, Watched) for row in rows}

    def due_watched(self, now: datetime, limit: int) -> list[Watched]:
        """Those on which the clock has something to say, the oldest first."""
        rows = self._all(
            "select subject, programme, facts, next_at from notify.watched"
            " where next_at <= :now order by next_at, subject limit :limit for update skip locked",
            now=now,
            limit=limit,
        )
        return [decoded(row, Watched) for row in rows]

    def matters(self, subjects: Collection[str]) -> list[Matter]:
        """All of these subjects, in the order in which they arose."""
        rows = self._all(
            "select body from notify.matter where subject = any(:subjects) order by cause for update",
            subjects=sorted(subjects),
        )
        return sorted((decoded(row["body"], Matter) for row in rows), key=lambda one: (one.raised_at, one.cause.id))

    def matters_of(self, causes: Collection[UUID]) -> list[Matter]:
        rows = self._all(
            "select body from notify.matter where cause = any(:causes) order by cause for update",
            causes=sorted(causes),
        )
        return [decoded(row["body"], Matter) for row in rows]

    def read_matters(self, causes: Collection[UUID]) -> list[Matter]:
        """As `matters_of`, without taking hold of them."""
        rows = self._all("select body from notify.matter where cause = any(:causes)", causes=sorted(causes))
        return [decoded(row["body"], Matter) for row in rows]

    def due_matters(self, now: datetime, limit: int) -> list[Matter]:
        """Those that change by themselves by now, the oldest first."""
        rows = self._all(
            "select body from notify.matter where next_at <= :now"
            " order by next_at, cause limit :limit for update skip locked",
            now=now,
            limit=limit,
        )
        return [decoded(row["body"], Matter) for row in rows]

    def contacts(self, programme: str, units: Collection[str]) -> list[Contact]:
        rows = self._all(
            "select id, unit, role, holder, channel, position, valid_from, valid_to, bounced_on from notify.contact"
            " where programme = :programme and unit = any(:units) order by unit, role, position, id",
            programme=programme,
            units=sorted(units),
        )
        return [_contact(row) for row in rows]

    def silences(self, programme: str, now: datetime) -> list[Silence]:
        rows = self._all(
            "select id, kind, unit, role, owner, reason, starts_at, ends_at from notify.silence"
            " where programme = :programme and ends_at > :now order by id",
            programme=programme,
            now=now,
        )
        return [Silence(**row) for row in rows]

    def messages_since(self, programme: str, since: datetime) -> Counter[tuple[Recipient, str]]:
        """How many messages were made for each holder."""
        rows = self._all(
            "select unit, role, holder, count(*) as made from notify.message"
            " where programme = :programme and created_at >= :since group by 1, 2, 3",
            programme=programme,
            since=since,
        )
        return Counter({(Recipient(row["unit"], row["role"]), row["holder"]): row["made"] for row in rows})

    def vault_rows(self, limit: int) -> list[VaultRow]:
        """Takes them over: they are gone with this transaction. Their category is never read."""
        rows = self._all(
            "delete from notify.vault_outbox where id in"
            " (select id from notify.vault_outbox order by id limit :limit for update skip locked)"
            " returning id, kind, programme, tip_id, unit, agency, happened_on, due_on",
            limit=limit,
        )
        return sorted(VaultRow(**row) for row in rows)

    def save_watched(self, changed: Iterable[Watched]) -> None:
        self._each(
            "insert into notify.watched (subject, programme, next_at, facts)"
            " values (:subject, :programme, :next_at, cast(:facts as jsonb))"
            " on conflict (subject) do update set next_at = excluded.next_at, facts = excluded.facts",
            [
                {
                    "subject": one.subject,
                    "programme": one.programme,
                    "next_at": one.next_at,
                    "facts": encoded(one.facts),
                }
                for one in sorted(changed, key=lambda one: one.subject)
            ],
        )

    def save_matters(self, changed: Iterable[Matter]) -> None:
        self._each(
            "insert into notify.matter (cause, subject, kind, programme, about, state, raised_at, next_at, body)"
            " values (:cause, :subject, :kind, :programme, :about, :state, :raised_at, :next_at, cast(:body as jsonb))"
            " on conflict (cause) do update set state = excluded.state, raised_at = excluded.raised_at,"
            " next_at = excluded.next_at, body = excluded.body",
            [_matter_row(coarse_matter(one)) for one in sorted(changed, key=lambda one: one.cause.id)],
        )

    def add_decisions(self, decisions: Sequence[Decision]) -> None:
        """A line that is there already is the same line."""
        self._each(
            "insert into notify.ledger"
            " (id, cause, kind, programme, subject, about, rung, unit, role, holder, verdict, rule, detail, at)"
            " values (:id, :cause, :kind, :programme, :subject, :about, :rung, :unit, :role, :holder, :verdict, :rule,"
            " :detail, :at) on conflict (id) do nothing",
            [_ledger_row(one) for one in decisions],
        )

    def add_messages(self, messages: Sequence[Message]) -> None:
        self._each(
            "insert into notify.message (id, programme, unit, role, holder, state, urgent, created_at, next_at, body)"
            " values (:id, :programme, :unit, :role, :holder, :state, :urgent, :created_at, :next_at,"
            " cast(:body as jsonb)) on conflict (id) do nothing",
            [message_row(one) for one in messages],
        )

    def _all(self, statement: str, **given: Any) -> list[dict[str, Any]]:
        return [dict(row) for row in self._connection.execute(text(statement), given).mappings()]

    def _each(self, statement: str, rows: list[dict[str, Any]]) -> None:
        if rows:
            self._connection.execute(text(statement), rows)


def message_row(message: Message) -> dict[str, Any]:
    return {
        "id": message.id,
        "programme": message.programme,
        "unit": message.unit,
        "role": message.role,
        "holder": message.holder,
        "state": message.state,
        "urgent": message.urgent,
        "created_at": message.created_at,
        "next_at": message.next_at,
        "body": encoded(message),
    }


def _contact(row: dict[str, Any]) -> Contact:
    return Contact(
        id=row["id"],
        recipient=Recipient(row["unit"], row["role"]),
        holder=row["holder"],
        channel=row["channel"],
        position=row["position"],
        valid_from=row["valid_from"],
        valid_to=row["valid_to"],
        bounced=row["bounced_on"] is not None,
    )


def _matter_row(matter: Matter) -> dict[str, Any]:
    cause = matter.cause
    return {
        "cause": cause.id,
        "subject": cause.subject,
        "kind": cause.kind,
        "programme": cause.programme,
        "about": cause.unit,
        "state": matter.state,
        "raised_at": matter.raised_at,
        "next_at": matter.next_at,
        "body": encoded(matter),
    }


def _ledger_row(one: Decision) -> dict[str, Any]:
    """Its id follows from what it says: of tips it follows no order of time."""
    at = to_the_day(one.at) if one.kind in TIPS else one.at
    said = (one.cause, one.rung, one.unit, one.role, one.holder, one.verdict, one.rule, at.isoformat())
    row = {name: getattr(one, name) for name in one.__struct_fields__}
    return {**row, "id": uuid5(NAMESPACE, "\x1f".join(("ledger", *map(str, said)))), "at": at}
