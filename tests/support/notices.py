"""Dispatch in memory under a clock that is told to move: what is decided and sent, without a database."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4, uuid5

from msgspec.structs import replace

from services.contracts.events import (
    Event,
)
from services.contracts.programme import Programme
from services.contracts.programme.ids import NAMESPACE
from services.contracts.programme.notices import Channel
from services.kit.clock import FakeClock
from services.notify.dispatch import deciding, hearing
from services.notify.dispatch.channels import Envelope, Way
from services.notify.dispatch.deciding import Terms
from services.notify.dispatch.sending import Result, Sender
from services.notify.dispatch.wanted import wanted
from services.notify.domain import ladder
from services.notify.domain.frame import Silence
from services.notify.domain.messages import Message
from services.notify.domain.notices import Contact, Decision, Matter, Recipient
from services.notify.domain.retrying import Outcome
from services.notify.domain.tips import VaultRow
from services.notify.domain.watched import Watched
from services.notify.store.post import Address, Leased
from services.notify.store.rows import coarse_matter, coarse_message
from tests.support.notice_causes import PROGRAMME, WARD, stored
from tests.support.programme_folder import pilot

TOWN, PROVINCE = "437@2018-01-01", "42@2018-01-01"
START = datetime(2024, 3, 1, 2, 0, tzinfo=UTC)
"""09:00 on a Friday, in Việt Nam."""
MINUTE = timedelta(minutes=1)
Deliver = Callable[[Envelope, datetime], Outcome]


def live(programme: Programme | None = None) -> Programme:
    return (programme or pilot()).activated(PROGRAMME, 1, sandbox=False)


def person(unit: str, role: str, holder: str, channel: Channel = "email", position: int = 1) -> Address:
    its_id = uuid5(NAMESPACE, f"contact {unit} {role} {holder} {channel} {position}")
    to = Recipient(unit, role)
    contact = Contact(its_id, to, holder, channel, position, date(2018, 1, 1))
    return Address(contact, f"{holder}-{position}@{role}.{unit.partition('@')[0]}.example", "vi")


EVERYBODY = (
    *(
        person(unit, role, "desk", channel)
        for unit in (WARD, TOWN, PROVINCE)
        for role in ("people_committee", "police")
        for channel in ("email", "sms")
    ),
    person(TOWN, "operator", "desk"),
)


class MemoryBook:
    """What `store.book.Book` keeps, in dictionaries."""

    def __init__(self, contacts: Sequence[Address] = EVERYBODY) -> None:
        self.addresses = list(contacts)
        self.silent: list[Silence] = []
        self.remembered: dict[str, Watched] = {}
        self.kept: dict[UUID, Matter] = {}
        self.posted: dict[UUID, Message] = {}
        self.lines: list[Decision] = []
        self.leases: dict[UUID, tuple[UUID, datetime]] = {}

    def watched(self, subjects: Collection[str]) -> dict[str, Watched]:
        return {subject: self.remembered[subject] for subject in subjects if subject in self.remembered}

    def due_watched(self, now: datetime, limit: int) -> list[Watched]:
        due = [one for one in self.remembered.values() if one.next_at is not None and one.next_at <= now]
        return sorted(due, key=lambda one: (one.next_at, one.subject))[:limit]

    def matters(self, subjects: Collection[str]) -> list[Matter]:
        found = (one for one in self.kept.values() if one.cause.subject in subjects)
        return sorted(found, key=lambda one: (one.raised_at, one.cause.id))

    def matters_of(self, causes: Collection[UUID]) -> list[Matter]:
        return [self.kept[cause] for cause in sorted(causes) if cause in self.kept]

    def due_matters(self, now: datetime, limit: int) -> list[Matter]:
        due = [one for one in self.kept.values() if one.next_at is not None and one.next_at <= now]
        return sorted(due, key=lambda one: (one.next_at, one.cause.id))[:limit]

    def contacts(self, programme: str, units: Collection[str]) -> list[Contact]:
        return [one.contact for one in self.addresses if one.contact.recipient.unit in units]

    def silences(self, programme: str, now: datetime) -> list[Silence]:
        return [one for one in self.silent if one.ends_at > now]

    def messages_since(self, programme: str, since: datetime) -> Mapping[tuple[Recipient, str], int]:
        return Counter((one.to, one.holder) for one in self.posted.values() if one.created_at >= since)

    def save_watched(self, changed: Iterable[Watched]) -> None:
        self.remembered.update({one.subject: one for one in changed})

    def save_matters(self, changed: Iterable[Matter]) -> None:
        self.kept.update({one.cause.id: coarse_matter(one) for one in changed})

    def add_decisions(self, decisions: Sequence[Decision]) -> None:
        self.lines += decisions

    def add_messages(self, messages: Sequence[Message]) -> None:
        for one in messages:
            self.posted.setdefault(one.id, one)


class MemoryPost:
    """What `dispatch.postroom.Postroom` does, on a book in memory."""

    LEASE = timedelta(seconds=90)

    def __init__(self, book: MemoryBook, terms: Terms) -> None:
        self._book = book
        self._terms = terms

    def take_up(self, now: datetime, limit: int) -> list[Leased]:
        due = [
            one
            for one in self._book.posted.values()
            if one.state == "waiting" and one.next_at <= now and self._book.leases.get(one.id, (one.id, now))[1] <= now
        ]
        lease = uuid4()
        taken = sorted(due, key=lambda one: (not one.urgent, one.next_at, one.id))[:limit]
        self._book.leases.update({one.id: (lease, now + self.LEASE) for one in taken})
        return [Leased(one, lease) for one in taken]

    def still_wanted(self, leased: Leased, now: datetime) -> Message | None:
        kept = wanted(self._book, leased.message, now)
        if kept is None:
            self._book.posted[leased.message.id] = replace(leased.message, state="cancelled")
        return kept

    def addresses(self, programme: str, to: Recipient) -> list[Address]:
        return [one for one in self._book.addresses if one.contact.recipient == to]

    def note(self, leased: Leased, result: Result, now: datetime) -> bool:
        if self._book.leases.get(leased.message.id, (None, now))[0] != leased.lease:
            return False
        del self._book.leases[leased.message.id]
        self._book.posted[leased.message.id] = coarse_message(result.message)
        if result.bounced is not None:
            self._book.addresses = [
                one._replace(
                    contact=one.contact._replace(bounced=one.contact.bounced or one.contact.id == result.bounced[0])
                )
                for one in self._book.addresses
            ]
        if (rule := result.rule) is not None:
            notices = {item.cause.id: item.notice for item in result.message.items}
            deciding.settle(
                self._book,
                list(notices),
                lambda matter, frame: ladder.delivered(
                    matter, notices[matter.cause.id], rule, now, frame, result.detail
                ),
                now,
                self._terms,
            )
        return True


def always(_envelope: Envelope, _at: datetime) -> Outcome:
    return Outcome("accepted", "250")


@dataclass
class Office:
    """Deciding and sending on one book. Nothing is kept but the book: `restarted` is a process that begins anew."""

    book: MemoryBook = field(default_factory=MemoryBook)
    clock: FakeClock = field(default_factory=lambda: FakeClock(START))
    programme: Programme = field(default_factory=live)
    deliver: Deliver = always
    sent: list[tuple[datetime, Envelope]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.terms = Terms(lambda its_id: self.programme if its_id == self.programme.id else None)
        ways: dict[Channel, Way] = {
            channel: Way(lambda _address, channel=channel: channel, self._deliver)  # type: ignore[misc]
            for channel in ("email", "sms", "webhook")
        }
        post = MemoryPost(self.book, self.terms)
        self.sender = Sender(
            post, ways, self.terms.programme, lambda one: f"https://x.example/n/{one.id}", self.clock, lambda: 0.5
        )

    def restarted(self) -> "Office":
        return Office(self.book, self.clock, self.programme, self.deliver, self.sent)

    def _deliver(self, envelope: Envelope) -> Outcome:
        outcome = self.deliver(envelope, self.clock.now())
        if outcome.kind == "accepted":
            self.sent.append((self.clock.now(), envelope))
        return outcome

    def hear(self, *events: Event) -> None:
        records = [stored(event, number) for number, event in enumerate(events)]
        listened = hearing.listen(self.book, records, self.terms.programme, [self.programme.id])
        assert listened.skipped == []
        deciding.take(self.book, listened.heard, self.clock.now(), self.terms)
        self.settle_now()

    def take_over(self, *rows: VaultRow) -> None:
        now = self.clock.now()
        deciding.take(self.book, hearing.take_over(self.book, rows, self.terms.programme, now), now, self.terms)
        self.settle_now()

    def settle_now(self) -> None:
        """All that is due at this instant."""
        while True:
            done = deciding.tick(self.book, self.clock.now(), self.terms, 200)
            if self.sender.once() == 0 and not done.messages and not done.more:
                return

    def next_due(self) -> datetime | None:
        due = [one.next_at for one in self.book.remembered.values()]
        due += [one.next_at for one in self.book.kept.values()]
        waiting = [one for one in self.book.posted.values() if one.state == "waiting"]
        due += [max(one.next_at, self.book.leases.get(one.id, (one.id, one.next_at))[1]) for one in waiting]
        return min((at for at in due if at is not None), default=None)

    def run_until(self, end: datetime) -> None:
        """From one instant at which something is due to the next."""
        while (at := self.next_due()) is not None and at <= end:
            self.move_to(max(at, self.clock.now()))
            self.settle_now()
        self.move_to(end)

    def move_to(self, at: datetime) -> None:
        self.clock.advance(max(0.0, (at - self.clock.now()).total_seconds()))

    def answer(self, envelope: Envelope) -> None:
        """Whoever got it presses the button."""
        message = self.book.posted[envelope.id]
        to, holder = message.to, message.holder
        causes = [item.cause.id for item in message.items]
        now = self.clock.now()
        deciding.settle(self.book, causes, lambda one, frame: ladder.answered(one, to, holder, frame), now, self.terms)

    def verdicts(self, kind: str | None = None) -> list[tuple[str, str, str, str]]:
        """(unit, role, verdict, rule), in the order of the ledger."""
        return [(one.unit, one.role, one.verdict, one.rule) for one in self.book.lines if kind in (None, one.kind)]

    def states(self, kind: str) -> list[str]:
        return [one.state for one in self.book.kept.values() if one.cause.kind == kind]
