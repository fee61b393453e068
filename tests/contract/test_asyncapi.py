"""What is published about the log is valid for the official parser, and true of the records that stand on it."""

import copy
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from jsonschema import Draft7Validator, FormatChecker

from deploy.laptop import places
from services.contracts import codec
from services.contracts.asyncapi import asyncapi
from services.contracts.errors import Reason
from services.contracts.records import Record, StoredRecord
from services.contracts.topics import CARDS, DEAD_LETTERS, INPUTS, TopicCard
from services.operations.topic_plan import configs
from services.reporting.ingest.rejects import dead_letter, without_value
from services.reporting.store.batch import Refused
from tests.support import asyncapi_parser
from tests.support.asyncapi_parser import Parser
from tests.support.golden import Example, examples, label, record_of, topic_of

Document = dict[str, Any]
LIVING = [card for card in CARDS.values() if card not in DEAD_LETTERS]
GOOD, BAD = list(examples("good")), list(examples("bad"))
every_card = pytest.mark.parametrize("card", CARDS.values(), ids=lambda card: card.name)


@pytest.fixture(scope="module")
def document() -> Document:
    return asyncapi("Bình Yên", tuple(CARDS.values()))


@pytest.fixture(scope="module")
def parser(tmp_path_factory: pytest.TempPathFactory) -> Parser:
    return asyncapi_parser.fetch(places.cache_dir(), tmp_path_factory.mktemp("parser"))


def test_the_official_parser_finds_no_fault_in_the_document(parser: Parser, document: Document) -> None:
    assert parser.faults(document) == []


def _without_a_channel(broken: Document) -> None:
    del broken["channels"]["pledge.v1"]


def _of_a_type_that_there_is_not(broken: Document) -> None:
    broken["components"]["schemas"]["PledgeSigned"]["properties"]["kind"] = {"type": "word"}


def _with_an_action_that_there_is_not(broken: Document) -> None:
    broken["operations"]["pledge.send.pledge.v1"]["action"] = "sends"


def _kept_for_less_than_nothing(broken: Document) -> None:
    broken["channels"]["pledge.v1"]["bindings"]["kafka"]["topicConfiguration"]["retention.ms"] = -2


def _without_a_schema(broken: Document) -> None:
    del broken["components"]["schemas"]["Signer"]


@pytest.mark.parametrize(
    "broken",
    [
        _without_a_channel,
        _of_a_type_that_there_is_not,
        _with_an_action_that_there_is_not,
        _kept_for_less_than_nothing,
        _without_a_schema,
    ],
)
def test_the_official_parser_refuses_a_broken_document(
    parser: Parser, document: Document, broken: Callable[[Document], None]
) -> None:
    changed = copy.deepcopy(document)
    broken(changed)
    assert [fault for fault in parser.faults(changed) if fault["severity"] == 0]


def test_another_package_than_the_pinned_one_is_refused_and_removed(tmp_path: Path) -> None:
    forged = tmp_path / "parser.tgz"
    forged.write_bytes(b"forged")
    with pytest.raises(ValueError, match="is refused"):
        asyncapi_parser.PACKAGE.check(forged)
    assert not forged.exists()


@every_card
def test_a_channel_is_what_its_card_says_and_the_cluster_is_made(card: TopicCard, document: Document) -> None:
    channel = document["channels"][card.name]
    topic = channel["bindings"]["kafka"]
    assert (channel["address"], topic["partitions"]) == (card.name, card.partitions)
    made = configs(card, 3)
    for name, value in topic["topicConfiguration"].items():
        assert made[name] == (",".join(value) if isinstance(value, list) else str(value))
    keys = {message["bindings"]["kafka"]["key"]["description"] for message in channel["messages"].values()}
    assert keys == {card.key}


@every_card
def test_every_producer_sends_and_every_consumer_receives_all_messages_of_a_topic(
    card: TopicCard, document: Document
) -> None:
    reference = f"#/channels/{card.name}"
    ours = [one for one in document["operations"].values() if one["channel"]["$ref"] == reference]
    parties = {(one["action"], tag["name"]) for one in ours for tag in one["tags"]}
    assert parties == {("send", who) for who in card.producers} | {("receive", who) for who in card.consumers}
    messages = [f"{reference}/messages/{name}" for name in document["channels"][card.name]["messages"]]
    assert all([each["$ref"] for each in one["messages"]] == messages for one in ours)


@pytest.mark.parametrize("card", LIVING, ids=lambda card: card.name)
def test_a_channel_carries_exactly_the_types_of_its_card(card: TopicCard, document: Document) -> None:
    carried = [message["name"] for message in document["channels"][card.name]["messages"].values()]
    assert carried == list(card.types)


@pytest.mark.parametrize("example", GOOD, ids=label)
def test_a_record_as_it_stands_on_the_log_is_the_message_of_its_channel(example: Example, document: Document) -> None:
    record = _encoded(example)
    (message,) = [
        message
        for message in document["channels"][record.topic]["messages"].values()
        if message["name"] == example.type
    ]
    _validator(document, message["payload"]).validate(msgspec.json.decode(record.value))
    headers = _validator(document, message["headers"])
    texts = codec.header_texts(record.headers)
    headers.validate(texts)
    for name in texts.keys() - {"ce_actor"}:
        assert not headers.is_valid({other: text for other, text in texts.items() if other != name}), name
    assert not headers.is_valid({**texts, "ce_type": "vn.binhyen.other"})


@pytest.mark.parametrize("example", BAD, ids=label)
def test_what_is_refused_is_no_message(example: Example, document: Document) -> None:
    for card in LIVING:
        for message in document["channels"][card.name]["messages"].values():
            if message["name"] == example.type:
                assert not _validator(document, message["payload"]).is_valid(msgspec.json.decode(example.body))


@pytest.mark.parametrize("card", INPUTS, ids=lambda card: card.name)
def test_a_dead_letter_names_its_original(card: TopicCard, document: Document) -> None:
    original = StoredRecord(card.name, 1, 7, 0, b"key", b"{", (("ce_type", b"whatever"),))
    now = datetime(2024, 3, 2, tzinfo=UTC)
    where = original.position
    letter = dead_letter(original, Refused(where, where, Reason.MALFORMED.value, "", "", "", "", now, now.date()))
    (message,) = document["channels"][letter.topic]["messages"].values()
    headers = _validator(document, message["headers"])
    for sent in (letter, without_value(letter)):
        headers.validate(codec.header_texts(sent.headers))
    assert not headers.is_valid(codec.header_texts(original.headers))


def _encoded(example: Example) -> Record:
    event = msgspec.structs.replace(
        codec.decode(record_of(example.type, example.body, example.version)), actor="officer-1"
    )
    return codec.encode(event, topic=topic_of(example.type))


def _validator(document: Document, schema: Document) -> Draft7Validator:
    """Of a schema inside the document; draft 7 is the dialect that AsyncAPI reads schemas in."""
    return Draft7Validator({**schema, "components": document["components"]}, format_checker=FormatChecker())
