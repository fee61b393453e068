"""The ways out: each takes a message in words to an address and says what came of it, in five words."""

from collections.abc import Callable
from typing import NamedTuple
from uuid import UUID

from services.notify.domain.retrying import Outcome
from services.notify.domain.writing import Written


class Envelope(NamedTuple):
    """`id`: the message's, one at every attempt: a receiver may drop what it has had. `contact`: the address's id."""

    id: UUID
    contact: UUID
    address: str
    written: Written


class Way(NamedTuple):
    """`destination`: what is away when it fails, such as a host: never an address. `send` never raises."""

    destination: Callable[[str], str]
    send: Callable[[Envelope], Outcome]
