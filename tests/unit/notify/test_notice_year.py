"""A year under a clock that is told to move: one exact ledger, whenever the process begins anew."""

import random
from collections import Counter
from datetime import datetime, timedelta
from typing import NamedTuple

from services.contracts.events import Event, ObligationOpened, ObligationOverdue, ObligationReceived
from services.contracts.programme import obligations
from services.notify.domain.notices import Decision
from tests.support.notice_causes import owed_of
from tests.support.notices import EVERYBODY, MemoryBook, Office, live, person
from tests.support.programme_folder import pilot

WARDS = sorted({one.unit for one in obligations(pilot())})


class Played(NamedTuple):
    ledger: list[Decision]
    sent: list[tuple[datetime, str, str]]
    states: Counter[str]


def happenings() -> list[tuple[datetime, Event]]:
    """Every report of the year: most in time, some late, a few never; the same at every call."""
    chance = random.Random(2024)
    found: list[tuple[datetime, Event]] = []
    for one in obligations(pilot()):
        period = pilot().period(one.period)
        assert period is not None
        opens, fate = period.closes_at, chance.random()
        found.append((opens, owed_of(one, ObligationOpened, opens, 1)))
        if fate < 0.7:
            at = opens + (one.due_at - opens) * chance.random()
            found.append((at, owed_of(one, ObligationReceived, at, 2)))
        else:
            found.append((one.due_at, owed_of(one, ObligationOverdue, one.due_at, 2)))
            if fate < 0.95:
                at = one.due_at + timedelta(hours=chance.randrange(1, 200))
                found.append((at, owed_of(one, ObligationReceived, at, 3)))
    return sorted(found, key=lambda each: (each[0], each[1].id))


def play(*, restarting: bool = False) -> Played:
    people = [person(ward, role, "desk") for ward in WARDS for role in ("people_committee", "police", "front")]
    things = happenings()
    office = Office(book=MemoryBook([*people, *EVERYBODY]), programme=live())
    office.clock.advance((things[0][0] - office.clock.now()).total_seconds())
    for at, event in things:
        while (due := office.next_due()) is not None and due <= at:
            office.move_to(due)
            office = office.restarted() if restarting else office
            office.settle_now()
        office.move_to(at)
        office.hear(event)
    office.run_until(things[-1][0] + timedelta(days=60))
    sent = [(at, envelope.address, str(envelope.id)) for at, envelope in office.sent]
    return Played(office.book.lines, sent, Counter(one.state for one in office.book.kept.values()))


def test_a_year_has_one_ledger_whenever_the_process_begins_anew() -> None:
    once, again = play(), play(restarting=True)
    assert once == again
    assert {line.verdict for line in once.ledger} >= {"sent", "grouped", "quiet", "inhibited"}
    never = once.states["unanswered"]
    assert 0 < never < len(obligations(pilot())) * 0.3
    assert set(once.states) == {"told", "over", "unanswered"}
    closed = [at for at, _, _ in once.sent if not pilot().holidays.is_working((at + timedelta(hours=7)).date())]
    assert closed == []
