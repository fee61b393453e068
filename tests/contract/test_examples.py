"""Every golden example is accepted or refused alike by the log's decoder, the wire schema and JSON Schema."""

from typing import Any

import msgspec
import pytest
from jsonschema import Draft202012Validator, FormatChecker

from services.contracts import codec, schemas, wire
from services.contracts.errors import Reason, Rejected
from services.contracts.events import EVENT_TYPES
from services.contracts.versions import versions_of
from tests.support.golden import FOLDER, PREFIX, Example, examples, label, record_of, topic_of

GOOD = list(examples("good"))
BAD = list(examples("bad"))
good = pytest.mark.parametrize("example", GOOD, ids=label)
bad = pytest.mark.parametrize("example", BAD, ids=label)


@pytest.fixture(scope="module")
def validators() -> dict[tuple[str, int], Any]:
    return {
        (name, version): Draft202012Validator(schemas.event_schema(name, version), format_checker=FormatChecker())
        for name in EVENT_TYPES
        for version in versions_of(name)
    }


def test_every_event_type_has_good_and_bad_examples_and_no_other_is_on_file() -> None:
    every = {(name, version) for name in EVENT_TYPES for version in versions_of(name)}
    assert {(of.type, of.version) for of in GOOD} == {(of.type, of.version) for of in BAD} == every
    on_file = {(f"{PREFIX}{path.parent.name}", int(path.name.removeprefix("v"))) for path in FOLDER.glob("*/*")}
    assert on_file == every


@good
def test_a_good_example_is_read_as_the_same_event_by_codec_and_wire(example: Example) -> None:
    event = codec.decode(record_of(example.type, example.body, example.version))
    payload = msgspec.json.decode(example.body)
    assert event.type == example.type
    assert wire.schema_for(EVENT_TYPES[example.type]).load(payload) == event.data
    assert wire.explain(EVENT_TYPES[example.type], example.body) == []


@good
def test_a_good_example_is_valid_by_json_schema(example: Example, validators: dict[tuple[str, int], Any]) -> None:
    validators[example.type, example.version].validate(msgspec.json.decode(example.body))


@good
def test_a_good_example_survives_being_encoded_and_decoded(example: Example) -> None:
    event = codec.decode(record_of(example.type, example.body, example.version))
    again = codec.seal(
        event.data,
        event_id=event.id,
        source=event.source,
        accepted_at=event.accepted_at,
        programme_version=event.programme_version,
        actor="officer-1",
    )
    record = codec.encode(again, topic=topic_of(example.type))
    assert dict(record.headers)["ce_dataschema"] == codec.dataschema(example.type, example.version).encode()
    stored = record_of(example.type, record.value or b"")._replace(headers=record.headers)
    assert codec.decode(stored) == again


def test_what_only_a_later_version_can_say_is_refused_under_an_earlier_one() -> None:
    later = [example for example in GOOD if example.version > 1]
    assert later
    for example in later:
        with pytest.raises(Rejected) as refused:
            codec.decode(record_of(example.type, example.body, example.version - 1))
        assert refused.value.reason is Reason.UNSUPPORTED_VERSION
        earlier = Draft202012Validator(schemas.event_schema(example.type, example.version - 1))
        assert not earlier.is_valid(msgspec.json.decode(example.body))


@bad
def test_a_bad_example_is_refused_by_the_decoder(example: Example) -> None:
    with pytest.raises(Rejected) as refused:
        codec.decode(record_of(example.type, example.body, example.version))
    assert refused.value.reason in {Reason.INVALID_FIELD, Reason.MALFORMED}


@bad
def test_a_bad_example_has_exactly_the_fault_of_its_name(example: Example) -> None:
    (fault,) = wire.explain(EVENT_TYPES[example.type], example.body)
    assert fault.field.replace("?", "_") == example.faulty_field
    assert fault.code == example.fault_code


@bad
def test_a_bad_example_is_invalid_by_json_schema(example: Example, validators: dict[tuple[str, int], Any]) -> None:
    assert not validators[example.type, example.version].is_valid(msgspec.json.decode(example.body))


@pytest.mark.parametrize("body", [b"", b"{", b"[1,", b"\xff", b"[" * 20_000, b'{"a":"\\ud800"}'])
@pytest.mark.parametrize("name", EVENT_TYPES)
def test_what_is_no_json_is_malformed_everywhere(name: str, body: bytes) -> None:
    record = record_of(name, b"{}")._replace(value=body)
    with pytest.raises(Rejected):
        codec.decode(record)
    assert [fault.code for fault in wire.explain(EVENT_TYPES[name], body)] == ["malformed"]
