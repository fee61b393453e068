"""Another generation is served in place of the served one only when nothing differs but what somebody has accepted."""

from collections.abc import Iterator
from datetime import timedelta
from time import sleep

import pytest
from sqlalchemy import Engine, create_engine, text

from services.contracts import metrics as cards
from services.kit.clock import FakeClock
from services.kit.errors import Unavailable
from services.kit.metrics import Metrics
from services.reporting.evaluate.gauges import Gauges
from services.reporting.evaluate.loop import Evaluator
from services.reporting.ingest.fill import prepare
from services.reporting.rebuild.difference import Differing, Digest
from services.reporting.rebuild.filling import Filling
from services.reporting.rebuild.pause import Rebuild
from services.reporting.rebuild.switch import Switched, accept, compared, switch
from services.reporting.store import generations
from services.reporting.store.lease import acquire
from services.reporting.store.standing import standing
from tests.support.ingesting import INPUTS, new_log, nonsense, outcomes, positions, post, post_programme, process, rows
from tests.support.streams import NOON, W1, W2, event, report, signed

CELL = f"(unit, indicator, period) = ('{W1}', 'CT11', '2024-M03')"
WITHIN_S = 30.0


def sleep_a_little(clock: FakeClock, seconds: float) -> None:
    """Another session may have to end meanwhile."""
    sleep(0.02)
    clock.advance(seconds)


class Served:
    """Generation 1 with its ingest and its evaluator, and generation 2 on its way."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.log = new_log()
        self.ingest = process(self.log, engine)
        post_programme(self.log)
        said = [event(signed([1, 2]), key=1), event(report({"propaganda_sessions": 3}), key=2)]
        post(self.log, [*said, event(signed([3], W2), key=3)])
        self.log.append(nonsense(unit=W2))
        self.read()
        self.evaluate()

    def read(self) -> None:
        self.ingest.rounds(6)

    def evaluate(self) -> None:
        gauges = Gauges(Metrics(cards.CATALOGUE))
        number = self.current()
        one = Evaluator(self.engine, FakeClock(NOON + timedelta(days=1)), gauges, number)
        lease = acquire(self.engine, number)
        assert lease is not None
        while one.once(lease):
            pass
        lease.close()

    def current(self) -> int:
        with self.engine.begin() as connection:
            found = generations.current(connection)
        assert found is not None
        return found

    def rebuild(self, number: int = 2) -> Rebuild:
        if number == 2:
            prepare(self.engine, number)
        clock = FakeClock(NOON)
        filling = Filling(self.engine, self.log.identity(INPUTS), number, self.log.reader, clock)
        return Rebuild(filling, wait=lambda seconds: sleep_a_little(clock, seconds))

    def difference(self, number: int = 2) -> tuple[list[Differing], str]:
        digest = Digest()
        with compared(self.rebuild(number), WITHIN_S) as both:
            found = list(both.differences())
        for one in found:
            digest.add(one)
        return found, str(digest)

    def switch(self, number: int = 2) -> Switched:
        return switch(self.rebuild(number), WITHIN_S)

    def execute(self, statement: str) -> None:
        with self.engine.begin() as connection:
            connection.execute(text(statement))

    def lose_a_report(self) -> None:
        """The served generation says something wrong, as after a hand in the database."""
        self.execute(f"delete from g1.report where unit = '{W1}'")
        self.execute(
            f"insert into g1.mark (programme, unit, source) select programme, unit, 'form:BC-THANG-UBND' from g1.status"
            f" where {CELL}"
        )
        self.evaluate()

    def status(self, generation: int) -> str:
        (row,) = rows(self.engine, f"select status from status where {CELL}", generation)
        return str(row.status)


@pytest.fixture
def served(reporting_url: str) -> Iterator[Served]:
    engine = create_engine(reporting_url, pool_size=10)
    yield Served(engine)
    engine.dispose()


def test_what_says_the_same_is_served_and_goes_on_being_filled_and_so_is_the_way_back(served: Served) -> None:
    assert served.difference()[0] == []
    assert served.switch() == Switched(1, 0, ())
    assert served.current() == 2
    post(served.log, [event(signed([4]), key=4), event(signed([1, 2]), key=1)])
    served.read()
    served.evaluate()
    assert outcomes(served.engine, 2) == {**outcomes(served.engine, 1), "applied": 5, "duplicate": 1}
    assert sum(positions(served.engine, 1).values()) == sum(positions(served.engine, 2).values()) - 2
    assert served.difference(1)[0] == []
    assert served.switch(1) == Switched(2, 0, ())
    assert served.current() == 1
    assert outcomes(served.engine, 1) == outcomes(served.engine, 2)


def test_a_difference_is_named_with_both_sides_and_its_cause(served: Served) -> None:
    served.lose_a_report()
    found, _ = served.difference()
    assert [one.what for one in found if one.cell is None] == [f"hong-linh-2024/{W1}"]
    cells = {one.what: one for one in found if one.cell is not None}
    ours = cells[f"hong-linh-2024/{W1}/CT11/2024-M03"]
    assert (ours.change, ours.before and ours.before.status.value) == ("overdue>met:facts", None)
    assert ours.after is not None
    assert ours.after.status.value == (3, 1)
    assert all(one.why == ("facts",) and one.unit != W2 for one in cells.values())


def test_what_nobody_has_accepted_is_not_served(served: Served) -> None:
    served.lose_a_report()
    done = served.switch()
    assert (f"hong-linh-2024/{W1}/CT11/2024-M03", "overdue>met:facts") in done.left
    assert served.current() == 1


def test_only_the_difference_that_was_shown_is_accepted_and_then_it_is_served_and_told(served: Served) -> None:
    served.lose_a_report()
    _, digest = served.difference()
    assert accept(served.rebuild(), "0" * 16, WITHIN_S) == (False, digest)
    assert served.switch().left
    assert accept(served.rebuild(), digest, WITHIN_S) == (True, digest)
    done = served.switch()
    assert (served.current(), done.left) == (2, ())
    assert done.untold
    served.evaluate()
    (told,) = rows(served.engine, f"select status from reporting.published where {CELL}")
    assert (told.status["status"], told.status["value"]) == ("met", [3, 1])
    assert served.status(2) == "met"


@pytest.mark.parametrize(
    "further", ["status = 'lost' where period = '2024-M02'", "status = 'met' where period = '2024-M03'"]
)
def test_a_further_difference_than_the_accepted_ones_holds_the_switch_up(served: Served, further: str) -> None:
    """Another cell in the same words, or the same cell in other words."""
    cell = f"indicator = 'CT05' and unit = '{W2}'"
    served.execute(f"update g1.status set status = 'lost' where period = '2024-M03' and {cell}")
    found, digest = served.difference()
    assert len(found) == 1
    accept(served.rebuild(), digest, WITHIN_S)
    served.execute(f"update g1.status set {further} and {cell}")
    done = served.switch()
    assert [what for what, _ in done.left] == [f"hong-linh-2024/{W2}/CT05/{further[-9:-1]}"]
    assert served.current() == 1


@pytest.mark.parametrize(
    ("altered", "why"),
    [("status = 'lost'", ("fold",)), ("definition_hash = 'older'", ("definition",)), ("value_num = 99", ("fold",))],
)
def test_what_differs_without_other_facts_says_why(served: Served, altered: str, why: tuple[str, ...]) -> None:
    served.execute(f"update g1.status set {altered} where {CELL}")
    (found,) = served.difference()[0]
    assert found.why == why


def test_another_programme_version_is_a_cause(served: Served) -> None:
    served.difference()
    served.execute(f"update g1.status set status = 'lost' where {CELL}")
    served.execute("delete from g2.programme_version")
    served.execute("update g2.programme_part set version = 7")
    found = {one.what: one.why for one in served.difference()[0]}
    assert found[f"hong-linh-2024/{W1}/CT11/2024-M03"] == ("programme",)


def test_what_the_served_one_has_still_to_evaluate_is_no_difference(served: Served) -> None:
    served.difference()
    post(served.log, [event(signed([5, 6]), key=5), event(report({"propaganda_sessions": 9}, revision=2), key=6)])
    served.read()
    assert rows(served.engine, "select 1 from mark")
    assert served.difference()[0] == []
    assert served.switch().left == ()


def test_an_answer_that_stayed_the_same_has_changed_when_it_changed(served: Served) -> None:
    served.execute(f"update g1.status set changed_at = '2024-01-02Z' where {CELL}")
    served.switch()
    (row,) = rows(served.engine, f"select changed_at from status where {CELL}", 2)
    assert row.changed_at.date().isoformat() == "2024-01-02"


def test_a_pause_that_takes_too_long_changes_nothing_and_lets_everybody_go_on(served: Served) -> None:
    with pytest.raises(Unavailable, match="too much for one pause"):
        switch(served.rebuild(), within_s=0)
    assert served.current() == 1
    post(served.log, [event(signed([4]), key=4)])
    served.read()
    assert outcomes(served.engine)["applied"] == 5


def test_a_switch_does_not_wait_for_those_who_are_at_work_for_long(served: Served) -> None:
    rebuild = served.rebuild()
    rebuild.catch_up()
    with served.engine.connect() as other:
        other.execute(text("select pg_advisory_xact_lock_shared(:lock)"), {"lock": generations.SWITCH_LOCK})
        with pytest.raises(Unavailable, match="still at work"):
            switch(rebuild, within_s=0.2)
    assert switch(rebuild, WITHIN_S).left == ()


def test_what_another_process_evaluates_is_left_to_it(served: Served) -> None:
    rebuild = served.rebuild()
    lease = acquire(served.engine, 2)
    assert lease is not None
    with pytest.raises(Unavailable, match="another process"):
        rebuild.catch_up()
    lease.close()


def test_how_far_a_generation_is_can_be_asked_by_anyone(served: Served) -> None:
    prepare(served.engine, 2)
    with served.engine.begin() as connection:
        one, two = standing(connection)
    assert (one.served, one.read, two.served, two.read, two.of) == (True, one.of, False, 0, one.of)
    served.difference()
    with served.engine.begin() as connection:
        one, two = standing(connection)
    assert (two.read, two.cells, two.waiting, two.now) == (one.read, one.cells, 0, one.now)
