"""Programmes as the log tells them: a pure fold of programme.v1. The caller reads, in order, and asks."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from services.contracts.events import Event, ProgrammeActivated, ProgrammeClosed
from services.contracts.programme.content import BrokenContent, content_hash, unpack
from services.contracts.programme.faults import ProgrammeFaults
from services.contracts.programme.model import Programme
from services.contracts.programme.parse import parse

Edition = tuple[str, int]
"""Programme id and version."""
APART: Final = timedelta(seconds=5)
"""So far the clocks of two brokers may be apart: by so much a version may be recorded after an event that names it."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """An activation that cannot be used, and why. It is kept beside the programmes and stops nobody."""

    programme: str
    version: int
    why: str


@dataclass(frozen=True, slots=True)
class Registry:
    """All programme versions read so far, whole or still in parts. The first whole content of a version counts."""

    editions: Mapping[Edition, Programme] = field(default_factory=dict)
    closed: frozenset[str] = frozenset()
    recorded: Mapping[Edition, datetime] = field(default_factory=dict)
    refusals: tuple[Refusal, ...] = ()
    _parts: Mapping[tuple[str, int, str], Mapping[int, bytes]] = field(default_factory=dict)

    def with_event(self, event: Event) -> "Registry":
        """The registry after one more event of programme.v1; events of other kinds change nothing."""
        match event.data:
            case ProgrammeActivated() as activated:
                return self._with_part(activated)
            case ProgrammeClosed() as closing:
                return replace(self, closed=self.closed | {closing.programme})
            case _:
                return self

    def get(self, programme_id: str, version: int) -> Programme | None:
        return self.editions.get((programme_id, version))

    def at(self, programme_id: str, version: int, named_at: datetime) -> Programme | None:
        """The version, unless it was recorded after an event that names it was.

        Whoever reads the log anew knows every version from the start, and must refuse what was refused.
        """
        since = self.recorded.get((programme_id, version))
        return None if since is not None and since > named_at + APART else self.get(programme_id, version)

    def recorded_at(self, instants: Mapping[Edition, datetime]) -> "Registry":
        """The registry, with when versions were recorded: told by whoever keeps that."""
        return replace(self, recorded={**self.recorded, **instants})

    def active(self, programme_id: str) -> Programme | None:
        """The highest version of a programme; also of a closed one, whose figures can still be read."""
        versions = [version for known, version in self.editions if known == programme_id]
        return self.editions[programme_id, max(versions)] if versions else None

    def ids(self) -> tuple[str, ...]:
        """All programmes, in the order of their ids."""
        return tuple(sorted({programme_id for programme_id, _ in self.editions}))

    def unfinished(self) -> tuple[Edition, ...]:
        """Versions of which parts were read, but not all, in the order of their names."""
        begun = {(programme_id, version) for programme_id, version, _ in self._parts}
        return tuple(sorted(begun - self.editions.keys()))

    def _with_part(self, part: ProgrammeActivated) -> "Registry":
        edition = (part.programme, part.version)
        if edition in self.editions or part.part > part.parts:
            return self
        key = (part.programme, part.version, part.hash)
        collected = {**self._parts.get(key, {}), part.part: part.content}
        if len(collected) < part.parts:
            return replace(self, _parts={**self._parts, key: collected})
        rest = {other: parts for other, parts in self._parts.items() if other != key}
        return replace(self._completed(part, collected), _parts=rest)

    def _completed(self, last: ProgrammeActivated, parts: Mapping[int, bytes]) -> "Registry":
        try:
            programme = _programme(last, parts)
        except (BrokenContent, ProgrammeFaults) as error:
            refusal = Refusal(last.programme, last.version, str(error))
            return replace(self, refusals=(*self.refusals, refusal))
        return replace(self, editions={**self.editions, (last.programme, last.version): programme})


def _programme(last: ProgrammeActivated, parts: Mapping[int, bytes]) -> Programme:
    content = unpack(parts)
    if content_hash(content) != last.hash:
        raise BrokenContent("the content does not have the hash that was announced")
    programme = parse({path: text.encode() for path, text in content.items()})
    if programme.id != last.programme and not last.sandbox:
        raise BrokenContent("the content is another programme's")
    return programme.activated(last.programme, last.version, sandbox=last.sandbox)
