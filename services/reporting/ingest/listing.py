"""`letters`: the dead letters, for people and for scripts. What is refused, why, since when, and what has closed it."""

import json
from collections.abc import Iterator
from typing import Any, Final, Literal, get_args

import click

from services.contracts import topics
from services.contracts.records import Position
from services.contracts.words import LETTER_WORDS, reason_text
from services.kit.db import Connection
from services.kit.errors import Unavailable
from services.reporting.ingest.commands import in_transaction
from services.reporting.store import generations
from services.reporting.store.letters import DeadLetter, LetterState, Wanted, dead_letters

AT_ONCE: Final = 1_000


@click.command("letters", help="Liệt kê tin bị từ chối. / List the dead letters: one line each, or JSON lines.")
@click.option("--topic", type=click.Choice([card.name for card in topics.INPUTS]))
@click.option("--programme")
@click.option("--state", type=click.Choice([*get_args(LetterState), "all"]), default="waiting", show_default=True)
@click.option("--json", "plain", is_flag=True, help="Mỗi dòng một JSON. / One JSON object a line.")
def command(topic: str | None, programme: str | None, state: LetterState | Literal["all"], plain: bool) -> None:
    wanted = Wanted(programme, topic, None if state == "all" else state)
    in_transaction(lambda connection: _tell(connection, wanted, plain=plain))


def _tell(connection: Connection, wanted: Wanted, *, plain: bool) -> None:
    found = 0
    for letter in _all(connection, wanted):
        click.echo(json.dumps(as_json(letter)) if plain else _line(letter))
        found += 1
    if not plain:
        click.echo(f"{found} tin. / {found} letters.")


def _all(connection: Connection, wanted: Wanted) -> Iterator[DeadLetter]:
    """A thousand at a time: there may be very many."""
    generations.lock_shared(connection)
    number = generations.current(connection)
    if number is None:
        raise Unavailable("database", detail="no generation is served yet")
    bound = generations.bind(connection, number)
    after: Position | None = None
    while found := dead_letters(bound, wanted, after, AT_ONCE):
        yield from found
        after = found[-1].position


def as_json(letter: DeadLetter) -> dict[str, Any]:
    """As `/v1/dead-letters` has it, without the texts."""
    return {
        **dict(zip(("topic", "partition", "offset"), letter.position, strict=True)),
        "first": ":".join(map(str, letter.first)),
        "state": letter.state,
        "reason": letter.reason,
        "field": letter.field,
        "source": letter.source,
        "programme": letter.programme or None,
        "unit": letter.unit or None,
        "event_id": None if letter.event_id is None else str(letter.event_id),
        "recorded_at": letter.recorded_at.isoformat(),
        "discarded_for": letter.discarded_for,
    }


def _line(letter: DeadLetter) -> str:
    state, why = LETTER_WORDS[letter.state], reason_text(letter.reason)
    place = ":".join(map(str, letter.position))
    closed = f" ({letter.discarded_for})" if letter.discarded_for else ""
    field = f" [{letter.field}]" if letter.field else ""
    return (
        f"{place} {letter.recorded_at:%Y-%m-%dT%H:%M:%SZ} {letter.source} {letter.unit or '-'}: "
        f"{state.vi}{closed} / {state.en}{closed}: {why.vi} / {why.en}{field}"
    )
