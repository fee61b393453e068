"""AsyncAPI 3.0 of the log: a channel a topic, from its card and the structs of its events, never written by hand."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from services.contracts.codec import dataschema
from services.contracts.events import EVENT_TYPES
from services.contracts.headers import DeadLetterHeaders, EventHeaders
from services.contracts.routes import JSON
from services.contracts.schemas import LICENCE, Json, components_of
from services.contracts.topics import DAYS_MS, DEAD_LETTERS, KEEP_FOR_EVER, TopicCard
from services.contracts.versions import versions_of

DEAD_LETTER: Final = "deadletter"
_SERVER: Final = "log"
_PREFIX: Final = "vn.binhyen."
_KAFKA_BINDING: Final = "0.5.0"
_Schemas = Mapping[Any, Json]


def asyncapi(title: str, cards: Sequence[TopicCard], version: str = "1") -> Json:
    """The document of these topics: who sends and receives what, under which key, and how long it is kept."""
    declared = [EVENT_TYPES[name] for name in dict.fromkeys(name for card in cards for name in card.types)]
    definitions, schemas = components_of([EventHeaders, DeadLetterHeaders, *declared])
    return {
        "asyncapi": "3.0.0",
        "id": "urn:binhyen",
        "info": {"title": title, "version": version, "license": LICENCE},
        "defaultContentType": JSON,
        "servers": {_SERVER: _server()},
        "channels": {card.name: _channel(card, schemas) for card in cards},
        "operations": {name: operation for card in cards for name, operation in _operations(card)},
        "components": {"schemas": definitions},
    }


def _server() -> Json:
    """Which brokers is an installation's own business."""
    where = {"description": "host:port of some brokers; every process is told by KAFKA_BOOTSTRAP_SERVERS"}
    return {
        "host": "{bootstrap_servers}",
        "protocol": "kafka",
        "description": "The cluster of an installation.",
        "variables": {"bootstrap_servers": where},
    }


def _channel(card: TopicCard, schemas: _Schemas) -> Json:
    return {
        "address": card.name,
        "description": f"Keyed by {card.key}. Kept {_kept(card)}.",
        "servers": [{"$ref": f"#/servers/{_SERVER}"}],
        "messages": _messages(card, schemas),
        "bindings": {"kafka": _topic(card)},
    }


def _kept(card: TopicCard) -> str:
    return "for ever" if card.retention_ms == KEEP_FOR_EVER else f"for {card.retention_ms // DAYS_MS} days"


def _topic(card: TopicCard) -> Json:
    """Partitions may be more than these: `topics apply -p`. Replicas follow the number of brokers."""
    return {
        "topic": card.name,
        "partitions": card.partitions,
        "topicConfiguration": {
            "cleanup.policy": ["delete"],
            "retention.ms": card.retention_ms,
            "retention.bytes": -1,
            "max.message.bytes": card.max_message_bytes,
        },
        "bindingVersion": _KAFKA_BINDING,
    }


def _messages(card: TopicCard, schemas: _Schemas) -> dict[str, Json]:
    if card in DEAD_LETTERS:
        return {DEAD_LETTER: _dead_letter(card, schemas)}
    return {_short(name): _event(name, card, schemas) for name in card.types}


def _event(name: str, card: TopicCard, schemas: _Schemas) -> Json:
    versions = [dataschema(name, version) for version in versions_of(name)]
    which = {"const": versions[0]} if len(versions) == 1 else {"enum": versions}
    own = {"ce_type": {"const": name}, "ce_dataschema": which}
    return {
        "name": name,
        "title": EVENT_TYPES[name].__name__,
        "contentType": JSON,
        "headers": {"type": "object", "allOf": [schemas[EventHeaders], {"properties": own}]},
        "payload": schemas[EVENT_TYPES[name]],
        "bindings": {"kafka": _key(card)},
    }


def _dead_letter(card: TopicCard, schemas: _Schemas) -> Json:
    """What was refused need not be an event, nor even JSON."""
    return {
        "name": DEAD_LETTER,
        "title": "DeadLetter",
        "summary": "A record that was refused: key, value and headers as they were, and why.",
        "contentType": "application/octet-stream",
        "headers": schemas[DeadLetterHeaders],
        "payload": {},
        "bindings": {"kafka": _key(card)},
    }


def _key(card: TopicCard) -> Json:
    return {"key": {"type": "string", "description": card.key}, "bindingVersion": _KAFKA_BINDING}


def _operations(card: TopicCard) -> Iterable[tuple[str, Json]]:
    for action, parties in (("send", card.producers), ("receive", card.consumers)):
        for party in parties:
            yield f"{party.replace(' ', '-')}.{action}.{card.name}", _operation(card, action, party)


def _operation(card: TopicCard, action: str, party: str) -> Json:
    channel = f"#/channels/{card.name}"
    names = [DEAD_LETTER] if card in DEAD_LETTERS else map(_short, card.types)
    return {
        "action": action,
        "title": f"{party} {action}s {card.name}",
        "tags": [{"name": party}],
        "channel": {"$ref": channel},
        "messages": [{"$ref": f"{channel}/messages/{name}"} for name in names],
    }


def _short(event_type: str) -> str:
    return event_type.removeprefix(_PREFIX)
