"""`discard`: closes one dead letter by decision, as an event of its own. A repeated one has the same id."""

from datetime import UTC, datetime

import click
import msgspec

from services.contracts import topics
from services.contracts.codec import encode, seal
from services.contracts.events import TYPE_NAMES, DeadletterDiscarded, Event
from services.contracts.fields import ReasonCode
from services.contracts.programme import Programme, local_date, operator_of
from services.contracts.programme.ids import event_id
from services.contracts.records import Position
from services.kit.errors import Usage
from services.reporting.ingest.closing import NOT_ALL, append, of_topic, run, waiting_on
from services.reporting.settings import LetterSettings
from services.reporting.store.rejects import Letter


@click.command("discard", help="Bỏ một tin hỏng, có lý do. / Close a dead letter by decision, with a reason.")
@of_topic
@click.option("--partition", type=click.IntRange(0), required=True)
@click.option("--offset", type=click.IntRange(0), required=True)
@click.option("--reason", required=True, help="Mã lý do, ví dụ test_record. / A code, e.g. test_record.")
@click.option("--programme", "programme_id", help="Nếu tin không nêu. / Where the letter names none that is known.")
def command(topic: str, partition: int, offset: int, reason: str, programme_id: str | None) -> None:
    run(lambda settings: _discard(settings, Position(topic, partition, offset), reason, programme_id))


def _discard(settings: LetterSettings, place: Position, reason: str, programme_id: str | None) -> int:
    waiting = waiting_on(settings, place.topic)
    letter = next((letter for letter in waiting.letters if letter.position == place), None)
    if letter is None:
        click.echo("Không có tin nào chờ ở đó. / No dead letter waits there.")
        return NOT_ALL
    programme = waiting.registry.active(programme_id or letter.programme)
    if programme is None:
        raise Usage(f"no such programme; --programme is one of {', '.join(waiting.registry.ids())}")
    event = _discarded(letter, programme, _reason(reason), datetime.now(UTC))
    key = programme.id if place.topic == topics.PROGRAMME.name else None
    append(settings.log(), topics.CARDS[place.topic], [encode(event, topic=place.topic, key=key)])
    click.echo(f"Đã bỏ: {event.id} / Discarded.")
    return 0


def _reason(said: str) -> str:
    try:
        return msgspec.convert(said, ReasonCode)
    except msgspec.ValidationError:
        raise Usage("--reason is a code such as test_record") from None


def _discarded(letter: Letter, programme: Programme, reason: str, now: datetime) -> Event:
    """The decision. A repeated one has the same id."""
    today = min(max(local_date(now), programme.starts_on), programme.ends_on)
    unit = programme.units.resolve(letter.unit, today) if letter.unit else None
    inside = unit is not None and programme.units.within(unit.id, programme.root)
    source = operator_of(programme)
    place = letter.position
    data = DeadletterDiscarded(
        programme=programme.id,
        unit=unit.id if unit is not None and inside else programme.root,
        occurred_on=today,
        topic=place.topic,
        partition=place.partition,
        offset=place.offset,
        reason=reason,
    )
    named = event_id(programme.id, source, TYPE_NAMES[DeadletterDiscarded], ":".join(map(str, place)))
    return seal(data, event_id=named, source=source, accepted_at=now, programme_version=programme.version, actor=None)
