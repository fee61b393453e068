"""A generation that is filled from the beginning of the log says the same as the one built step by step."""

from datetime import date, timedelta

import pytest
from sqlalchemy import Engine, text

from services.contracts import metrics as cards
from services.kit.clock import FakeClock
from services.kit.eventlog.memory import MemoryLog
from services.kit.metrics import Metrics
from services.reporting.evaluate.gauges import Gauges as EvaluateGauges
from services.reporting.evaluate.loop import Evaluator
from services.reporting.ingest.fill import filling, prepare
from services.reporting.ingest.gauges import CARDS, Gauges
from services.reporting.ingest.loop import Terms
from services.reporting.store import generations
from services.reporting.store.comparison import differing_statuses
from services.reporting.store.keeper import Keeper
from services.reporting.store.lease import acquire
from tests.support.ingesting import INPUTS, new_log, nonsense, outcomes, post, post_programme, process
from tests.support.streams import NOON, W1, W2, approved, event, moved, report, signed, tip, withdrawn

DAY = date(2024, 3, 5)


def evaluated(engine: Engine, generation: int) -> None:
    """Until there is nothing to do."""
    gauges = EvaluateGauges(Metrics(cards.CATALOGUE))
    one = Evaluator(engine, FakeClock(NOON + timedelta(days=1)), gauges, generation)
    lease = acquire(engine, generation)
    assert lease is not None
    while one.once(lease):
        pass
    lease.close()


def filled(engine: Engine, log: MemoryLog, generation: int) -> None:
    prepare(engine, generation)
    limits = Keeper(engine, log.identity(INPUTS)).positions()
    keeper = Keeper(engine, log.identity(INPUTS), generation)
    reader = log.reader(keeper.open(frozenset(limits)))
    fill = filling(reader, keeper, FakeClock(NOON), Gauges(Metrics(CARDS)), Terms(limits=limits))
    while not fill.done:
        fill.once()


@pytest.fixture
def replayed(reporting_engine: Engine) -> Engine:
    """Generation 1 built in steps, with evaluations between them, and generation 2 filled from 0."""
    log, first = new_log(), report({"propaganda_sessions": 1})
    running = process(log, reporting_engine)
    post_programme(log)
    post(log, [event(signed([1, 2, 3]), key=1), event(first, key=2), event(tip(1), key=3)])
    running.rounds()
    evaluated(reporting_engine, 1)
    post(log, [event(approved(first, returned=True), key=4, source="ubnd-437"), event(moved(1), key=5)])
    post(log, [event(signed([3, 4], W2), key=6), event(withdrawn(1, DAY), key=7)])
    log.append(nonsense())
    running.rounds(10)
    evaluated(reporting_engine, 1)
    filled(reporting_engine, log, 2)
    evaluated(reporting_engine, 2)
    return reporting_engine


def test_a_replay_gives_the_same_facts_and_statuses(replayed: Engine) -> None:
    with replayed.begin() as connection:
        assert connection.scalar(text("select count(*) from g2.status where status <> 'not_due'"))
        assert generations.compare(connection, 1, 2) == {}
        assert differing_statuses(connection, 1, 2) == []


def test_an_event_that_names_a_version_of_later_is_refused_by_a_replay_as_it_was(reporting_engine: Engine) -> None:
    """Whoever reads the log anew has read every version before the first event."""
    clock = FakeClock(NOON)
    log = new_log(clock)
    running = process(log, reporting_engine)
    post_programme(log)
    post(log, [event(signed([1]), key=1), event(signed([2]), key=2, version=2)])
    running.rounds()
    assert outcomes(reporting_engine) == {"applied": 2, "rejected": 1}
    clock.advance(60)
    post_programme(log, version=2)
    post(log, [event(signed([3]), key=3, version=2)])
    running.rounds()
    filled(reporting_engine, log, 2)
    assert outcomes(reporting_engine, 1) == outcomes(reporting_engine, 2) == {"applied": 4, "rejected": 1}
    with reporting_engine.begin() as connection:
        assert generations.compare(connection, 1, 2) == {}


@pytest.mark.parametrize(
    "altered",
    ["status = 'lost'", "value_num = 99, value_den = 100", "valid_until = '2030-01-01Z'", "definition_hash = ''"],
)
def test_one_altered_status_is_found_and_named(replayed: Engine, altered: str) -> None:
    cell = f"(unit, indicator, period) = ('{W1}', 'CT05', '2024-M03')"
    with replayed.begin() as connection:
        assert connection.execute(text(f"update g2.status set {altered} where {cell}")).rowcount == 1
        (found,) = differing_statuses(connection, 1, 2)
    assert found.what.endswith(f"/{W1}/CT05/2024-M03")


def test_statuses_of_two_instants_are_not_called_the_same(replayed: Engine) -> None:
    with replayed.begin() as connection:
        connection.execute(text("update g2.programme_now set now = now + interval '1 second'"))
        (found,) = differing_statuses(connection, 1, 2)
    assert found.what.endswith("/now")
