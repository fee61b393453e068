"""What the evaluator is given is what counts by value: compared with a slow count of the same events."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from random import Random
from uuid import UUID

import pytest
from msgspec import structs

from services.contracts.events import Event, PledgeSigned, ReportReturned, ReportSubmitted, TipMoved, TipReceived
from services.contracts.programme import cells
from services.reporting.domain.inputs import Cell, Facts
from services.reporting.domain.needs import needs_of
from services.reporting.domain.obligations import Extension, Submission
from services.reporting.store.inputs import read_facts
from tests.integration.reporting.evaluating import EARLY, W1_REPORT, WARDS, World
from tests.integration.reporting.streams import year

TODAY = date(2024, 6, 20)


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    made = World(database_url)
    yield made
    made.engine.dispose()


def facts(world: World, today: date = TODAY) -> Facts:
    """Everything that any cell needs."""
    needs = needs_of([Cell(*cell) for cell in cells(world.programme)], world.programme)
    with world.reading() as connection:
        return read_facts(connection, world.programme.id, needs, today)


def winners(events: Sequence[Event]) -> list[Event]:
    """Of the copies and bodies of an event id the smallest (accepted_at, body hash)."""
    best: dict[UUID, Event] = {}
    for event in events:
        known = best.setdefault(event.id, event)
        if (event.accepted_at, event.body_hash) < (known.accepted_at, known.body_hash):
            best[event.id] = event
    return list(best.values())


def check_reports(found: Facts, counting: list[Event]) -> None:
    filed = defaultdict(list)
    for event in counting:
        if isinstance(event.data, ReportSubmitted):
            filed[event.data.report_id].append(event)
    assert found.reports.keys() == filed.keys()
    for report_id, copies in filed.items():
        best = min(copies, key=lambda event: (-event.data.revision, event.accepted_at, event.id))
        report = found.reports[report_id]
        assert (report.accepted_at, report.values) == (best.accepted_at, best.data.values)
        bound = (report_id, best.data.revision, best.body_hash.hex())
        assert report.returned == any(
            isinstance(event.data, ReportReturned)
            and (event.data.report_id, event.data.revision, event.data.body_hash) == bound
            for event in counting
        )
        assert found.first_accepted[report_id] == min(event.accepted_at for event in copies)


def check_signers(world: World, found: Facts, counting: list[Event]) -> None:
    first: dict[bytes, tuple] = {}
    for event in counting:
        if isinstance(event.data, PledgeSigned):
            for signer in event.data.signers:
                place = (signer.signed_on, event.id, event.data.unit)
                first[signer.token] = min(first.get(signer.token, place), place)
    for last in {min(period.end, TODAY) for period in world.programme.periods()} | {date(2024, 9, 1)}:
        expected = Counter(unit for day, _, unit in first.values() if day <= last)
        for (_, unit), counts in found.signers.items():
            assert sum(entry.n for entry in counts if entry.day <= last) == expected[unit], (unit, last)


def check_tips(found: Facts, counting: list[Event]) -> None:
    done: dict[tuple[UUID, str], date] = {}
    for event in counting:
        if isinstance(event.data, TipMoved):
            moved, step = event.data, (event.data.tip_id, event.data.step)
            done[step] = min(done.get(step, moved.occurred_on), moved.occurred_on)
    expected = Counter(
        (tip.unit, tip.occurred_on, tip.due_on, *(done.get((tip.tip_id, step)) for step in ("handed_over", "closed")))
        for tip in (event.data for event in counting)
        if isinstance(tip, TipReceived)
    )
    listed = Counter(
        {
            (unit, tip.received_on, tip.due_on, tip.handed_over_on, tip.closed_on): tip.n
            for unit, tips in found.tips.items()
            for tip in tips
        }
    )
    assert listed == expected


@pytest.mark.parametrize("seed", range(3))
def test_what_counts_is_decided_by_value_in_any_order(world: World, seed: int):
    events = year(world, seed + 100, size=250)
    chance = Random(seed)
    shuffled = chance.sample(events, len(events))
    for start in range(0, len(shuffled), 60):
        world.post(*shuffled[start : start + 60])
    found, counting = facts(world), winners(events)
    check_reports(found, counting)
    check_signers(world, found, counting)
    check_tips(found, counting)


def test_the_latest_decision_on_exactly_this_body_decides(world: World):
    first = world.event(world.report(*W1_REPORT, hotspots=1), EARLY)
    second = world.event(world.report(*W1_REPORT, revision=2, hotspots=0), EARLY)
    report_id = first.data.report_id
    back, approved = world.returned(second), world.approved(second)
    void = replace_hash(back, first.body_hash)
    for said, at, returned in (
        ([first, second, world.event(void, EARLY)], "of another body", False),
        ([world.event(back, EARLY + timedelta(hours=2))], "of this one", True),
        ([world.event(approved, EARLY + timedelta(hours=1))], "earlier, though read later", True),
        ([world.event(approved, EARLY + timedelta(hours=3))], "the latest", False),
    ):
        world.post(*said)
        assert facts(world).reports[report_id].returned == returned, at


def test_a_decision_by_the_person_who_reported_is_void(world: World):
    filed = world.event(world.report(*W1_REPORT, hotspots=1), EARLY, actor="a")
    back, report_id = world.returned(filed), filed.data.report_id
    for actor, hour, returned in (("a", 1, False), ("b", 2, True)):
        world.post(filed, world.event(back, EARLY + timedelta(hours=hour), actor=actor))
        assert facts(world).reports[report_id].returned == returned, actor
    world.post(world.event(world.approved(filed), EARLY + timedelta(hours=3), actor="a"))
    assert facts(world).reports[report_id].returned, "the last word is void"


def test_an_officer_who_is_not_named_is_another_person(world: World):
    filed = world.event(world.report(*W1_REPORT, hotspots=1), EARLY)
    world.post(filed, world.event(world.returned(filed), EARLY))
    assert facts(world).reports[filed.data.report_id].returned


def replace_hash(decision: ReportReturned, body_hash: bytes) -> ReportReturned:
    fields = {name: getattr(decision, name) for name in decision.__struct_fields__}
    return ReportReturned(**fields | {"body_hash": body_hash.hex()})


def test_equal_revisions_by_time_and_then_by_event_id(world: World):
    said = [
        (EARLY + timedelta(hours=1), UUID(int=1), 5),
        (EARLY, UUID(int=9), 6),
        (EARLY, UUID(int=2), 7),
    ]
    for at, event_id, hotspots in said:
        world.post(world.event(world.report(*W1_REPORT, hotspots=hotspots), at, event_id))
    (report,) = facts(world).reports.values()
    assert report.values == {"hotspots": 7}


def test_a_tip_said_twice_counts_where_it_was_accepted_first(world: World):
    tip_id, day = UUID(int=5), date(2024, 1, 3)
    ward, other = W1_REPORT[1], "18118@2018-01-01"
    world.post(world.event(world.tip(ward, day, tip_id), EARLY + timedelta(days=1)))
    assert set(facts(world).tips) == {ward}
    world.post(world.event(world.tip(other, day, tip_id), EARLY))
    assert set(facts(world).tips) == {other}


def test_a_tip_is_moved_by_the_unit_that_received_it_or_one_above_and_not_before_it_came(world: World):
    tip_id, day = UUID(int=5), date(2024, 1, 3)
    ward, other = W1_REPORT[1], "18118@2018-01-01"
    world.post(world.event(world.tip(ward, day, tip_id), EARLY))
    for unit, on, handed_over_on in (
        (other, day, None),
        (ward, day - timedelta(days=1), None),
        (world.programme.root, day + timedelta(days=2), day + timedelta(days=2)),
        (ward, day + timedelta(days=1), day + timedelta(days=1)),
    ):
        world.post(world.event(world.handover(unit, on, tip_id), EARLY))
        ((tip,),) = facts(world).tips.values()
        assert (tip.handed_over_on, tip.due_on, tip.closed_on) == (handed_over_on, day + timedelta(days=20), None)
    world.post(world.event(world.closing(ward, day + timedelta(days=3), tip_id), EARLY))
    world.post(world.event(world.closing(ward, day + timedelta(days=5), tip_id), EARLY))
    ((tip,),) = facts(world).tips.values()
    assert tip.closed_on == day + timedelta(days=3)


def test_the_acts_of_the_law_move_the_day_on_which_a_tip_is_due_and_its_channel_is_given(world: World):
    tip_id, day = UUID(int=6), date(2024, 1, 3)
    ward = W1_REPORT[1]
    for step, on, due_on in (
        ("suspended", date(2024, 1, 10), None),
        ("resumed", date(2024, 1, 20), date(2024, 2, 20)),
        ("extended", date(2024, 1, 24), date(2024, 2, 20)),  # a day too late to move anything
    ):
        world.post(world.event(world.act(step, ward, on, tip_id), EARLY))
        if step == "suspended":
            world.post(world.event(world.tip(ward, day, tip_id), EARLY))
        ((tip,),) = facts(world).tips.values()
        assert (tip.due_on, tip.channel) == (due_on, world.tip(ward, day, tip_id).channel)


def test_a_unit_is_blocked_while_a_dead_letter_of_it_waits(world: World):
    assert facts(world).blocked == frozenset()
    place = world.refuse(W1_REPORT[1])
    assert facts(world).blocked == {W1_REPORT[1]}
    world.discard(*place)
    assert facts(world).blocked == frozenset()


def test_extensions_and_days_of_paper_are_given_with_who_said_so(world: World):
    said = world.report(*W1_REPORT, hotspots=1)
    paper = structs.replace(said, received_on=date(2024, 1, 15), received_via="post")
    report = world.event(paper, EARLY, source="ubnd-437")
    extension = world.event(world.extended(said, date(2024, 1, 31)), EARLY, source="ca-437")
    elsewhere = world.event(world.report("BC-THANG-CA", WARDS[1], "2024-M01", hotspots=1), EARLY)
    world.post(report, extension, world.event(world.approved(report), EARLY, source="ca-437"), elsewhere)
    found = facts(world)
    assert found.papers == {
        said.report_id: (Submission(1, EARLY, report.id, "ubnd-437", date(2024, 1, 15), "approved", "ca-437"),)
    }
    assert found.extensions == {said.report_id: (Extension(date(2024, 1, 31), "storm", "ca-437", EARLY, extension.id),)}
