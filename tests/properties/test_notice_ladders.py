"""Whatever happens, in any order, with any ladder: every notice is accounted for, and the same is decided once more."""

from collections import Counter
from datetime import datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.contracts.events import Event, ObligationOpened, ObligationOverdue, ObligationReceived
from services.notify.dispatch.channels import Envelope
from services.notify.domain.addressing import standing
from services.notify.domain.retrying import Outcome
from tests.support.notice_causes import WARD, figure, owed, tip_row
from tests.support.notices import EVERYBODY, PROVINCE, START, TOWN, MemoryBook, Office, live, person

MINUTES = st.integers(0, 60 * 24 * 14)
FEW = st.lists(st.sampled_from([*EVERYBODY, person(WARD, "people_committee", "clerk", "sms")]), unique=True, max_size=6)
THINGS = st.lists(
    st.tuples(
        MINUTES, st.sampled_from(["opened", "overdue", "received", "figure", "better", "tip", "closed", "answer"])
    ),
    max_size=14,
)
KINDS = st.sampled_from(["accepted", "transient", "throttled", "permanent"])


def event(what: str, at: datetime, number: int) -> Event | None:
    match what:
        case "opened":
            return owed(ObligationOpened, at, sequence=number)
        case "overdue":
            return owed(ObligationOverdue, at, sequence=number)
        case "received":
            return owed(ObligationReceived, at, sequence=number, state="late")
        case "figure":
            return figure("not_met", at, sequence=number, value=1)
        case "better":
            return figure("met", at, sequence=number, value=0)
        case _:
            return None


def happen(office: Office, things: list[tuple[int, str]], *, restarting: bool = False) -> Office:
    for number, (minute, what) in enumerate(sorted(things), start=1):
        at = START + timedelta(minutes=minute)
        office.run_until(at)
        if restarting:
            office = office.restarted()
        said = event(what, at, number)
        if said is not None:
            office.hear(said)
        elif what == "answer" and office.sent:
            office.answer(office.sent[-1][1])
        elif what in ("tip", "closed"):
            kind = {"tip": "tip_received", "closed": "tip_closed"}[what]
            office.take_over(tip_row(kind, at.date(), due_on=at.date() + timedelta(days=20)))
    office.run_until(START + timedelta(days=60))
    return office


def accounted(office: Office) -> None:
    """Nothing is under way any longer, and every notice that was made ended in a way that the ledger tells."""
    ended = {"sent": "sent", "failed": "failed", "dropped": "inhibited"}
    assert [one for one in office.book.posted.values() if one.state == "waiting"] == []
    told = Counter((one.cause, one.unit, one.role, one.holder, one.verdict) for one in office.book.lines)
    for matter in office.book.kept.values():
        assert matter.state not in ("open", "paused")
        for notice in matter.notices:
            assert notice.standing in ended
            assert told[matter.cause.id, notice.unit, notice.role, notice.holder, ended[notice.standing]] == 1


@settings(max_examples=8, suppress_health_check=[HealthCheck.too_slow])
@given(THINGS, FEW, st.dictionaries(st.sampled_from(["people", "police", "email"]), KINDS))
def test_every_notice_is_sent_or_visibly_not_whatever_happens(
    things: list[tuple[int, str]], people: list[object], faults: dict[str, str]
) -> None:
    def deliver(envelope: Envelope, at: datetime) -> Outcome:
        hit = next((kind for part, kind in faults.items() if part in envelope.address), "accepted")
        return Outcome("accepted" if at > START + timedelta(days=20) and hit == "transient" else hit)  # type: ignore[arg-type] # a kind

    accounted(happen(Office(book=MemoryBook(people), deliver=deliver), things))  # type: ignore[arg-type] # addresses


@settings(max_examples=6, suppress_health_check=[HealthCheck.too_slow])
@given(THINGS)
def test_a_restart_between_any_two_things_leaves_the_same_ledger(things: list[tuple[int, str]]) -> None:
    once, again = happen(Office(), things), happen(Office(), things, restarting=True)
    assert once.book.lines == again.book.lines
    assert [(at, envelope.id) for at, envelope in once.sent] == [(at, envelope.id) for at, envelope in again.sent]


@settings(max_examples=10, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from([(WARD, "ca-18115"), (TOWN, "ca-437")]), MINUTES)
def test_of_a_tip_nobody_hears_below_the_unit_that_received_it(where: tuple[str, str], minute: int) -> None:
    """A unit that a tip is about lies below the one that received it, and so is never told."""
    unit, agency = where
    everywhere = [person(one, "police", "desk") for one in live().units.by_id]
    office = Office(book=MemoryBook(everywhere))
    at = START + timedelta(minutes=minute)
    office.run_until(at)
    office.take_over(
        tip_row("tip_received", at.date(), due_on=at.date() + timedelta(days=20), unit=unit, agency=agency)
    )
    office.run_until(START + timedelta(days=60))
    above = {unit, *live().units.ancestors(unit), *standing(live(), TOWN, at.date()), PROVINCE}
    addressed = {one.unit for one in office.book.lines if one.unit}
    assert addressed <= above
    assert not addressed & (live().units.subtree(unit) - {unit})
