"""Messages go out: taken up under a lease, sent, marked. At least once: a crash in between sends the same id again.

Two processes may do this at once. Nothing is held in memory but the breakers, which each process finds out for itself.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Event as Flag
from threading import Lock
from typing import Final, NamedTuple, Protocol
from uuid import UUID

from services.contracts.programme import Programme, local_date
from services.contracts.programme.notices import Channel
from services.kit.clock import Clock
from services.kit.errors import Unavailable
from services.kit.logs import described, get_logger
from services.notify.dispatch.channels import Envelope, Way
from services.notify.domain import messages
from services.notify.domain.messages import Message
from services.notify.domain.notices import Recipient, Rule
from services.notify.domain.retrying import Breaker, Chance, Outcome, wait_s
from services.notify.domain.writing import Language, written
from services.notify.store.post import Address, Leased

BATCH: Final = 20
IDLE_S: Final = 0.5
FIRST_REST_S: Final = 0.5
LONGEST_REST_S: Final = 15.0
ATTEMPTS_EACH: Final = 3
"""After so many in a row that did not reach it the next address of the same person is tried; later after each."""
Step = Callable[[str], None]


def no_step(_name: str) -> None:
    """Tests stop a process here."""


class Result(NamedTuple):
    """What is noted of a message in hand: how it is now, and how its notices ended, if they have.

    `bounced`: an address that is used no longer, with the code by which it refused.
    """

    message: Message
    rule: Rule | None = None
    detail: str = ""
    bounced: tuple[UUID, str] | None = None


class Post(Protocol):
    """Each a transaction of its own. Raises Unavailable."""

    def take_up(self, now: datetime, limit: int) -> list[Leased]: ...

    def still_wanted(self, leased: Leased, now: datetime) -> Message | None:
        """The message without the notices that need not be sent any longer; None when none is left, or it is lost."""
        ...

    def addresses(self, programme: str, to: Recipient) -> list[Address]: ...

    def note(self, leased: Leased, result: Result, now: datetime) -> bool:
        """False when the lease has passed to somebody else, and nothing was noted."""
        ...


@dataclass
class Sender:
    """`link`: where a message is answered. `programme` raises Unavailable while that is not known."""

    post: Post
    ways: Mapping[Channel, Way]
    programme: Callable[[str], Programme | None]
    link: Callable[[Message], str]
    clock: Clock
    chance: Chance
    told: Callable[[Channel, Outcome, Message], None] = lambda _channel, _outcome, _message: None
    step: Step = no_step
    breakers: dict[str, Breaker] = field(default_factory=dict)
    _guard: Lock = field(default_factory=Lock)

    def run(self, stop: Flag) -> None:
        """Until asked to stop: then what is being sent is finished, and the rest of the batch is left to others."""
        rest_s = FIRST_REST_S
        while not stop.is_set():
            try:
                if self.once(stop) == 0:
                    stop.wait(IDLE_S)
                rest_s = FIRST_REST_S
            except Unavailable as away:
                get_logger().warning("sending rests", **described(away))
                stop.wait(rest_s)
                rest_s = min(2 * rest_s, LONGEST_REST_S)

    def once(self, stop: Flag | None = None) -> int:
        """What is due now, at most a batch; how many were in hand."""
        taken = self.post.take_up(self.clock.now(), BATCH)
        self.step("taken")
        for leased in taken:
            if stop is not None and stop.is_set():
                self.post.note(leased, Result(leased.message), self.clock.now())
            else:
                self._handle(leased)
        return len(taken)

    def _handle(self, leased: Leased) -> None:
        now = self.clock.now()
        message = self.post.still_wanted(leased, now)
        programme = self.programme(leased.message.programme) if message is not None else None
        if message is None:
            return
        if programme is None:
            result = Result(messages.given_up(message, "programme"), "budget", "programme")
        else:
            result = self._attempted(message, programme, now)
        self.step("sent")
        if not self.post.note(leased, result, self.clock.now()):
            get_logger().warning("lease lost", message=str(message.id))
        self.step("noted")

    def _attempted(self, message: Message, programme: Programme, now: datetime) -> Result:
        usable = self._usable(message, now)
        if not usable:
            return Result(messages.given_up(message, message.last or "no_address"), _why_failed(message), message.last)
        if now >= message.give_up_at:
            return Result(messages.given_up(message), "budget", message.last)
        where = self._next(message, usable, now)
        destination = self.ways[where.contact.channel].destination(where.address)
        breaker = self.breaker(destination)
        if not breaker.closed(now):
            return Result(self._passed_or_put_off(message, where, usable, "away", breaker.open_until or now))
        outcome = self._sent(message, programme, where)
        self._note_breaker(destination, outcome, self.clock.now())
        self.told(where.contact.channel, outcome, message)
        return self._result(message, where, usable, outcome)

    def _sent(self, message: Message, programme: Programme, where: Address) -> Outcome:
        language: Language = "en" if where.language == "en" else "vi"
        words = written(message, programme, language, self.link(message) if message.wants_answer else "")
        return self.ways[where.contact.channel].send(Envelope(message.id, where.contact.id, where.address, words))

    def _result(self, message: Message, where: Address, usable: list[Address], outcome: Outcome) -> Result:
        now = self.clock.now()
        if outcome.kind == "accepted":
            return Result(messages.accepted(message, now), "accepted", where.contact.channel)
        if outcome.kind == "permanent":
            turned = messages.turned_away(message, where.contact.id, outcome.code, now)
            return Result(turned, bounced=(where.contact.id, outcome.code))
        message = messages.tried_in_vain(message)
        until = now + timedelta(seconds=wait_s(message.attempts - 1, outcome, self.chance))
        why = f"{outcome.kind}:{outcome.code}"
        if message.here < (1 if message.rounds else ATTEMPTS_EACH):
            return Result(messages.put_off(message, min(until, message.give_up_at), why))
        return Result(self._passed_or_put_off(message, where, usable, why, until))

    def _passed_or_put_off(
        self, message: Message, where: Address, usable: list[Address], why: str, until: datetime
    ) -> Message:
        others = [one.contact.id for one in usable]
        passed = messages.passed_over(message, where.contact.id, others, why, self.clock.now())
        return passed or messages.begun_anew(message, min(until, message.give_up_at), why)

    def _usable(self, message: Message, now: datetime) -> list[Address]:
        """Every address of the holder that may be tried, with a way out from here."""
        known = self.post.addresses(message.programme, message.to)
        day = local_date(now)
        return [
            one
            for one in known
            if one.contact.channel in self.ways and messages.address(message, [one.contact], day) is not None
        ]

    def _next(self, message: Message, usable: list[Address], now: datetime) -> Address:
        chosen = messages.address(message, [one.contact for one in usable], local_date(now))
        return next(one for one in usable if chosen is not None and one.contact.id == chosen.id)

    def breaker(self, destination: str) -> Breaker:
        with self._guard:
            return self.breakers.get(destination, Breaker())

    def _note_breaker(self, destination: str, outcome: Outcome, now: datetime) -> None:
        with self._guard:
            self.breakers[destination] = self.breakers.get(destination, Breaker()).after(outcome, now)


def _why_failed(message: Message) -> Rule:
    return "refused" if message.tried else "no_address"
