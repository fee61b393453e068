"""Topic cards: where every event lives, and that an input topic loses nothing."""

from services.contracts import topics
from services.contracts.events import EVENT_TYPES, TYPE_NAMES

DISCARDED = "vn.binhyen.deadletter.discarded"


def homes(event_type: str) -> list[str]:
    return [card.name for card in (*topics.INPUTS, topics.STATUS, topics.OBLIGATION) if event_type in card.types]


def test_every_event_type_has_exactly_one_topic_but_a_discard_has_all_input_topics() -> None:
    for name in EVENT_TYPES.keys() - {DISCARDED}:
        assert homes(name) == [topics.TOPIC_OF_TYPE[name]]
    assert homes(DISCARDED) == [card.name for card in topics.INPUTS]
    assert set(topics.TOPIC_OF_TYPE) == EVENT_TYPES.keys() - {DISCARDED}


def test_a_card_names_only_declared_types_and_itself() -> None:
    for name, card in topics.CARDS.items():
        assert card.name == name
        assert set(card.types) <= EVENT_TYPES.keys()
        assert card.producers
        assert card.consumers


def test_input_topics_and_their_dead_letters_keep_everything() -> None:
    for card in topics.INPUTS:
        assert card.retention_ms == topics.KEEP_FOR_EVER
        dead = topics.CARDS[topics.dead_letter_topic(card.name)]
        assert dead.retention_ms == topics.KEEP_FOR_EVER
        assert dead.types == card.types
        assert dead.max_message_bytes > card.max_message_bytes


def test_a_struct_stands_for_one_event_type() -> None:
    assert {TYPE_NAMES[data]: data for data in TYPE_NAMES} == EVENT_TYPES
