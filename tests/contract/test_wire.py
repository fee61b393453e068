"""The wire schema and the decoder are of one opinion on every payload, and the wire names every fault."""

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from marshmallow import ValidationError

from services.contracts import wire
from services.contracts.codec import canonical
from services.contracts.errors import FAULT_TEXTS
from services.contracts.events import EVENT_TYPES
from services.contracts.requests import REQUESTS, PostPledge, PostReport, PostTip, SetClock, SheetSigner
from services.contracts.signer_identity import SignerIdentity
from tests.support.golden import examples

SMALL = 6_000
SHEET = {
    "programme": "hong-linh-2024",
    "unit": "18115",
    "kind": "household",
    "method": "paper",
    "text_version": "2024.1",
    "occurred_on": "2024-03-02",
    "declared_count": 1,
    "signers": [{"identity": {"register_number": "HK-000123"}}, {"identity": {"address": "Số 1, ngõ 2"}}],
}
REPORT = {
    "programme": "hong-linh-2024",
    "form": "BC-THANG-UBND",
    "unit": "18115",
    "period": "2024-M03",
    "values": {"propaganda_sessions": 3, "new_cases": None},
    "rows": {"sessions": [{"kind": "meeting", "attendance": 120}]},
}
TIP = {
    "programme": "hong-linh-2024",
    "unit": "437",
    "category": "trade",
    "channel": "hotline",
    "received_on": "2024-03-02",
}
BODIES: list[tuple[type[msgspec.Struct], Any]] = [
    (PostPledge, SHEET),
    (PostReport, REPORT),
    (PostTip, TIP),
    (SetClock, {"now": "2024-03-02T17:00:00+07:00"}),
    *(
        (EVENT_TYPES[example.type], msgspec.json.decode(example.body))
        for example in examples("good")
        if len(example.body) < SMALL
    ),
]

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=60),
    st.dates().map(str),
    st.datetimes(timezones=st.just(None)).map(lambda instant: instant.isoformat()),
    st.datetimes(timezones=st.timezones()).map(lambda instant: instant.isoformat()),
    st.uuids().map(str),
    st.uuids().map(lambda number: number.hex),
    st.binary(max_size=20).map(lambda value: msgspec.json.encode(value).decode().strip('"')),
    st.sampled_from(["18115", "18115@2018-01-01\n", "2017-12-31", "2018-01-01", "household", "1e3", "", "nil"]),
)
anything = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3),
    max_leaves=6,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, below in inner:
        yield from places(below, (*path, key))


def changed(value: Any, path: tuple[Any, ...], how: str, new: Any) -> Any:
    """A copy of `value` with the part at `path` replaced, removed, or given one more entry."""
    if len(path) > (how == "remove"):
        key, rest = path[0], path[1:]
        items = dict(value) if isinstance(value, dict) else list(value)
        items[key] = changed(value[key], rest, how, new)
        return items
    if how == "remove" and path:
        if isinstance(value, dict):
            return {key: below for key, below in value.items() if key != path[0]}
        return [below for index, below in enumerate(value) if index != path[0]]
    if how == "add" and isinstance(value, dict):
        return {**value, str(new)[:40]: new}
    return [*value, new] if how == "add" and isinstance(value, list) else new


@st.composite
def mutated(draw: st.DrawFn) -> tuple[type[msgspec.Struct], Any]:
    struct, payload = draw(st.sampled_from(BODIES))
    for _ in range(draw(st.integers(0, 3))):
        path = draw(st.sampled_from(list(places(payload))))
        payload = changed(payload, path, draw(st.sampled_from(["replace", "remove", "add"])), draw(anything))
    return struct, payload


@settings(max_examples=1_500, deadline=None)
@given(mutated())
def test_wire_and_decoder_never_disagree(case: tuple[type[msgspec.Struct], Any]) -> None:
    struct, payload = case
    body = msgspec.json.encode(payload)
    try:
        decoded: Any = msgspec.json.decode(body, type=struct)
    except msgspec.ValidationError:
        decoded = None
    try:
        loaded: Any = wire.schema_for(struct).load(msgspec.json.decode(body))
    except ValidationError:
        loaded = None
    assert loaded == decoded
    assert (wire.explain(struct, body) == []) == (decoded is not None)


@settings(max_examples=300, deadline=None)
@given(mutated())
def test_every_fault_has_a_code_with_texts_and_repeats_no_value(case: tuple[type[msgspec.Struct], Any]) -> None:
    struct, payload = case
    for fault in wire.explain(struct, msgspec.json.encode(payload)):
        assert fault.code in FAULT_TEXTS
        assert fault.vi.startswith(FAULT_TEXTS[fault.code].vi)
        assert fault.en.startswith(FAULT_TEXTS[fault.code].en)
        assert all(part.replace("_", "a").isalnum() or part == "?" for part in fault.field.split(".") if part)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from([case for case in BODIES if case[0] in EVENT_TYPES.values()]))
def test_the_canonical_body_reads_as_the_same_data_in_both(case: tuple[type[msgspec.Struct], Any]) -> None:
    struct, payload = case
    data: Any = msgspec.convert(payload, struct)
    assert msgspec.json.decode(canonical(data), type=struct) == data
    assert wire.schema_for(struct).load(msgspec.json.decode(canonical(data))) == data


def test_all_faults_of_a_sheet_are_named_at_once_by_dotted_path() -> None:
    body = SHEET | {
        "unit": "Bắc Hồng",
        "occurred_on": "2017-12-31",
        "signers": [
            *[{"identity": {"address": "Số 1, ngõ 2"}}] * 3,
            {"identity": {"register_number": "x" * 41, "address": "Số 1"}, "signed_on": "2024-02-30"},
            {"name": "x"},
        ],
    }
    found = {(fault.field, fault.code) for fault in wire.explain(PostPledge, msgspec.json.encode(body))}
    assert found == {
        ("unit", "wrong_pattern"),
        ("occurred_on", "out_of_range"),
        ("signers.3.identity.register_number", "wrong_length"),
        ("signers.3.identity", "exactly_one"),
        ("signers.3.signed_on", "wrong_pattern"),
        ("signers.4.identity", "required"),
        ("signers.4.name", "unknown_field"),
    }


def test_a_name_that_may_hold_anything_is_not_repeated() -> None:
    body = msgspec.json.encode(TIP | {"người báo tin: 0912 345 678": 1})
    (fault,) = wire.explain(PostTip, body)
    assert fault == ("?", "unknown_field", fault.vi, fault.en)
    assert "0912" not in fault.vi + fault.en


def test_a_list_that_is_too_long_is_one_fault_whatever_is_in_it() -> None:
    body = msgspec.json.encode(SHEET | {"signers": [1] * 501})
    assert [fault[:2] for fault in wire.explain(PostPledge, body)] == [("signers", "wrong_length")]
    values = msgspec.json.encode(REPORT | {"values": {f"M{number}": "x" for number in range(65)}})
    assert [fault[:2] for fault in wire.explain(PostReport, values)] == [("values", "wrong_length")]


def test_the_faults_told_at_once_are_bounded() -> None:
    body = msgspec.json.encode(TIP | {f"unknown_{number}": 1 for number in range(wire.MAX_FAULTS + 1)})
    assert len(wire.explain(PostTip, body)) == wire.MAX_FAULTS


def test_a_repeated_key_that_only_the_decoder_sees_is_still_a_fault() -> None:
    body = b'{"now": 1, "now": "2024-03-02T17:00:00+07:00"}'
    assert [fault.code for fault in wire.explain(SetClock, body)] == ["invalid_field"]


@pytest.mark.parametrize("struct", [*REQUESTS, *EVENT_TYPES.values()], ids=lambda struct: struct.__name__)
def test_an_empty_body_lacks_every_required_field(struct: type[msgspec.Struct]) -> None:
    required = {field.name for field in msgspec.structs.fields(struct) if field.required}
    found = wire.explain(struct, b"{}")
    assert {fault.field for fault in found} == required
    assert {fault.code for fault in found} == {"required"}


def test_an_identity_states_exactly_one_basis() -> None:
    for identity in ({}, {"register_id": None}, {"register_id": "a", "address": "Số 1"}):
        body = msgspec.json.encode(SHEET | {"signers": [{"identity": identity}]})
        assert [fault[:2] for fault in wire.explain(PostPledge, body)] == [("signers.0.identity", "exactly_one")]
    assert SheetSigner(identity=SignerIdentity(address="Số 1")).signed_on is None
