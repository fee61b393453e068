"""Which version of its type an event is: the lowest that can say it, so that a release before reads all it can.

The structs of `events.py` are the newest versions. Version 2 of a type is version 1 with what is named here.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

from services.contracts.events import EVENT_TYPES, Data, PledgeSigned, TipMoved

FIRST_VERSION: Final = 1


class Added(NamedTuple):
    """`fields`: absent, or at their default, in version 1. `choices`: by field, words that version 1 does not know."""

    fields: tuple[str, ...] = ()
    choices: Mapping[str, frozenset[str]] = {}


ADDED_IN_2: Final[Mapping[type[Data], Added]] = {
    PledgeSigned: Added(fields=("parties", "witness")),
    TipMoved: Added(choices={"step": frozenset({"extended", "extended_again", "suspended", "resumed"})}),
}


def versions_of(event_type: str) -> range:
    """Every version that was ever published of a type; the last is the newest."""
    return range(FIRST_VERSION, 3 if EVENT_TYPES[event_type] in ADDED_IN_2 else 2)


def version_of(data: Data) -> int:
    added = ADDED_IN_2.get(type(data))
    if added is None:
        return FIRST_VERSION
    says_more = any(getattr(data, name) for name in added.fields)
    return 2 if says_more or any(getattr(data, name) in words for name, words in added.choices.items()) else 1
