"""What was explained is computed again to the byte, and one changed input is found."""

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import msgspec
import pytest

from services.contracts.explanations import Explanation
from services.contracts.programme import TIP_FED
from services.contracts.programme.calendars import local_midnight
from services.contracts.readings.pages import AsOf, ReadUpTo
from services.reporting.domain.explain import Told
from services.reporting.domain.inputs import Cell
from services.reporting.evaluate.explanations import Discrepancy, check_all, check_answer
from services.reporting.store.explanations import derive, instant_of
from services.reporting.store.now import as_of
from tests.integration.reporting.evaluating import WARDS, World
from tests.support.services import Services

W1, W2, _ = WARDS
M1, M2 = "2024-M01", "2024-M02"
POLICE, COMMITTEE = "BC-THANG-CA", "BC-THANG-UBND"
NOW = local_midnight(date(2024, 2, 20))
SIGNED = date(2024, 1, 3)


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    """Reports, signatures and tips of two months, evaluated."""
    made = World(database_url)
    early = local_midnight(date(2024, 1, 10))
    made.post(made.report(POLICE, W1, M1, hotspots=1, gathering_points=0, rings_found=0, retail_points=0))
    said = made.event(made.report(COMMITTEE, W1, M1, propaganda_sessions=2), early)
    made.post(said, made.event(made.returned(said), early + timedelta(days=1)), accepted_at=early)
    made.post(made.report(COMMITTEE, W2, M1, propaganda_sessions=3), accepted_at=early)
    made.post(made.sheet(W1, SIGNED, range(40)), made.sheet(W2, SIGNED, range(100, 130)))
    made.post(made.tip(W1, SIGNED, UUID(int=1)), made.tip(W1, SIGNED, UUID(int=2)))
    made.post(made.handover(W1, SIGNED, UUID(int=1)))
    made.reach(NOW)
    made.settle()
    yield made
    made.engine.dispose()


def explained(world: World, unit: str, indicator: str, period: str) -> Explanation:
    """As serve answers it."""
    cell = Cell(unit, indicator, period)
    with world.reading() as connection:
        at = instant_of(connection, world.programme, cell)
        derived = derive(connection, world.programme, cell, at)
        read_to = [
            ReadUpTo(topic=topic, partition=partition, next_offset=offset)
            for topic, offsets in as_of(connection).items()
            if topic != "tip.v1"
            for partition, offset in enumerate(offsets)
        ]
        told = Told(AsOf(generation=1, positions=read_to, now=NOW))
        return derived.explained(slice(0, len(derived.inputs)), told)


def check(world: World, said: Explanation, change: str = "") -> set[str]:
    """Where an answer differs from the facts, as they are or after a change that is taken back again."""
    with world.reading() as connection:
        if change:
            assert connection.exec_driver_sql(change).rowcount > 0
        found = check_answer(connection, world.known.registry, said)
        connection.rollback()
    return {one.path for one in found.discrepancies}


def check_every(world: World, change: str) -> set[tuple[str, str, str]]:
    """(indicator, unit, path) of what differs among all cells after a change that is taken back again."""
    with world.reading() as connection:
        assert connection.exec_driver_sql(change).rowcount > 0
        found = check_all(connection, world.programme)
        connection.rollback()
    return {(one.cell.indicator, one.cell.unit, one.path) for one in found.discrepancies}


CHANGES = [
    ("CT16", """update report set "values" = '{"hotspots": 2}'"""),
    ("CT16", "update report set nil = true"),
    ("CT11", "delete from decision"),
    ("CT05", "update signer_count set n = n + 1"),
    ("CT05", "delete from sheet"),
    ("CT28", "delete from tip_move"),
]


def test_one_changed_fact_is_found_in_what_was_explained(world: World) -> None:
    for indicator, statement in CHANGES:
        told_of_a_ward = world.programme.indicators[indicator].kind not in TIP_FED
        said = explained(world, W1 if told_of_a_ward else world.programme.root, indicator, M1)
        assert check(world, said) == set()
        found = check(world, said, f"{statement} where unit = '{W1}'")
        assert any(path.startswith("inputs.0") for path in found), statement


def test_every_cell_is_explained_as_it_is_stored_and_a_changed_fact_is_found_among_them(world: World) -> None:
    with world.reading() as connection:
        found = check_all(connection, world.programme)
    assert found.compared == len(world.stored())
    assert (found.waiting, found.discrepancies) == (0, ())
    other = check_every(world, f"""update report set "values" = '{{"propaganda_sessions": 4}}' where unit = '{W2}'""")
    assert {one[:2] for one in other} == {("CT11", W2), ("CT11", world.programme.root)}
    without = check_every(world, f"delete from sheet where unit = '{W1}'")
    assert {path for *_, path in without} == {"inputs.0.events"}


def test_whatever_is_changed_in_a_saved_answer_is_found(world: World) -> None:
    for indicator in ("CT05", "CT11", "CT16", "CT28", "CT30"):
        said = msgspec.to_builtins(explained(world, world.programme.root, indicator, M1))
        changed = 0
        for name in said.keys() - {"as_of", "next", "stale", "programme", "unit", "indicator", "period"}:
            for path, other in tampered(said[name], name):
                assert check(world, msgspec.convert({**said, name: other}, Explanation)), (indicator, path)
                changed += 1
        assert changed > 30


def tampered(node: object, path: str) -> Iterator[tuple[str, object]]:
    """The same with one thing different, one after the other; still an explanation, of the same question."""
    if isinstance(node, dict):
        for name, child in node.items():
            for where, other in tampered(child, f"{path}.{name}"):
                yield where, {**node, name: other}
    elif isinstance(node, list):
        for place, child in enumerate(node[:3]):
            for where, other in tampered(child, f"{path}.{place}"):
                yield where, [*node[:place], other, *node[place + 1 :]]
    elif not path.endswith(SAME_QUESTION):
        yield from ((path, other) for other in another(node, path))


SAME_QUESTION = (".version",)
WORDS = (".vi", ".en", ".branch", ".because", ".source")


def another(node: object, path: str) -> list[object]:
    match node:
        case bool():
            return [not node]
        case int():
            return [node + 1]
        case datetime():
            return [node + timedelta(seconds=1)]
        case str() if path.endswith(WORDS):
            return [f"{node} x"]
    return []


def test_verify_checks_a_saved_file_and_tells_by_its_exit_code(
    world: World, start_service: Services, tmp_path: Path
) -> None:
    saved = tmp_path / "explanation.json"
    saved.write_bytes(msgspec.json.format(msgspec.json.encode(explained(world, W1, "CT16", M1))))

    def verified(*words: str) -> tuple[int | None, str]:
        service = start_service("services.reporting", "verify", *words, environment={"DATABASE_URL": world.url})
        return service.exit_code(60), service.output

    code, output = verified("--explain", str(saved), "--json")
    assert (code, json.loads(output)[world.programme.id]["differences"]) == (0, [])
    assert verified("--explanations")[0] == 0
    with world.reading() as connection:
        connection.exec_driver_sql(f"""update report set "values" = '{{"hotspots": 2}}' where unit = '{W1}'""")
    code, output = verified("--explain", str(saved))
    assert (code, "CT16 2024-M01 inputs.0.report.values.hotspots: 1 != 2" in output) == (1, True)
    assert verified("--explanations")[0] == 1
    saved.write_text("{}")
    assert verified("--explain", str(saved))[0] == 64


def test_what_was_said_then_is_checked_against_the_facts_of_then(world: World) -> None:
    """Later reports, decisions, signatures and dead letters change what is explained now, not what was right then."""
    indicators = ("CT05", "CT11", "CT16", "CT30")
    then = {indicator: explained(world, W1, indicator, M1) for indicator in indicators}
    later = local_midnight(date(2024, 2, 22))
    world.post(world.report(POLICE, W1, M1, revision=2, hotspots=7), accepted_at=later)
    world.post(world.report(COMMITTEE, W1, M1, revision=2, propaganda_sessions=9), accepted_at=later)
    world.post(world.sheet(W1, SIGNED, range(20, 60)), world.sheet(W2, date(2024, 1, 1), range(5)), accepted_at=later)
    world.refuse(W1)
    world.reach(NOW + timedelta(days=1))
    world.settle()
    for indicator, said in then.items():
        now = explained(world, W1, indicator, M1)
        assert (now.flags, now.evaluated_at) != (said.flags, said.evaluated_at)
        assert check(world, said) == set(), indicator
        assert check(world, now) == set(), indicator
    changed = f"""update report set "values" = '{{"hotspots": 2}}' where unit = '{W1}' and revision = 1"""
    assert check(world, then["CT16"], changed)
    assert {one.path.split(".")[0] for one in discrepancies_of_today(world, then["CT05"])} >= {"value", "inputs"}


def discrepancies_of_today(world: World, said: Explanation) -> tuple[Discrepancy, ...]:
    """As if the answer had been given on what is known today: the past matters."""
    positions = explained(world, W1, "CT05", M1).as_of
    with world.reading() as connection:
        return check_answer(
            connection, world.known.registry, msgspec.structs.replace(said, as_of=positions)
        ).discrepancies


def test_of_what_has_not_been_read_yet_nothing_is_said(world: World) -> None:
    said = explained(world, W1, "CT16", M1)
    further = [msgspec.structs.replace(row, next_offset=row.next_offset + 1) for row in said.as_of.positions]
    ahead = msgspec.structs.replace(said, as_of=msgspec.structs.replace(said.as_of, positions=further))
    with world.reading() as connection:
        found = check_answer(connection, world.known.registry, ahead)
    assert (found.compared, found.waiting) == (0, 1)
