"""Every dead letter, for operators."""

from datetime import date

from services.contracts.accounts import DeadLetters, DeadLetterStatus
from services.contracts.errors import fault
from services.contracts.programme import Programme
from services.contracts.records import Position
from services.contracts.words import reason_text
from services.kit.clock import local_day
from services.kit.web import ProblemError
from services.kit.web.paging import DEFAULT_LIMIT, following, read_cursor, refused
from services.reporting.domain.summaries import name_of
from services.reporting.serve.lists import Asked
from services.reporting.serve.view import View
from services.reporting.store import letters as store
from services.reporting.store.letters import DeadLetter, Wanted


def dead_letters(view: View, asked: Asked) -> DeadLetters:
    """Raises ProblemError 404 for a unit that is not known, or is named without its programme."""
    limit = asked.get("limit") or DEFAULT_LIMIT
    wanted = Wanted(asked.get("programme"), asked.get("topic"), asked.get("state"), _units(view, asked))
    after = _place(read_cursor(asked["cursor"])) if "cursor" in asked else None
    found = store.dead_letters(view.snapshot.connection, wanted, after, limit + 1)
    chosen, cursor = following(found, lambda letter: _written(letter.position), limit)
    return DeadLetters(as_of=view.whole_as_of(), next=cursor, items=[_status(letter) for letter in chosen])


def _units(view: View, asked: Asked) -> list[str] | None:
    """A unit by id, or by code as the map is on the day of the answer, with what lies below it."""
    if "unit" not in asked:
        return None
    if "programme" not in asked:
        raise ProblemError(404, "unknown_programme", [fault("programme", "unknown_programme")])
    programme, ref = view.programme(asked["programme"]), asked["unit"]
    unit = programme.units.by_id.get(ref) or programme.units.resolve(ref, _day(view, programme))
    if unit is None:
        raise ProblemError(404, "unknown_unit", [fault("unit", "unknown_unit")])
    return sorted(programme.units.subtree(unit.id))


def _day(view: View, programme: Programme) -> date:
    return min(max(local_day(view.now_of(programme) or view.wall), programme.starts_on), programme.ends_on)


def _written(position: Position) -> str:
    return ":".join(map(str, position))


def _place(key: str) -> Position:
    topic, _, rest = key.partition(":")
    partition, _, offset = rest.partition(":")
    if not (partition.isascii() and partition.isdigit() and offset.isascii() and offset.isdigit()):
        raise refused()
    place = Position(topic, int(partition), int(offset))
    if place.partition >= 2**31 or place.offset >= 2**63 or not topic.isprintable():
        raise refused()
    return place


def _status(letter: DeadLetter) -> DeadLetterStatus:
    return DeadLetterStatus(
        topic=letter.position.topic,
        partition=letter.position.partition,
        offset=letter.position.offset,
        first=_written(letter.first),
        state=letter.state,
        reason=letter.reason,
        text=name_of(reason_text(letter.reason)),
        field=letter.field,
        source=letter.source,
        programme=letter.programme or None,
        unit=letter.unit or None,
        event_id=letter.event_id,
        recorded_at=letter.recorded_at,
        discarded_for=letter.discarded_for,
    )
