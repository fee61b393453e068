"""Who counts as a signer on which day, as known on which day: small histories worked out by hand."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from itertools import permutations
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.reporting.domain.signers import Copy, Entry, History, Signature, Withdrawal, contributions, standing

MARCH = date(2024, 3, 1)
W1, W2 = "18115@2018-01-01", "18118@2018-01-01"
EARLY, LATE = datetime(2024, 3, 20, tzinfo=UTC), datetime(2024, 3, 25, tzinfo=UTC)


def day(number: int) -> date:
    return MARCH + timedelta(days=number - 1)


def signature(event: int, on: int, unit: str = W1, body: bytes = b"a") -> Signature:
    return Signature(day(on), UUID(int=event), body, unit, "")


def withdrawal(event: int, on: int, body: bytes = b"a") -> Withdrawal:
    return Withdrawal(day(on), UUID(int=event), body)


def counts(*said: Signature | Withdrawal, known: dict[int, int] | None = None) -> dict[tuple[str, int, int], int]:
    """{(unit, day, recorded day): n}; an event is recorded on the 20th unless `known` says otherwise."""
    standings = {one.event_id: ((day((known or {}).get(one.event_id.int, 20)), one.body_hash),) for one in said}
    entries = contributions(_history(said), standings)
    return {
        (entry.unit, (entry.day - MARCH).days + 1, (entry.recorded_on - MARCH).days + 1): n
        for entry, n in entries.items()
    }


def _history(said: Iterable[Signature | Withdrawal]) -> History:
    listed = list(said)
    return History(
        [one for one in listed if isinstance(one, Signature)], [one for one in listed if isinstance(one, Withdrawal)]
    )


def test_the_earliest_signature_counts_wherever_it_was_given() -> None:
    assert counts(signature(1, 5, W1), signature(2, 3, W2)) == {(W2, 3, 20): 1}


def test_of_two_on_one_day_the_smaller_event_id_counts() -> None:
    assert counts(signature(2, 3, W2), signature(1, 3, W1)) == {(W1, 3, 20): 1}


def test_a_withdrawal_ends_the_signature_on_its_day_and_a_later_one_counts_again() -> None:
    said = (signature(1, 3, W1), withdrawal(2, 6), signature(3, 5, W2), signature(4, 9, W2))
    assert counts(*said) == {(W1, 3, 20): 1, (W1, 6, 20): -1, (W2, 9, 20): 1}


def test_a_withdrawal_before_the_first_signature_takes_nothing_away() -> None:
    assert counts(withdrawal(1, 2), signature(2, 3)) == {(W1, 3, 20): 1}


def test_a_withdrawal_on_the_day_of_the_signature_leaves_nothing() -> None:
    assert counts(signature(1, 3), withdrawal(2, 3)) == {}


def test_what_becomes_known_later_moves_the_counts_from_that_recorded_day_on() -> None:
    assert counts(signature(1, 5, W1), signature(2, 3, W2), known={1: 20, 2: 25}) == {
        (W1, 5, 20): 1,
        (W1, 5, 25): -1,
        (W2, 3, 25): 1,
    }


def test_a_body_that_lost_is_known_until_the_day_it_lost() -> None:
    history = _history([signature(1, 3, W1, b"a"), signature(1, 3, W2, b"b")])
    copies = [Copy(LATE, b"a", day(20)), Copy(EARLY, b"b", day(22))]
    assert contributions(history, {UUID(int=1): standing(copies)}) == {
        Entry(W1, "", day(3), day(20)): 1,
        Entry(W1, "", day(3), day(22)): -1,
        Entry(W2, "", day(3), day(22)): 1,
    }


@pytest.mark.parametrize(
    ("copies", "stood"),
    [
        ([Copy(EARLY, b"a", day(20))], [(20, b"a")]),
        ([Copy(EARLY, b"a", day(20)), Copy(LATE, b"b", day(21))], [(20, b"a")]),
        ([Copy(LATE, b"a", day(20)), Copy(EARLY, b"b", day(20))], [(20, b"b")]),
        ([Copy(LATE, b"a", day(20)), Copy(EARLY, b"b", day(21))], [(20, b"a"), (21, b"b")]),
        ([Copy(LATE, b"a", day(20)), Copy(EARLY, b"a", day(21))], [(20, b"a")]),
        ([Copy(EARLY, b"b", day(20)), Copy(EARLY, b"a", day(21))], [(20, b"b"), (21, b"a")]),
    ],
)
def test_the_smallest_acceptance_then_body_stands_from_the_day_it_was_recorded(
    copies: list[Copy], stood: list[tuple[int, bytes]]
) -> None:
    for order in permutations(copies):
        assert standing(order) == tuple((day(number), body) for number, body in stood)


numbers = st.integers(1, 6)
said = st.lists(
    st.one_of(
        st.builds(signature, st.integers(1, 8), numbers, st.sampled_from([W1, W2])),
        st.builds(withdrawal, st.integers(9, 14), numbers),
    ),
    unique_by=lambda one: one.event_id,
    max_size=7,
)


@given(said, st.dictionaries(st.integers(1, 14), numbers), numbers, numbers)
def test_on_any_day_as_known_on_any_day_a_token_counts_once_or_not_at_all(
    history: list[Signature | Withdrawal], known: dict[int, int], on: int, recorded: int
) -> None:
    """And it counts exactly when its last change up to that day was a signature."""
    entries = counts(*history, known=known)
    total = sum(n for (_, signed, told), n in entries.items() if signed <= on and told <= recorded)
    told = [one for one in history if known.get(one.event_id.int, 20) <= recorded]
    signatures = [one.signed_on for one in told if isinstance(one, Signature) and one.signed_on <= day(on)]
    ends = [one.on for one in told if isinstance(one, Withdrawal) and one.on <= day(on)]
    counted = bool(signatures) and (not ends or max(signatures) > max(ends))
    assert total == int(counted)
