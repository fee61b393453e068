"""Coming back with the words of a receipt: how far the tip is, and messages both ways.

Every question costs the same, whether there is such a tip or not: the words are stretched, one row is looked for by
the hash, and the answer to "no" is made of the same questions. So many a minute may ask, whoever they are: nobody is
counted by an address that we do not look at.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from threading import BoundedSemaphore, Lock
from typing import Final
from uuid import UUID, uuid4

from services.contracts.door_answers import TipMessage, TipState
from services.contracts.programme.ids import event_id
from services.contracts.requests import AskOfTip
from services.intake.posting import Posting
from services.intake.refusal import refuse
from services.kit.clock import Clock
from services.kit.db import Connection
from services.notify.domain import dialogue
from services.notify.domain.dialogue import SealedMessage, State
from services.notify.domain.receipts import Receipt, read_words, receipt_of
from services.notify.intake.take import Vault
from services.notify.store import messages
from services.notify.store import vault as tips
from services.notify.store.vault import Kept

MESSAGES_MAX: Final = 200
_NOBODY: Final = UUID(int=0)
_STATES: Final[tuple[State, ...]] = ("handed_over", "verifying", "closed")


@dataclass
class Budget:
    """So many questions a minute of everybody together, and so many at once: each takes memory and a core."""

    clock: Clock
    a_minute: int
    at_once: int = 2
    _guard: Lock = field(default_factory=Lock)
    _minute: int = -1
    _left: int = 0

    def __post_init__(self) -> None:
        self._places = BoundedSemaphore(self.at_once)

    def receipt(self, words: Sequence[str]) -> Receipt:
        """Raises Refused (busy)."""
        if not self._take():
            refuse("words", "busy")
        with self._places:
            return receipt_of(words)

    def _take(self) -> bool:
        with self._guard:
            minute = int(self.clock.monotonic() // 60)
            if minute != self._minute:
                self._minute, self._left = minute, self.a_minute
            self._left -= 1
            return self._left >= 0


def ask(vault: Vault, budget: Budget, asked: AskOfTip) -> TipState:
    """What the sender may know; first his message is kept, if he has one. Raises Refused and Unavailable."""
    words = read_words(asked.words)
    if words is None:
        refuse("words", "unknown_words")
    receipt = budget.receipt(words)
    kept = vault.transact(lambda connection: tips.of_lookup(connection, receipt.lookup_hash))
    if kept is not None and asked.message:
        _write(vault, kept, asked.message)
    found = vault.transact(lambda connection: _state(connection, kept, receipt))
    return found if found is not None else refuse("words", "unknown_words")


def correspondent(vault: Vault, tip: UUID, posting: Posting) -> bytes | None:
    """The key to which an answer is sealed. None when it is no tip of this police."""
    return vault.transact(lambda connection: _key_of_sender(connection, tip, posting))


def answer(vault: Vault, tip: UUID, sealed: bytes, posting: Posting) -> bytes | None:
    """Keeps what the police wrote, once for each key of a request; the key to which it should be sealed.

    None when it is no tip of theirs.
    """
    named = event_id(posting.programme.id, posting.agency, f"tip.answer/{tip}", posting.key)

    def work(connection: Connection) -> bytes | None:
        key = _key_of_sender(connection, tip, posting)
        if key is not None:
            messages.write(connection, named, tip, "police", posting.today, SealedMessage(sealed, {}))
        return key

    return vault.transact(work)


def _key_of_sender(connection: Connection, tip: UUID, posting: Posting) -> bytes | None:
    kept = tips.of_id(connection, tip, posting.programme.id)
    if kept is None or posting.agency not in tips.recipients_of(connection, tip):
        return None
    return kept.sender_key


def _write(vault: Vault, kept: Kept, text: str) -> None:
    secret = vault.secret_of(kept.tip_id)
    if secret is None:
        refuse("message", "tip_ended")
    named, today = uuid4(), vault.today()

    def work(connection: Connection) -> None:
        if messages.count(connection, kept.tip_id) >= MESSAGES_MAX:
            refuse("message", "busy")
        to = messages.readers(connection, kept.tip_id, kept.programme)
        messages.write(connection, named, kept.tip_id, "sender", today, dialogue.to_police(named, text, to, secret))
        tips.tell(connection, kept, "tip_message", today, {one.agency for one in to})

    vault.transact(work)


def _state(connection: Connection, kept: Kept | None, receipt: Receipt) -> TipState | None:
    """The same questions for a tip that is not there."""
    named = _NOBODY if kept is None else kept.tip_id
    steps = tips.steps_of(connection, named)
    written = messages.of_tip(connection, named, MESSAGES_MAX)
    if kept is None:
        return None
    state, since = _furthest(steps, kept.received_on)
    shown = [
        TipMessage(
            author=one.author, written_on=one.written_on, text=dialogue.read_by_sender(one.sealed, receipt.private_key)
        )
        for one in written
    ]
    return TipState(received_on=kept.received_on, due_on=kept.due_on, state=state, since=since, messages=shown)


def _furthest(steps: Sequence[tuple[str, date]], received_on: date) -> tuple[State, date]:
    """The furthest step that was told, and the first day on which it was."""
    days = dict(reversed(steps))  # of several of one step the first
    for state in reversed(_STATES):
        if state in days:
            return state, days[state]
    return "received", received_on
