"""The books (promise P7): what stands in the log equals what became of it, per source and local day."""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date
from typing import NamedTuple

from services.contracts.accounts import BookLine, Books, CountedUpTo
from services.contracts.errors import fault
from services.contracts.words import LETTER_WORDS, OUTCOME_WORDS
from services.kit.web import ProblemError
from services.kit.web.paging import page
from services.reporting.domain.sources import UNKNOWN
from services.reporting.serve.lists import Asked
from services.reporting.serve.view import View
from services.reporting.store import letters, read
from services.reporting.store.letters import LetterCount
from services.reporting.store.read import LogCount, OutcomeCount

SourceOf = Callable[[str], str]


class _Line(NamedTuple):
    day: date
    topic: str
    source: str


def books(view: View, asked: Asked) -> Books:
    """The lines of the days [from, to]; of one programme's agencies when `programme` is given.

    Raises ProblemError 422 when `to` lies before `from`.
    """
    since, until = asked["from"], asked["to"]
    if until < since:
        raise ProblemError(422, "ends_before_start", [fault("to", "ends_before_start")])
    connection = view.snapshot.connection
    lines = lines_of(
        read.log_counts(connection, since, until),
        read.outcome_counts(connection, since, until),
        letters.letter_counts(connection, since, until, read.UNDATED),
        _sources(view),
    )
    if "programme" in asked:
        agencies = view.programme(asked["programme"]).agencies
        lines = [line for line in lines if line.source in agencies]
    chosen, following = page(
        lines, lambda line: f"{line.day}|{line.topic}|{line.source}", asked.get("cursor"), asked.get("limit")
    )
    counted = [
        CountedUpTo(
            topic=row.topic,
            partition=row.partition,
            next_offset=row.next_offset,
            counted_at=row.counted_at,
            unread=max(0, row.next_offset - row.read_to),
        )
        for row in read.counted_positions(connection)
    ]
    return Books(
        as_of=view.whole_as_of(),
        next=following,
        counted=counted,
        unread=sum(row.unread for row in counted),
        residual=sum(abs(line.residual) for line in lines),
        lines=list(chosen),
    )


def lines_of(
    in_log: Iterable[LogCount],
    outcomes: Iterable[OutcomeCount],
    closed: Iterable[LetterCount],
    source_of: SourceOf = str,
) -> list[BookLine]:
    """Both sides joined, by day, topic and source; a side without the other still makes a line."""
    left: Counter[_Line] = Counter()
    for counted in in_log:
        left[_Line(counted.day, counted.topic, source_of(counted.source))] += counted.records
    right: Counter[tuple[_Line, str]] = Counter()
    for became in outcomes:
        right[_Line(became.day, became.topic, source_of(became.source)), became.outcome] += became.records
    for row in closed:
        right[_Line(row.day, row.topic, source_of(row.source)), row.state] += row.records
    return [_line(key, left[key], right) for key in sorted(left.keys() | {key for key, _ in right})]


def _line(key: _Line, in_log: int, right: Counter[tuple[_Line, str]]) -> BookLine:
    became = {outcome: right[key, outcome] for outcome in OUTCOME_WORDS}
    residual = in_log - sum(became.values())
    states = {state: right[key, state] for state in LETTER_WORDS}
    return BookLine(
        topic=key.topic, source=key.source, day=key.day, in_log=in_log, **became, **states, residual=residual
    )


def _sources(view: View) -> SourceOf:
    """A source is a registered agency of some programme, else `unknown`: both sides are named alike."""
    registered = {agency for programme in view.programmes() for agency in programme.agencies}
    return lambda source: source if source in registered else UNKNOWN
