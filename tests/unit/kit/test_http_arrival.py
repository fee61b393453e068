"""A request is whole with its last byte, however it was cut; one with two ends, or none in sight, is refused."""

from collections import deque
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kit.http_arrival import Arrival, Refused, Stage
from tests.support.raw_http import request

HEAD_MAX, BODY_MAX = 4_096, 1_024
CODED = "chunked"
PLAIN = request(body=b"", content_length="")
COUNTED = request(body=b'{"a": 1}')
CHUNKED = request(content_length="", transfer_encoding=CODED) + b"3;x=y\r\nabc\r\n4\r\n\r\n\r\n\r\n0\r\n\r\n"
TRAILED = request(content_length="", transfer_encoding=CODED) + b"3\r\nabc\r\n0\r\nX: y\r\nZ: 1\r\n\r\n"


def arrival() -> Arrival:
    return Arrival(HEAD_MAX, BODY_MAX)


def refusal(*pieces: bytes) -> str:
    coming = arrival()
    with pytest.raises(Refused) as refused:
        deque(map(coming.add, pieces), maxlen=0)
    return refused.value.code


@pytest.mark.parametrize("sent", [PLAIN, COUNTED, CHUNKED, TRAILED], ids=["plain", "counted", "chunked", "trailed"])
@given(cuts=st.lists(st.integers(0, 200), max_size=5), after=st.sampled_from([b"", b"GET / HTT"]))
def test_a_request_is_whole_with_its_last_byte_however_it_is_cut(sent: bytes, cuts: list[int], after: bytes) -> None:
    coming = arrival()
    places = [0, *sorted(min(cut, len(sent) - 1) for cut in cuts), len(sent) - 1]
    for start, end in pairwise(places):
        assert coming.add(sent[start:end]) is not Stage.WHOLE
    assert coming.add(sent[-1:] + after) is Stage.WHOLE
    assert coming.take() == (sent, after)


def test_what_is_held_is_what_came() -> None:
    coming = arrival()
    coming.add(COUNTED[:30])
    coming.add(COUNTED[30:40])
    assert coming.held_bytes == 40


@pytest.mark.parametrize(
    ("said", "expects"), [("100-continue", True), ("100-Continue ", True), ("", False), ("x", False)]
)
def test_who_waits_for_leave_to_send_the_body_is_known_with_the_head(said: str, expects: bool) -> None:
    coming = arrival()
    assert coming.add(request(content_length="5", expect=said)) is Stage.BODY
    assert coming.expects_continue is expects


@pytest.mark.parametrize(
    "headers",
    [
        {"content_length": "5", "transfer_encoding": CODED},
        {"content_length": "5\r\nContent-Length: 5"},
        {"content_length": "5\r\ncontent-length: 6"},
        {"content_length": "5, 5"},
        {"content_length": "+5"},
        {"content_length": "-5"},
        {"content_length": "0x5"},
        {"content_length": "5e3"},
        {"content_length": "²"},
        {"content_length": " "},
    ],
    ids=str,
)
def test_a_body_with_two_ends_or_an_unclear_one_is_refused(headers: dict[str, str]) -> None:
    assert refusal(request(**headers)) == "malformed_request"


@pytest.mark.parametrize("length", [str(BODY_MAX + 1), "9" * 18, "9" * 5_000])
def test_a_length_beyond_the_bound_is_refused_before_any_of_it_comes(length: str) -> None:
    with pytest.raises(Refused, match="too_large"):
        Arrival(8_192, BODY_MAX).add(request(content_length=length))


@pytest.mark.parametrize(
    ("chunks", "code"),
    [
        (b"401\r\n", "too_large"),
        (b"3ff\r\n" + b"a" * 1_023 + b"\r\n2\r\n", "too_large"),
        (b"FFFFFFFFFFFFFFFF\r\n", "too_large"),
        (b"1" * 17 + b"\r\n", "malformed_request"),
        (b"-1\r\n", "malformed_request"),
        (b"0x1\r\n", "malformed_request"),
        (b"\r\n", "malformed_request"),
        (b"3\r\nabcd\r\n0\r\n\r\n", "malformed_request"),
        (b"3\r\nabc0\r\n\r\n0\r\n\r\n", "malformed_request"),
        (b"1;" + b"x" * 5_000, "malformed_request"),
        (b"0\r\nX: " + b"y" * 9_000, "headers_too_large"),
    ],
)
def test_chunks_that_are_too_large_or_do_not_fit_together_are_refused(chunks: bytes, code: str) -> None:
    assert refusal(request(content_length="", transfer_encoding=CODED), chunks) == code


def test_chunks_of_a_byte_behind_long_lines_are_bounded_too() -> None:
    head = request(content_length="", transfer_encoding=CODED)
    assert refusal(head, *[b"1;" + b"x" * 4_000 + b"\r\na\r\n"] * 10) == "too_large"


@pytest.mark.parametrize(
    ("begun", "code"),
    [
        (b"GET /" + b"a" * HEAD_MAX, "uri_too_long"),
        (b"GET / HTTP/1.1\r\nX: " + b"a" * HEAD_MAX, "headers_too_large"),
        (b"GET / HTTP/1.1\r\nX: " + b"a" * HEAD_MAX + b"\r\n\r\n", "headers_too_large"),
        (b"GET / HTTP/1.1\nHost: a\n\n", "malformed_request"),
    ],
)
def test_a_head_without_an_end_in_sight_is_refused(begun: bytes, code: str) -> None:
    assert refusal(begun) == code
