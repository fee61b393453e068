"""What is remembered of a subject between two things that are heard of it, and what follows from the next one."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from msgspec import Struct

from services.notify.domain.notices import Cause


class Watched(Struct, frozen=True, kw_only=True):
    """`facts`: plain JSON, of the watcher alone. `next_at`: when the clock has something to say; None: never."""

    subject: str
    programme: str
    facts: Mapping[str, Any] = {}
    next_at: datetime | None = None


class Heard(NamedTuple):
    """`over`: of which (subject, kind) nobody need answer any longer; kind None: of all of the subject."""

    watched: Watched
    causes: tuple[Cause, ...] = ()
    over: tuple[tuple[str, str | None], ...] = ()
