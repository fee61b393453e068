"""What sending asks of the database: each a transaction, repeated when it lost against another."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from services.kit.db import Connection, Engine, retry_conflicts
from services.notify.dispatch.deciding import Terms, settle
from services.notify.dispatch.sending import Result
from services.notify.dispatch.wanted import wanted
from services.notify.domain import ladder, messages
from services.notify.domain.frame import Frame
from services.notify.domain.ladder import Step
from services.notify.domain.messages import Message
from services.notify.domain.notices import Matter, Recipient, Rule
from services.notify.store import post
from services.notify.store.book import Book
from services.notify.store.post import Address, Leased

T = TypeVar("T")


class Postroom:
    """Every method raises Unavailable when the database, or what the programme says, is away."""

    def __init__(self, engine: Engine, terms: Terms) -> None:
        self._engine = engine
        self._terms = terms

    def take_up(self, now: datetime, limit: int) -> list[Leased]:
        return self._within(lambda connection: post.take_up(connection, now, limit))

    def still_wanted(self, leased: Leased, now: datetime) -> Message | None:
        return self._within(lambda connection: self._still_wanted(connection, leased, now))

    def addresses(self, programme: str, to: Recipient) -> list[Address]:
        return self._within(lambda connection: post.addresses(connection, programme, to))

    def note(self, leased: Leased, result: Result, now: datetime) -> bool:
        return self._within(lambda connection: self._note(connection, leased, result, now))

    def _still_wanted(self, connection: Connection, leased: Leased, now: datetime) -> Message | None:
        kept = wanted(Book(connection), leased.message, now)
        if kept is None:
            post.put_back(connection, leased, messages.cancelled(leased.message))
        return kept

    def _note(self, connection: Connection, leased: Leased, result: Result, now: datetime) -> bool:
        if not post.put_back(connection, leased, result.message):
            return False
        if result.bounced is not None:
            post.flag_bounced(connection, *result.bounced, now)
        rule = result.rule
        if rule is not None:
            notices = {item.cause.id: item.notice for item in result.message.items}
            settle(Book(connection), notices, _ending(notices, rule, result.detail, now), now, self._terms)
        return True

    def _within(self, work: Callable[[Connection], T]) -> T:
        def transaction() -> T:
            with self._engine.begin() as connection:
                return work(connection)

        return retry_conflicts(transaction)


def _ending(notices: dict[UUID, UUID], rule: Rule, detail: str, now: datetime) -> Callable[[Matter, Frame], Step]:
    return lambda matter, frame: ladder.delivered(matter, notices[matter.cause.id], rule, now, frame, detail)
