"""The loop of ingest against a log in memory and a real database."""

from datetime import UTC, date, datetime, timedelta, timezone
from itertools import pairwise

from msgspec import structs
from sqlalchemy import Engine, text

from services.kit.eventlog.memory import MemoryLog
from services.kit.eventlog.port import Partition
from services.kit.metrics import Metrics
from services.reporting.ingest.fill import filling
from services.reporting.ingest.gauges import CARDS, Gauges
from services.reporting.ingest.loop import Terms
from services.reporting.store import generations
from services.reporting.store.keeper import Keeper
from services.reporting.store.recount import differences
from services.reporting.store.rejects import lift_halts
from tests.support.ingesting import (
    INPUTS,
    Process,
    letters,
    marks,
    new_log,
    nonsense,
    outcomes,
    positions,
    post,
    post_programme,
    process,
    rows,
)
from tests.support.streams import (
    NOON,
    W1,
    W2,
    W3,
    activated,
    clock,
    discarded,
    event,
    moved,
    record_of,
    report,
    signed,
    tip,
    withdrawn,
)

DAY = date(2024, 3, 5)


def test_what_is_read_becomes_facts_and_positions_in_one_go(reporting_engine: Engine) -> None:
    log = new_log()
    post_programme(log)
    post(log, [event(signed([1, 2, 3]), key=1), event(signed([3, 4], W2), key=2), event(withdrawn(1, DAY), key=3)])
    post(log, [event(report({"propaganda_sessions": 2}), key=4), event(tip(1), key=5), event(moved(1), key=6)])
    process(log, reporting_engine).rounds()
    assert outcomes(reporting_engine) == {"applied": 7}
    assert positions(reporting_engine) == log.end_offsets(INPUTS)
    assert marks(reporting_engine) == {
        ("437@2018-01-01", "programme"),
        (W1, "pledge:household"),
        (W2, "pledge:household"),
        (W1, "form:BC-THANG-UBND"),
        (W1, "tip"),
    }


def test_it_tidies_up_every_second_busy_or_idle(reporting_engine: Engine) -> None:
    log, times = new_log(), list[float]()
    ingest = process(log, reporting_engine, tidy=lambda: times.append(ingest.clock.monotonic()))
    post_programme(log)
    ingest.rounds(3)
    assert outcomes(reporting_engine) == {"applied": 1}
    ingest.rounds(2)
    assert [later - earlier for earlier, later in pairwise(times)] == [1, 1, 1, 1]


def test_a_tip_is_marked_from_the_day_it_came_to_the_day_it_is_due(reporting_engine: Engine) -> None:
    log = new_log()
    post_programme(log)
    post(log, [event(tip(1, on=DAY), key=5)])
    process(log, reporting_engine).rounds()
    (mark,) = rows(reporting_engine, "select since, until from mark where source = 'tip'")
    assert (mark.since, mark.until) == (DAY, DAY + timedelta(days=20))


def test_a_bad_record_is_a_dead_letter_with_its_reason_before_the_position_passes_it(reporting_engine: Engine) -> None:
    log = new_log()
    post_programme(log)
    log.append(nonsense())
    log.append(record_of(event(report({"no_such_measure": 1}), key=2)))
    running = process(log, reporting_engine)
    dead = _Failing(running)
    running.rounds(2)
    assert positions(reporting_engine)[Partition("programme.v1", 0)] == 1
    assert outcomes(reporting_engine) == {"applied": 1}, "progress was committed before the evidence"
    dead.mend()
    running.rounds(20)
    assert outcomes(reporting_engine) == {"applied": 1, "rejected": 2}
    letter = letters(log, "pledge.v1.dead")[0]
    assert letter.value == b"{"
    assert letter.headers[: len(nonsense().headers)] == nonsense().headers
    assert dict(letter.headers)["dl-reason"] == b"malformed"
    assert dict(letters(log, "report.v1.dead")[0].headers)["dl-field"] == b"values.no_such_measure"
    assert marks(reporting_engine) >= {(W1, "deadletter")}


def test_a_dead_letter_marks_its_unit_though_this_process_does_not_know_its_programme_yet(
    reporting_engine: Engine,
) -> None:
    log = new_log()
    log.append(nonsense())
    log.append(nonsense(key="no unit", unit="nowhere"))
    process(log, reporting_engine).rounds()
    assert outcomes(reporting_engine) == {"rejected": 2}
    assert marks(reporting_engine) == {(W1, "deadletter")}


class _Failing:
    """The dead-letter producer while it cannot reach the log."""

    def __init__(self, running: Process) -> None:
        self._writer = running.ingest._writer
        self._whole = self._writer._dead_letters
        broken = MemoryLog({})
        self._writer._dead_letters = broken.appender()

    def mend(self) -> None:
        self._writer._dead_letters = self._whole


def test_a_dead_letter_waits_until_it_is_sent_again_or_discarded(reporting_engine: Engine) -> None:
    log = new_log()
    post_programme(log)
    first, second = log.append(nonsense(1)), log.append(nonsense(2, W2))
    running = process(log, reporting_engine)
    running.rounds(2)
    mended = record_of(event(signed([5]), key=1))
    named = (*mended.headers, ("dl-of", f"{first.topic}:{first.partition}:{first.offset}".encode()))
    log.append(mended._replace(headers=named))
    post(log, [event(discarded(second, W2), key=3)])
    running.rounds(2)
    states = [row.state for row in rows(reporting_engine, "select state from dead_letter")]
    assert sorted(states) == ["discarded", "redriven"]


def test_an_event_waits_for_its_programme_version_while_the_others_go_on(reporting_engine: Engine) -> None:
    log = new_log()
    post_programme(log)
    post(log, [event(signed([1], W1), key=1, version=2), event(signed([2], W1), key=2)])
    post(log, [event(report(None, unit=W2), key=3)])
    hidden = _Hidden(log)
    running = process(log, reporting_engine)
    running.rounds(3)
    assert outcomes(reporting_engine) == {"applied": 2}, "the report did not go on, or the sheet did not wait"
    behind = rows(reporting_engine, "select partition from position where caught_up_at is null and topic = 'pledge.v1'")
    assert len(behind) == 1, "a partition that waits is not read to its end"
    hidden.show()
    post(log, activated(version=2))
    running.rounds(4)
    assert outcomes(reporting_engine) == {"applied": 5}


class _Hidden:
    """Makes the end of programme.v1 look further than anything that can be read yet."""

    def __init__(self, log: MemoryLog) -> None:
        self._log = log
        self._true = log.offsets
        log.offsets = self._offsets  # type: ignore[method-assign]
        self._more = 1

    def show(self) -> None:
        self._more = 0

    def _offsets(self, partitions: object, which: object) -> dict[Partition, int]:
        found = self._true(partitions, which)  # type: ignore[arg-type]
        return {one: end + self._more * (one.topic == "programme.v1") for one, end in found.items()}


def test_a_version_that_is_not_there_once_programmes_are_read_is_unknown(reporting_engine: Engine) -> None:
    log = new_log()
    post_programme(log)
    post(log, [event(signed([1], W1), key=1, version=9), event(signed([2], W1), key=2)])
    process(log, reporting_engine).rounds(4)
    assert outcomes(reporting_engine) == {"applied": 2, "rejected": 1}
    assert dict(letters(log, "pledge.v1.dead")[0].headers)["dl-reason"] == b"unknown_programme"


def test_a_clock_before_its_sandbox_on_one_topic_does_not_wait_for_itself(reporting_engine: Engine) -> None:
    log = new_log()
    post(log, [event(clock(NOON, {}, "box"), key=1, source="operator")])
    post(log, activated(programme="box", sandbox=True))
    post(log, [event(clock(NOON, {"pledge.v1": [0, 0, 0]}, "box"), key=2, source="operator")])
    process(log, reporting_engine).rounds(4)
    assert outcomes(reporting_engine) == {"applied": 2, "rejected": 1}
    assert [row.now for row in rows(reporting_engine, "select now from clock")] == [NOON]


def test_only_a_sandbox_has_a_clock(reporting_engine: Engine) -> None:
    log = new_log()
    post_programme(log)
    post(log, [event(clock(NOON, {}), key=2, source="operator")])
    process(log, reporting_engine).rounds(2)
    assert outcomes(reporting_engine) == {"applied": 1, "rejected": 1}


def test_in_a_sandbox_the_callers_clock_is_also_when_it_was_recorded(reporting_engine: Engine) -> None:
    log = new_log()
    post(log, activated(programme="box", sandbox=True))
    then = NOON - timedelta(days=40)
    post(log, [event(signed([1], programme="box"), key=1, at=then)])
    process(log, reporting_engine).rounds(2)
    recorded = rows(reporting_engine, "select recorded_at, logged_on from event where type like '%signed'")
    assert recorded[0].recorded_at == then
    assert recorded[0].logged_on == date(2024, 3, 20)


def test_too_many_rejects_halt_every_process_until_it_is_lifted(reporting_engine: Engine) -> None:
    log = new_log()
    post_programme(log)
    for number in range(500):
        log.append(nonsense(number))
    running, other = process(log, reporting_engine), process(log, reporting_engine)
    for _ in range(3):
        running.rounds(1)
        other.rounds(1)
    assert outcomes(reporting_engine) == {"applied": 1, "rejected": 100}
    assert running.ingest.halt is not None
    assert other.ingest.halt is not None
    assert (other.ingest.halt.source, other.ingest.halt.topic) == ("ubnd-18115", "pledge.v1")
    with reporting_engine.begin() as connection:
        assert len(lift_halts(connection, NOON)) == 1
    for _ in range(3):
        running.rounds(1)
        other.rounds(1)
    assert outcomes(reporting_engine) == {"applied": 1, "rejected": 200}


def test_few_rejects_among_many_records_do_not_halt(reporting_engine: Engine) -> None:
    log = new_log()
    post_programme(log)
    for number in range(300):
        log.append(nonsense(number) if number % 6 == 0 else record_of(event(withdrawn(1, DAY), key=number)))
    running = process(log, reporting_engine)
    running.rounds(3)
    assert outcomes(reporting_engine) == {"applied": 251, "rejected": 50}
    assert running.ingest.halt is None


def test_a_generation_filled_from_the_start_says_the_same_and_stops_where_the_served_one_is(
    reporting_engine: Engine,
) -> None:
    log = new_log()
    post_programme(log)
    sheet = event(signed({1: DAY, 2: DAY}), key=1)
    post(
        log,
        [sheet, event(signed([1], W2), key=2), sheet, event(signed([9], W3), key=1), event(withdrawn(2, DAY), key=3)],
    )
    log.append(nonsense())
    running = process(log, reporting_engine)
    running.rounds(4)
    limits = positions(reporting_engine)
    post(log, [event(signed([77]), key="after")])
    with reporting_engine.begin() as connection:
        generations.create(connection, 2)
    keeper = Keeper(reporting_engine, log.identity(INPUTS), 2)
    fill = filling(
        log.reader(keeper.open(frozenset(limits))), keeper, running.clock, Gauges(Metrics(CARDS)), Terms(limits=limits)
    )
    for _ in range(6):
        fill.once()
    assert fill.done
    assert positions(reporting_engine, 2) == limits
    assert len(letters(log, "pledge.v1.dead")) == 1, "filling sends no dead letters"
    with reporting_engine.begin() as connection:
        assert generations.compare(connection, 1, 2) == {}
        assert differences(generations.bind(connection, 2)) == {}
        connection.execute(text("delete from g2.sheet where event_id in (select event_id from g2.sheet limit 1)"))
        assert generations.compare(connection, 1, 2) != {}, "the digest does not see a row that is missing"


def test_an_event_at_the_edge_of_what_is_allowed_stops_nothing(reporting_engine: Engine) -> None:
    log = new_log()
    post(log, activated(programme="box", sandbox=True))
    far = datetime(9000, 12, 31, 23, 59, tzinfo=UTC)
    old = datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=7)))
    post(log, [event(signed({1: date(9001, 12, 31)}, programme="box"), key=1, at=far)])
    most = {"propaganda_sessions": 10_000, "propaganda_attendances": None}
    post(log, [event(report(most, revision=10_000, programme="box"), key=2, at=far)])
    post(log, [event(clock(NOON, {}, "box"), key=3, at=far, source="operator")])
    edge = structs.replace(clock(NOON, {}, "box"), now=old)
    post(log, [event(edge, key=4, source="operator"), event(clock(NOON, {}, "box"), key=5, source="operator")])
    process(log, reporting_engine).rounds(4)
    assert sum(outcomes(reporting_engine).values()) == 6
    clocks = rows(reporting_engine, "select accepted_at from event where type like '%.clock' order by accepted_at")
    assert [row.accepted_at for row in clocks] == [NOON, far], "what came after it was not read, or it was taken"
