"""The life of an obligation over time, whatever was said about it and in whatever order it was read."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from services.contracts.programme import Agency
from services.reporting.domain.announced import Watched, follow, shown
from services.reporting.domain.obligations import Extension, History, Standing, Submission, rates, standing
from tests.unit.reporting.town import MONTHLY, NO_TEXT, TOWN, W1, town

PLAIN = town()
PROGRAMME = replace(
    PLAIN, agencies={**PLAIN.agencies, "ubnd-437": Agency("ubnd-437", NO_TEXT, "people_committee", TOWN)}
)
OWED = PROGRAMME.obligations_of[MONTHLY, W1, "2024-M03"]
OWNER, ABOVE = OWED.owner, "ubnd-437"
PERIOD = PROGRAMME.period("2024-M03")
assert PERIOD is not None
CLOSES = PERIOD.closes_at
INSTANTS = st.integers(-24 * 50, 24 * 30).map(lambda hours: OWED.due_at + timedelta(hours=hours))
DAYS = st.integers(-20, 20).map(lambda days: OWED.due_at.date() + timedelta(days=days))
IDS = st.uuids(version=4).map(lambda drawn: UUID(int=drawn.int % 1000))
AGENCIES = st.sampled_from([OWNER, ABOVE, "nobody"])
SUBMISSIONS = st.builds(
    Submission,
    st.integers(1, 3),
    INSTANTS,
    IDS,
    AGENCIES,
    st.none() | DAYS,
    st.sampled_from([None, "approved", "returned"]),
    AGENCIES,
)
EXTENSIONS = st.builds(Extension, DAYS, st.just("storm"), AGENCIES, INSTANTS, IDS)
HISTORIES = st.builds(
    History, st.lists(SUBMISSIONS, max_size=4).map(tuple), st.lists(EXTENSIONS, max_size=3).map(tuple)
)
NEXT = {
    "not_due": {"due", "received", "late", "returned"},
    "due": {"overdue", "received", "late", "returned"},
    "overdue": {"due", "received", "late", "returned"},
    "received": {"returned"},
    "late": {"received", "returned"},
    "returned": {"received", "late"},
}
"""From late or overdue back: an extension, or the confirmed day of paper. Nothing that came in time is ever late."""


def at(history: History, now, owed=OWED) -> Standing:
    return standing(owed, CLOSES, PROGRAMME, history, now)


def known_by(history: History, now) -> History:
    return History(
        tuple(one for one in history.submissions if one.accepted_at <= now),
        tuple(one for one in history.extensions if one.accepted_at <= now),
    )


@settings(max_examples=300, deadline=None)
@given(HISTORIES, st.lists(INSTANTS, min_size=2, max_size=12).map(sorted))
def test_over_time_the_states_follow_the_allowed_order(history: History, instants) -> None:
    turns = {CLOSES, *(at(known_by(history, now), now).due_at for now in instants), OWED.due_at}
    first, *later = sorted({*instants, *turns})
    before = at(known_by(history, first), first)
    for now in later:
        after = at(known_by(history, now), now)
        assert after.state == before.state or after.state in NEXT[before.state]
        assert after.in_time >= before.in_time
        before = after


@settings(max_examples=300, deadline=None)
@given(HISTORIES, INSTANTS, st.data())
def test_any_order_and_any_repetition_of_what_was_said_gives_the_same_standing(history, now, data) -> None:
    def shuffled(said):
        again = data.draw(st.lists(st.sampled_from(said), max_size=3)) if said else []
        return tuple(data.draw(st.permutations([*said, *again])))

    other = History(shuffled(history.submissions), shuffled(history.extensions))
    found, expected = at(other, now), at(history, now)
    assert (found.state, found.due_at, found.received_at, found.valid_until) == (
        expected.state,
        expected.due_at,
        expected.received_at,
        expected.valid_until,
    )
    assert found.extension == expected.extension


@settings(max_examples=300, deadline=None)
@given(HISTORIES, EXTENSIONS, INSTANTS)
def test_one_more_extension_only_moves_the_due_instant_later_and_only_from_above(history, extension, now) -> None:
    before, after = at(history, now), at(replace(history, extensions=(*history.extensions, extension)), now)
    assert after.due_at >= before.due_at >= OWED.due_at
    assert after.in_time >= before.in_time
    if extension.source != ABOVE:
        assert after == before


@settings(max_examples=300, deadline=None)
@given(st.lists(HISTORIES, max_size=6), INSTANTS)
def test_no_rate_passes_one_and_what_is_not_owed_is_in_none(histories, now) -> None:
    standings = [at(history, now) for history in histories]
    found = rates(standings)
    for share in found:
        assert share is None or 0 <= share.num <= share.den <= len(standings)
    owed = [one for one in standings if one.state != "not_due"]
    assert (found.completeness is None) == (not owed)


@settings(max_examples=300, deadline=None)
@given(HISTORIES, INSTANTS, st.floats(0, 1, exclude_max=True))
def test_a_standing_holds_exactly_until_it_says(history, now, share) -> None:
    found = at(history, now)
    until = found.valid_until or now + timedelta(days=900)
    just_before = until - timedelta(microseconds=1)
    assert until > now
    assert at(history, min(now + (until - now) * share, just_before)) == found
    assert found.valid_until is None or at(history, until).state != found.state


@settings(max_examples=300, deadline=None)
@given(HISTORIES, st.lists(INSTANTS, min_size=1, max_size=6).map(sorted))
def test_followed_in_any_steps_it_is_told_in_order_and_ends_as_it_stands(history: History, instants) -> None:
    watched, numbers, begin = Watched(OWED.report_id, instants[0]), [], instants[0]
    for until in instants:
        watched, told = follow(watched, OWED, PROGRAMME, known_by(history, until), begin, until)
        numbers += [(one.sequence, one.at) for one in told]
        begin = until
        stands = shown(at(known_by(history, until), until))
        assert watched.told == stands or stands.state == "not_due"
        assert watched.valid_until is None or watched.valid_until > until
    assert [sequence for sequence, _ in numbers] == list(range(1, len(numbers) + 1))
    assert [when for _, when in numbers] == sorted(when for _, when in numbers)
    assert follow(watched, OWED, PROGRAMME, known_by(history, instants[-1]), begin, instants[-1])[1] == []
