"""Answering a notice: a link that nobody can guess opens a page with a button; only the button changes anything."""

import hmac
from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from typing import Final, Literal, NamedTuple
from uuid import UUID

from services.kit.db import Connection, Engine, retry_conflicts
from services.notify.dispatch.deciding import Terms, settle
from services.notify.domain import ladder
from services.notify.domain.messages import Message
from services.notify.domain.notices import Matter
from services.notify.store import post
from services.notify.store.book import Book

_MAC_BYTES: Final = 20
Stands = Literal["open", "answered", "over"]


class Asked(NamedTuple):
    """A message and how what it tells of stands now. `answered`: this holder has taken it up."""

    message: Message
    stands: Stands
    answered: bool


def mac(key: bytes, message: UUID) -> str:
    """What makes the link of a message impossible to guess. It follows from our key, and is stored nowhere."""
    return hmac.digest(key, b"answer:" + message.bytes, sha256)[:_MAC_BYTES].hex()


def link(key: bytes, public_url: str, message: Message) -> str:
    return f"{public_url.rstrip('/')}/n/{message.id}/{mac(key, message.id)}"


def known(key: bytes, message: UUID, told: str) -> bool:
    return hmac.compare_digest(mac(key, message), told)


def look(engine: Engine, message: UUID) -> Asked | None:
    """Changes nothing."""

    def reading(connection: Connection) -> Asked | None:
        found = post.message(connection, message)
        return None if found is None else _asked(found, Book(connection).read_matters(_causes(found)))

    return _within(engine, reading)


def answer(engine: Engine, message: UUID, now: datetime, terms: Terms) -> Asked | None:
    """The holder to whom a message went takes up everything in it. May be repeated."""

    def taking_up(connection: Connection) -> Asked | None:
        found = post.message(connection, message)
        if found is None:
            return None
        book = Book(connection)
        to, holder = found.to, found.holder
        settle(book, _causes(found), lambda matter, frame: ladder.answered(matter, to, holder, frame), now, terms)
        return _asked(found, book.read_matters(_causes(found)))

    return _within(engine, taking_up)


def _causes(message: Message) -> list[UUID]:
    return [item.cause.id for item in message.items]


def _asked(message: Message, matters: list[Matter]) -> Asked:
    who = "/".join((*message.to, message.holder))
    answered = bool(matters) and all(who in one.answered_by for one in matters if one.state != "over")
    if any(one.unsettled for one in matters):
        return Asked(message, "open", answered)
    return Asked(message, "answered" if any(one.state == "acknowledged" for one in matters) else "over", answered)


def _within(engine: Engine, work: Callable[[Connection], Asked | None]) -> Asked | None:
    def transaction() -> Asked | None:
        with engine.begin() as connection:
            return work(connection)

    return retry_conflicts(transaction)
