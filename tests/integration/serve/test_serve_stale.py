"""A stored status that no longer speaks of all that was read says so."""

from sqlalchemy import Engine

from services.contracts.programme import Programme
from services.reporting.domain.status import Status
from services.reporting.store import generations
from services.reporting.store.pending import distinct_marks
from tests.support.reading import Reader, execute, store_statuses, value
from tests.support.streams import NOON, PROGRAMME, TOWN, W1, W2

MARCH = "2024-M03"
CODES = ("CT05", "CT11", "CT16", "CT30")
MARKED = "insert into mark (programme, unit, source, since, until) values (:programme, :unit, :source, :since, :until)"


def stale(ask: Reader) -> set[tuple[str, str]]:
    rows = ask.get("/v1/status", programme=PROGRAMME, period=MARCH).json["units"]
    return {(row["unit"]["id"], cell["indicator"]) for row in rows for cell in row["cells"] if cell["stale"]}


def store(engine: Engine, programme: Programme) -> None:
    cells = [(unit, code, MARCH, Status("no_data")) for unit in (TOWN, W1, W2) for code in CODES]
    store_statuses(engine, programme, cells, NOON)


def mark(engine: Engine, unit: str, source: str, since: str | None = None, until: str | None = None) -> None:
    execute(engine, MARKED, programme=PROGRAMME, unit=unit, source=source, since=since, until=until)


def test_a_cell_for_which_facts_were_read_since_is_stale_with_all_above_it(
    ask: Reader, engine: Engine, programme: Programme
) -> None:
    store(engine, programme)
    assert stale(ask) == set()
    mark(engine, W1, "form:BC-THANG-UBND", "2024-04-15", "2024-05-14")
    assert stale(ask) == set(), "another period"
    mark(engine, W1, "form:BC-THANG-UBND", "2024-02-15", "2024-03-14")
    assert stale(ask) == {(unit, code) for unit in (TOWN, W1) for code in ("CT11", "CT30")}


def test_after_a_new_version_of_the_programme_every_cell_is_stale(
    ask: Reader, engine: Engine, programme: Programme
) -> None:
    store(engine, programme)
    mark(engine, TOWN, "programme")
    assert stale(ask) == {(unit, code) for unit in (TOWN, W1, W2) for code in CODES}


def test_a_cell_made_due_is_stale(ask: Reader, engine: Engine, programme: Programme) -> None:
    store_statuses(engine, programme, [(W1, "CT05", MARCH, Status("on_track", value(1, 2)))], NOON)
    execute(engine, "update status set valid_until = '-infinity'")
    cell = ask.get("/v1/units/18115/status", programme=PROGRAMME, period=MARCH).json["indicators"][0]
    assert (cell["stale"], cell["valid_until"]) == (True, None)


def test_a_ward_is_asked_for_without_a_look_at_what_waits_elsewhere(engine: Engine) -> None:
    for unit, source in ((W1, "tip"), (W2, "tip"), (TOWN, "programme")):
        mark(engine, unit, source)
    with engine.begin() as connection:
        found = distinct_marks(generations.bind(connection, 1), PROGRAMME, [W1])
    assert {(one.unit, one.source) for one in found} == {(W1, "tip"), (TOWN, "programme")}
