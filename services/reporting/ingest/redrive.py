"""`redrive`: sends dead letters again after a fix. Repeated, it changes nothing: an event counts once."""

import json
from collections.abc import Sequence

import click

from services.contracts import topics
from services.contracts.records import Position, Record
from services.kit.errors import Usage
from services.kit.eventlog.kafka import KafkaAdmin, KafkaReader, LogSettings
from services.kit.eventlog.port import Partition
from services.reporting.ingest import letters
from services.reporting.ingest.closing import NOT_ALL, append, of_topic, run, waiting_on
from services.reporting.ingest.writing import CORRUPT
from services.reporting.settings import LetterSettings
from services.reporting.store.rejects import Letter


@click.command("redrive", help="Gửi lại tin hỏng sau khi sửa lỗi. / Send dead letters again after a fix.")
@of_topic
@click.option("--partition", type=click.IntRange(0))
@click.option("--offset", type=click.IntRange(0))
@click.option("--all", "every", is_flag=True, help="Tất cả tin đang chờ. / All that wait.")
@click.option("--json", "plain", is_flag=True, help="In JSON. / Print JSON.")
def command(topic: str, partition: int | None, offset: int | None, every: bool, plain: bool) -> None:
    def redrive(settings: LetterSettings) -> int:
        if every == (offset is not None) or (offset is None) != (partition is None):
            raise Usage("either --all, or --partition and --offset")
        place = None if partition is None or offset is None else Position(topic, partition, offset)
        return _redrive(settings, topic, place, plain=plain)

    run(redrive)


def _redrive(settings: LetterSettings, topic: str, place: Position | None, *, plain: bool) -> int:
    chosen = _chosen(waiting_on(settings, topic).letters, place)
    records, left = _found(settings.log(), topic, chosen)
    if records:
        append(settings.log(), topics.CARDS[topic], records)
    _tell(len(records), left, plain=plain)
    return NOT_ALL if left or (place is not None and not chosen) else 0


def _chosen(waiting: Sequence[Letter], place: Position | None) -> list[Letter]:
    """Of an event that was refused again after it was sent again, the latest letter: one copy is enough."""
    if place is not None:
        return [letter for letter in waiting if letter.position == place]
    return list({letter.first: letter for letter in waiting}.values())


def _found(settings: LogSettings, topic: str, chosen: Sequence[Letter]) -> tuple[list[Record], list[Letter]]:
    """What to append, in the order of the log, and the letters whose content is not there to be sent."""
    if not chosen:
        return [], []
    dead = topics.dead_letter_topic(topic)
    admin = KafkaAdmin(settings)
    begins = admin.beginning_offsets([dead])
    admin.close()
    reader = KafkaReader.of_partitions(settings, begins)
    try:
        found = letters.read(reader, {letter.position for letter in chosen})
    finally:
        reader.close()
    copies: dict[Position, Record | None] = {place: letters.again(letter) for place, letter in found.items()}
    copies |= _originals(settings, {one.position for one in chosen if one.reason != CORRUPT} - copies.keys())
    listed = [(letter, copies.get(letter.position)) for letter in chosen]
    return [copy for _, copy in listed if copy is not None], [letter for letter, copy in listed if copy is None]


def _originals(settings: LogSettings, places: set[Position]) -> dict[Position, Record]:
    """Of those without a letter."""
    if not places:
        return {}
    reader = KafkaReader.of_partitions(settings, {Partition(*place[:2]): place.offset for place in places})
    try:
        return letters.originals(reader, places)
    finally:
        reader.close()


def _tell(sent: int, left: Sequence[Letter], *, plain: bool) -> None:
    if plain:
        places = [{**letter.position._asdict(), "reason": letter.reason} for letter in left]
        click.echo(json.dumps({"redriven": sent, "left": places}))
        return
    click.echo(f"Đã gửi lại {sent} tin. / {sent} sent again.")
    for letter in left:
        where = ":".join(map(str, letter.position))
        click.echo(f"{where} ({letter.reason}): không còn nội dung, chỉ có thể bỏ. / No content left: discard it.")
