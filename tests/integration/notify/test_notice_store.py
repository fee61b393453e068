"""The tables of dispatch: what deciding keeps in PostgreSQL is what it keeps in memory, and a position moves once."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Engine, create_engine, text

from services.contracts.events import ObligationOverdue, ObligationReceived
from services.kit.errors import Fenced
from services.kit.eventlog.port import LogIdentity, Partition
from services.notify.dispatch import answering
from services.notify.dispatch.desk import DispatchDesk
from services.notify.dispatch.postroom import Postroom
from services.notify.dispatch.sending import Result
from services.notify.domain import messages
from services.notify.store import contacts as register
from services.notify.store import post
from services.notify.store.contacts import Registered
from tests.support.notice_causes import PROGRAMME, WARD, owed, stored
from tests.support.notices import EVERYBODY, MINUTE, START, Office

LOG = LogIdentity("cluster", {"obligation.v1": "topic"})
WHERE = Partition("obligation.v1", 0)


@pytest.fixture
def engine(notify_databases: dict[str, str]) -> Iterator[Engine]:
    made = create_engine(notify_databases["NOTIFY_DATABASE_URL"])
    with made.begin() as connection:
        for one in EVERYBODY:
            contact = one.contact
            unit, role = contact.recipient
            given = (contact.id, PROGRAMME, unit, role, contact.holder, contact.channel, one.address, "vi")
            register.add(connection, Registered(*given, contact.position, contact.valid_from))
    yield made
    made.dispose()


def rows(engine: Engine, statement: str) -> list[Any]:
    with engine.connect() as connection:
        return list(connection.execute(text(statement)))


def ledger(engine: Engine) -> list[tuple[str, str, str, str]]:
    statement = "select unit, role, verdict, rule from notify.ledger order by at, rung, rule"
    return [tuple(row) for row in rows(engine, statement)]


def test_the_database_decides_as_memory_does_and_hears_nothing_twice(engine: Engine) -> None:
    office = Office()
    events = [owed(ObligationOverdue, START), owed(ObligationOverdue, START, period="2024-M01")]
    office.hear(*events)
    desk = DispatchDesk(engine, office.terms, lambda: [PROGRAMME])
    desk.places({WHERE: 0}, LOG)
    records = [stored(event, number) for number, event in enumerate(events)]
    desk.hear(records, [(WHERE, 0, 2)], START)
    with pytest.raises(Fenced):
        desk.hear(records, [(WHERE, 0, 2)], START)
    postroom = Postroom(engine, office.terms)
    for leased in postroom.take_up(START, 10):
        postroom.note(leased, Result(messages.accepted(leased.message, START), "accepted", "email"), START)
    assert ledger(engine) == office.verdicts()
    kept = sorted(row.body["state"] for row in rows(engine, "select body from notify.matter"))
    assert kept == sorted(one.state for one in office.book.kept.values()) == ["open", "open"]


def test_a_message_in_hand_is_nobody_elses_until_its_lease_ends(engine: Engine) -> None:
    office = Office()
    desk, postroom = DispatchDesk(engine, office.terms, lambda: [PROGRAMME]), Postroom(engine, office.terms)
    desk.places({WHERE: 0}, LOG)
    desk.hear([stored(owed(ObligationOverdue, START))], [(WHERE, 0, 1)], START)
    (first,) = postroom.take_up(START, 10)
    assert postroom.take_up(START + MINUTE, 10) == []
    (second,) = postroom.take_up(START + post.LEASE, 10)
    done = Result(messages.accepted(first.message, START), "accepted", "email")
    assert not postroom.note(first, done, START + post.LEASE)
    assert postroom.note(second, done, START + post.LEASE)
    assert ledger(engine) == [(WARD, "people_committee", "sent", "accepted")]


def test_looking_changes_no_row_and_answering_twice_is_answering_once(engine: Engine) -> None:
    office = Office()
    desk, postroom = DispatchDesk(engine, office.terms, lambda: [PROGRAMME]), Postroom(engine, office.terms)
    desk.places({WHERE: 0}, LOG)
    desk.hear([stored(owed(ObligationOverdue, START))], [(WHERE, 0, 1)], START)
    (leased,) = postroom.take_up(START, 10)
    postroom.note(leased, Result(messages.accepted(leased.message, START), "accepted", "email"), START)
    before = rows(engine, "select xmin::text, body from notify.matter")
    looked = answering.look(engine, leased.message.id)
    assert looked is not None
    assert (looked.stands, looked.answered) == ("open", False)
    assert rows(engine, "select xmin::text, body from notify.matter") == before
    for _ in range(2):
        asked = answering.answer(engine, leased.message.id, START + MINUTE, office.terms)
        assert asked is not None
        assert (asked.stands, asked.answered) == ("answered", True)
    assert answering.look(engine, uuid4()) is None


def test_what_came_in_time_is_not_sent_and_the_message_is_cancelled(engine: Engine) -> None:
    office = Office()
    desk, postroom = DispatchDesk(engine, office.terms, lambda: [PROGRAMME]), Postroom(engine, office.terms)
    desk.places({WHERE: 0}, LOG)
    desk.hear([stored(owed(ObligationOverdue, START))], [(WHERE, 0, 1)], START)
    desk.hear([stored(owed(ObligationReceived, START, sequence=2, state="late"), 1)], [(WHERE, 1, 2)], START)
    (leased,) = postroom.take_up(START, 10)
    assert postroom.still_wanted(leased, START) is None
    assert [row.state for row in rows(engine, "select state from notify.message")] == ["cancelled"]
    assert ledger(engine) == [(WARD, "people_committee", "inhibited", "over")]


def test_the_vaults_rows_are_taken_over_once_and_only_with_what_follows_from_them(engine: Engine) -> None:
    now = datetime(2024, 3, 1, 18, 0, tzinfo=UTC)
    statement = text("""
        insert into notify.vault_outbox (id, kind, programme, tip_id, unit, agency, category, happened_on, due_on)
        values (:id, 'tip_received', :programme, :tip, :unit, 'ca-18115', 'trade', :day, :due)
    """)
    given = {"id": uuid4(), "programme": PROGRAMME, "tip": uuid4(), "unit": WARD, "day": now.date()}
    with engine.begin() as connection:
        connection.execute(statement, {**given, "due": date(2024, 3, 21)})
    desk = DispatchDesk(engine, Office().terms, lambda: [PROGRAMME])
    assert desk.take_over(now) is False
    assert rows(engine, "select 1 from notify.vault_outbox") == []
    (message,) = rows(engine, "select body from notify.message")
    assert "trade" not in str(message.body)
    assert (message.body["unit"], message.body["role"], message.body["urgent"]) == (WARD, "police", True)
