"""A body is bounded before it is read, normalised, and refused with every fault, and nothing of it comes back."""

import io
import json
import unicodedata
from pathlib import Path

import pytest

from services.contracts.requests import PostPledge
from services.kit import web
from services.kit.web.bodies import MAX_DEPTH
from tests.support.edge import WITHDRAWAL, Edge, problem


@pytest.fixture
def edge(tmp_path: Path) -> Edge:
    return Edge(tmp_path)


def test_a_good_body_reaches_the_handler_whole(edge: Edge) -> None:
    assert edge.post(json.dumps(WITHDRAWAL)).status_code == 202
    assert edge.received[0].identity.address == "Số 1, ngõ 2"


def test_every_fault_of_a_body_is_told_at_once_in_both_languages(edge: Edge) -> None:
    bad = {**WITHDRAWAL, "unit": "ward", "kind": "cat", "withdrawn_on": None, "surplus": 1}
    del bad["reason"]
    found = problem(edge.post(json.dumps(bad)), 422, "invalid_field")
    assert {each.field for each in found.faults} == {"unit", "kind", "withdrawn_on", "surplus", "reason"}
    assert all(each.vi and each.en and each.vi != each.en for each in found.faults)


def test_a_value_that_was_refused_is_not_repeated(edge: Edge) -> None:
    response = edge.post(
        json.dumps({**WITHDRAWAL, "identity": {"address": "x" * 300, "register_number": "0123456789"}})
    )
    problem(response, 422, "invalid_field")
    assert b"0123456789" not in response.data
    assert b"xxx" not in response.data


@pytest.mark.parametrize("payload", [b"", b"{", b"[1,", b"\xff\xfe{}", b'{"a": 01}', b'{"a": NaN}'])
def test_what_is_no_json_is_malformed(edge: Edge, payload: bytes) -> None:
    problem(edge.post(payload), 400, "malformed")


@pytest.mark.parametrize("payload", [b"[]", b"null", b'"text"', b"1"])
def test_json_of_another_kind_is_refused_by_field(edge: Edge, payload: bytes) -> None:
    problem(edge.post(payload), 422, "invalid_field")


@pytest.mark.parametrize("brackets", [(b"[", b"]"), (b'{"a":', b"}")])
def test_nesting_is_bounded_before_anything_parses_it(edge: Edge, brackets: tuple[bytes, bytes]) -> None:
    opening, closing = brackets
    deep = opening * (MAX_DEPTH + 1) + b"1" + closing * (MAX_DEPTH + 1)
    problem(edge.post(deep), 400, "malformed")
    problem(edge.post(opening * 300), 400, "malformed")
    flat = opening * MAX_DEPTH + b"1" + closing * MAX_DEPTH
    problem(edge.post(flat), 422, "invalid_field")


def test_brackets_inside_texts_are_no_nesting(edge: Edge) -> None:
    identity = {"address": "[[{" * 20 + '"\\"[['}
    assert edge.post(json.dumps({**WITHDRAWAL, "identity": identity})).status_code == 202


def test_a_body_too_large_is_refused_whether_it_states_its_length_or_not(edge: Edge) -> None:
    large = json.dumps({**WITHDRAWAL, "reason": "x" * 2_000})
    problem(edge.post(large), 413, "too_large")
    chunked = {"headers": {"Transfer-Encoding": "chunked"}, "environ_overrides": {"wsgi.input_terminated": True}}
    problem(edge.post(large, content_length=None, **chunked), 413, "too_large")


def test_a_body_that_states_a_length_beyond_its_bound_is_not_even_read(edge: Edge) -> None:
    class Unread(io.BytesIO):
        def readinto(self, _buffer: object) -> int:
            raise AssertionError("was read")

    stated = {"CONTENT_LENGTH": "2001"}
    response = edge.client.post(
        "/v1/withdraw",
        input_stream=Unread(b"x" * 2_001),
        content_type="application/json",
        environ_overrides=stated,
    )
    problem(response, 413, "too_large")


@pytest.mark.parametrize("content_type", ["text/plain", "application/xml", "", "multipart/form-data; boundary=x"])
def test_only_json_is_read(edge: Edge, content_type: str) -> None:
    problem(edge.post(json.dumps(WITHDRAWAL), content_type=content_type), 415, "unsupported_media_type")


@pytest.mark.parametrize("encoding", ["gzip", "br", "identity, gzip", "x"])
def test_a_compressed_body_is_refused_and_told_so(edge: Edge, encoding: str) -> None:
    refused = edge.post(json.dumps(WITHDRAWAL), headers={"Content-Encoding": encoding})
    problem(refused, 415, "content_encoding")
    assert edge.received == []


@pytest.mark.parametrize("encoding", ["identity", "Identity", ""])
def test_a_body_that_says_it_is_as_it_is_is_read(edge: Edge, encoding: str) -> None:
    assert edge.post(json.dumps(WITHDRAWAL), headers={"Content-Encoding": encoding}).status_code == 202


@pytest.mark.parametrize("ascii_only", [True, False])
def test_two_ways_to_write_a_letter_are_one(edge: Edge, ascii_only: bool) -> None:
    address = unicodedata.normalize("NFD", "Số 1, ngõ 2")
    assert address != "Số 1, ngõ 2"
    decomposed = {**WITHDRAWAL, "identity": {"address": address}}
    assert edge.post(json.dumps(decomposed, ensure_ascii=ascii_only)).status_code == 202
    assert edge.received[0].identity.address == "Số 1, ngõ 2"


def test_half_a_letter_is_malformed(edge: Edge) -> None:
    half = json.dumps(WITHDRAWAL).replace("moved_away", "\\ud800")
    problem(edge.post(half), 400, "malformed")


def test_large_sheets_are_read_as_they_are(edge: Edge) -> None:
    signer = {"identity": {"address": "Số 1, ngõ 2"}}
    sheet = {
        "programme": "hong-linh-2024",
        "unit": "18115",
        "kind": "household",
        "method": "paper",
        "text_version": "2024.1",
        "occurred_on": "2024-03-01",
        "declared_count": 500,
        "signers": [signer] * 500,
    }
    edge.mount("POST", "/v1/pledges", lambda: web.json_answer(len(web.body(PostPledge).signers)))
    assert edge.post(json.dumps(sheet), "/v1/pledges").json == 500
