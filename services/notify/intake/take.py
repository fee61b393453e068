"""Taking a tip: routed, sealed, its secret kept apart, then its row. What a crash leaves between is harmless.

The secret is committed before the row: a secret without a row opens nothing and is swept away after a day, a row
without its secret would be a tip that nobody can read.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, TypeVar
from uuid import UUID, uuid4

from nacl.encoding import RawEncoder
from nacl.hash import blake2b

from services.contracts.door_answers import TipMoveTaken, TipTaken
from services.contracts.events import TipReceived
from services.contracts.programme import Programme
from services.contracts.requests import MoveTip, PostTip
from services.intake.door import record_of
from services.intake.posting import Posting
from services.intake.refusal import refuse
from services.kit.db import Connection, Engine, translated
from services.kit.errors import Unavailable
from services.notify.domain import content, sealing
from services.notify.domain.receipts import receipt_of, words_of
from services.notify.domain.routing import Routed, route
from services.notify.intake.accept import Placed, moved, placed, received
from services.notify.store import keys
from services.notify.store import vault as tips
from services.notify.store.secrets import secrets as secret_store
from services.notify.store.vault import Kept

CHANCE_BYTES: Final = 32
T = TypeVar("T")


@dataclass(frozen=True)
class Vault:
    """`rows` and `secrets` are two databases; `secret_days` is how long a tip can be opened at most."""

    rows: Engine
    secrets: Engine
    secret_days: int
    today: Callable[[], date]

    def transact(self, work: Callable[[Connection], T]) -> T:
        """One transaction on the rows. Raises Unavailable."""
        with translated(), self.rows.begin() as connection:
            return work(connection)

    def secret_of(self, tip: UUID) -> bytes | None:
        with translated(), self.secrets.begin() as connection:
            return secret_store.secret_of(connection, tip)


@dataclass(frozen=True, slots=True)
class Arriving:
    """One tip on its way in. `key`: the request's own, of chance where nobody vouches for it; `officer`: who does."""

    programme: Programme
    posted: PostTip
    pictures: list[bytes]
    key: str
    at: datetime
    officer: Posting | None

    def new_words(self) -> tuple[str, ...]:
        """Of a sender's own request always the same, so a repetition shows them again."""
        return words_of(self.key.encode() if self.officer is None else secrets.token_bytes(CHANCE_BYTES))

    @property
    def request_hash(self) -> bytes:
        who = "" if self.officer is None else self.officer.agency
        named = "\n".join(("tip", self.programme.id, who, self.key)).encode()
        return blake2b(named, digest_size=32, encoder=RawEncoder)


def take(vault: Vault, tip: Arriving) -> TipTaken:
    """Answers once the sealed row is committed. Raises Refused and Unavailable."""
    where = placed(tip.posted, tip.programme, tip.at, tip.officer)
    known = vault.transact(lambda connection: tips.of_request(connection, tip.request_hash))
    if known is None:
        words = tip.new_words()
        if (kept := _keep(vault, tip, where, words)) is not None:
            return _told(tip, kept, words)
        # Another copy of the same request was quicker.
        known = vault.transact(lambda connection: tips.of_request(connection, tip.request_hash))
    assert known is not None, "a request that was kept before is there"
    return _repeated(vault, tip, known)


def take_move(vault: Vault, tip: UUID, body: MoveTip, posting: Posting) -> TipMoveTaken | None:
    """None when there is no such tip for this agency. Raises Refused and Unavailable."""
    unit = posting.unit_of_day(body.unit, body.moved_on)
    if faults := posting.day_faults("moved_on", body.moved_on):
        refuse(faults[0].field, faults[0].code)
    event = moved(tip, body, unit.id, posting)

    def work(connection: Connection) -> TipMoveTaken | None:
        kept = tips.of_id(connection, tip, posting.programme.id)
        if kept is None or not _may_move(connection, kept, unit.id, posting):
            return None
        tips.move(connection, kept, event.id, body.step, body.moved_on, record_of(event))
        return TipMoveTaken(tip_id=tip, event_id=event.id)

    return vault.transact(work)


def _may_move(connection: Connection, kept: Kept, unit: str, posting: Posting) -> bool:
    """Its recipients may, and those above a recipient: never whoever the tip was kept from."""
    programme = posting.programme
    seats = {programme.agencies[one].unit for one in tips.recipients_of(connection, kept.tip_id)}
    ours = programme.agencies[posting.agency].unit
    allowed = posting.agency in tips.recipients_of(connection, kept.tip_id) or any(
        ours in programme.units.ancestors(seat) for seat in seats
    )
    return allowed and programme.units.within(kept.unit, unit)


def _keep(vault: Vault, tip: Arriving, where: Placed, words: tuple[str, ...]) -> Kept | None:
    """None when the request was kept meanwhile; then the secret is one without a row."""
    day = vault.today() if not tip.programme.sandbox else where.received_on
    registered = vault.transact(lambda connection: keys.valid_keys(connection, tip.programme.id, day))
    routed = route(tip.programme, where.unit, where.concerns, day, frozenset(one.agency for one in registered))
    if routed is None:
        raise Unavailable("recipients", detail="no police with a key may receive it")
    to = [one for one in registered if one.agency in routed.agencies]
    secret, named = sealing.new_secret(), uuid4()
    told = content.content_of(tip.posted, where.unit, where.concerns, where.received_on)
    sealed = sealing.seal(named, told, tip.pictures, to, secret)
    kept = _row(tip, where, routed, words, named, sealing.fingerprint(content.canonical(tip.posted), secret))
    fact = record_of(received(named, kept.event_id, tip.posted, where, routed, tip.programme, tip.at))
    today = vault.today()
    with translated(), vault.secrets.begin() as connection:
        secret_store.keep(connection, named, secret, today, today + timedelta(days=vault.secret_days))
    new = vault.transact(lambda connection: tips.keep(connection, kept, sealed, to, fact))
    return kept if new else None


def _row(tip: Arriving, where: Placed, routed: Routed, words: tuple[str, ...], named: UUID, fingerprint: bytes) -> Kept:
    receipt = receipt_of(words)
    return Kept(
        tip_id=named,
        event_id=uuid4() if tip.officer is None else tip.officer.event_id(TipReceived),
        request_hash=tip.request_hash,
        fingerprint=fingerprint,
        programme=tip.programme.id,
        unit=routed.unit,
        source=routed.agencies[0],
        category=tip.posted.category,
        channel=where.channel,
        received_on=where.received_on,
        due_on=where.due_on,
        lookup_hash=receipt.lookup_hash,
        sender_key=bytes(receipt.private_key.public_key),
    )


def _repeated(vault: Vault, tip: Arriving, known: Kept) -> TipTaken:
    """The first body stands; another one under the same key is told so, and nothing of it is lost silently."""
    secret = vault.secret_of(known.tip_id)
    if secret is not None and known.fingerprint != sealing.fingerprint(content.canonical(tip.posted), secret):
        refuse("Idempotency-Key", "key_used")
    return _told(tip, known, tip.new_words() if tip.officer is None else ())


def _told(tip: Arriving, kept: Kept, words: tuple[str, ...]) -> TipTaken:
    told = TipTaken(received_on=kept.received_on, due_on=kept.due_on, words=list(words))
    if tip.officer is None:
        return told
    return TipTaken(
        received_on=kept.received_on,
        due_on=kept.due_on,
        words=list(words),
        tip_id=kept.tip_id,
        event_id=kept.event_id,
    )
