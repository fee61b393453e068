"""The play against a system that answers from the truth, rightly or not."""

import json
from collections.abc import Callable
from datetime import datetime
from functools import cache
from pathlib import Path

import httpx
import msgspec
import pytest
from click.testing import CliRunner, Result

from services.simulator.__main__ import main
from services.simulator.actions import Plan
from services.simulator.plan import make_plan
from services.simulator.play import Result as Played
from services.simulator.play import Stage, play
from services.simulator.posting import Poster
from services.simulator.truth import Cell, Expected, Truth, truths
from services.simulator.truth_file import TruthBroken, read_truth, write_truth
from services.simulator.watching import Watcher
from tests.unit.simulator.listening import listening
from tests.unit.simulator.stage import BAC_HONG, FOLDER, SANDBOX, AnsweringSystem, hong_linh

Bend = Callable[[Cell, Expected], Expected | None]
SHARE = 0.02
CELL: Cell = (BAC_HONG, "CT11", "2024-M01")


@cache
def plan() -> Plan:
    return make_plan(hong_linh(), seed=1, months=1, households_share=SHARE)


@cache
def table() -> dict[datetime, Truth]:
    return dict(truths(hong_linh(), plan()))


def rightly(_cell: Cell, expected: Expected) -> Expected | None:
    return expected


def bent(into: Callable[[Expected], Expected | None]) -> Bend:
    """One cell shown as something else whenever it is met."""

    def bend(asked: Cell, expected: Expected) -> Expected | None:
        return into(expected) if asked == CELL and expected.status == "met" else expected

    return bend


def played(
    system: AnsweringSystem,
    answer: Callable[[httpx.Request], httpx.Response] | None = None,
    patience_s: float = 0.0,
) -> Played:
    http = httpx.Client(transport=httpx.MockTransport(answer or system.answer))
    urls = {"pledge": "http://pledge", "intake": "http://intake", "notify": "http://notify"}
    poster = Poster(http, urls, lambda agency: f"token-of-{agency}", wait=lambda _: None)  # type: ignore[arg-type]
    watcher = Watcher(http, "http://serve", SANDBOX, patience_s=patience_s, wait=lambda _: None)
    return play(Stage(hong_linh(), poster, watcher, "operator"), plan(), table().items(), lambda _: None)


def run(system: AnsweringSystem, folder: Path, *more: str) -> Result:
    tokens = folder / "tokens.json"
    tokens.write_text(json.dumps({agency: f"token-of-{agency}" for agency in hong_linh().agencies}))
    with listening(system) as url:
        services = [part for name in ("pledge", "intake", "notify", "serve") for part in (f"--{name}-url", url)]
        town = ["--programme", str(FOLDER), "--programme-id", SANDBOX, "--months", "1"]
        sizes = ["--households-share", str(SHARE), "--truth", str(folder / "truth.jsonl")]
        return CliRunner().invoke(main, ["play", *town, *sizes, *services, "--tokens", str(tokens), *more])


def test_a_right_system_gives_no_difference_in_any_cell_at_any_step() -> None:
    result = played(AnsweringSystem(table(), rightly))
    assert result.right
    assert result.compared == sum(len(truth) for truth in table().values()) > 10_000
    assert result.requests == len(plan().actions)


@pytest.mark.parametrize(
    "into",
    [
        lambda right: right._replace(status="on_track"),
        lambda right: right._replace(value=(right.value[0] + 1, right.value[1])),
        lambda right: right._replace(value=None),
        lambda right: right._replace(quality=True),
        lambda _: None,
    ],
    ids=["another status", "another value", "no value", "a mark of quality", "no cell"],
)
def test_a_cell_that_is_not_right_is_a_difference_with_what_was_expected_and_got(
    into: Callable[[Expected], Expected | None],
) -> None:
    result = played(AnsweringSystem(table(), bent(into)))
    assert {difference.cell for difference in result.differences} == {CELL}
    assert all(difference.expected == table()[difference.at][CELL] for difference in result.differences)
    assert not result.right


@pytest.mark.parametrize("name", ["mo-hinh-2024/no_drug_crime", "qd-28-2025/drug_free", "qd-28-2025/complexity"])
@pytest.mark.parametrize(
    "into", [lambda right: right._replace(status="another"), lambda _: None], ids=["other", "none"]
)
def test_a_verdict_or_class_that_is_not_right_is_a_difference(
    name: str, into: Callable[[Expected], Expected | None]
) -> None:
    period = "2024-Y" if name.endswith("complexity") else "2024-M01"
    asked: Cell = (BAC_HONG, name, period)
    result = played(AnsweringSystem(table(), lambda cell, right: into(right) if cell == asked else right))
    assert {difference.cell for difference in result.differences} == {asked}
    assert len(result.differences) == result.steps
    assert not result.right


def test_a_cell_that_does_not_exist_is_a_difference() -> None:
    less = {step: {cell: one for cell, one in truth.items() if cell != CELL} for step, truth in table().items()}
    http = httpx.Client(transport=httpx.MockTransport(AnsweringSystem(table(), rightly).answer))
    poster = Poster(http, {"pledge": "http://p", "intake": "http://i", "notify": "http://n"}, lambda a: f"token-of-{a}")
    watcher = Watcher(http, "http://serve", SANDBOX)
    result = play(Stage(hong_linh(), poster, watcher, "operator"), plan(), less.items(), lambda _: None)
    assert [difference.cell for difference in result.differences] == [CELL] * len(plan().steps)


def test_the_command_ends_with_0_for_a_right_system_and_shows_the_ward_table(tmp_path: Path) -> None:
    result = run(AnsweringSystem(table(), rightly), tmp_path)
    assert result.exit_code == 0, result.output
    shown = result.stdout.splitlines()
    assert any(line.split() == ["Hồng", "Bắc", "Nam", "Trung", "Đức", "Đậu", "Thuận"] for line in shown)
    row = next(line for line in shown if line.startswith(" CT16 Điểm nóng về ma tuý"))
    assert len(row.removeprefix(" CT16 Điểm nóng về ma tuý").split()) == 7
    assert "0 khác biệt / differences" in " ".join(result.stdout.split())


def test_the_command_ends_with_1_for_one_wrong_answer_and_prints_it(tmp_path: Path) -> None:
    result = run(AnsweringSystem(table(), bent(lambda _: Expected("lost", (0, 1)))), tmp_path)
    assert result.exit_code == 1
    assert f"{BAC_HONG} CT11 2024-M01: expected met" in " ".join(result.stdout.split())
    assert "got lost 0/1" in " ".join(result.stdout.split())


def test_the_command_gives_its_result_as_json(tmp_path: Path) -> None:
    system = AnsweringSystem(table(), bent(lambda _: Expected("lost", (0, 1))))
    told = json.loads(run(system, tmp_path, "--json").stdout)
    assert told["steps"] == len(plan().steps)
    assert told["differences"][0]["unit"] == BAC_HONG
    assert told["differences"][0]["got"] == {"status": "lost", "value": [0, 1]}


def test_the_truth_of_every_step_stands_in_its_file_before_the_first_request(tmp_path: Path) -> None:
    found: list[dict[datetime, Truth]] = []
    system = AnsweringSystem(table(), rightly)
    system.first_post = lambda: found.append(dict(read_truth(tmp_path / "truth.jsonl")))
    assert run(system, tmp_path).exit_code == 0
    assert found == [table()]


def test_a_truth_that_was_cut_short_is_not_played(tmp_path: Path) -> None:
    path = tmp_path / "truth.jsonl"
    write_truth(path, SANDBOX, 1, table().items())
    assert dict(read_truth(path)) == table()
    path.write_bytes(b"\n".join(path.read_bytes().splitlines()[:-1]))
    with pytest.raises(TruthBroken):
        list(read_truth(path))


def test_what_is_not_confirmed_is_asked_again_with_the_same_key_and_body() -> None:
    system = AnsweringSystem(table(), rightly)
    refused: dict[str, bytes] = {}

    def sometimes(request: httpx.Request) -> httpx.Response:
        key = request.headers.get("Idempotency-Key", "")
        if request.method == "POST" and key not in refused:
            refused[key] = request.content
            return httpx.Response(503, headers={"Retry-After": "1"})
        return system.answer(request)

    result = played(system, sometimes)
    assert result.right
    assert result.retries == len(refused) > 20
    bodies = {request.content for request in system.posted}
    assert {body for key, body in refused.items() if not key.startswith("clock")} <= bodies


def test_a_system_that_has_not_read_the_programme_yet_is_waited_for() -> None:
    system = AnsweringSystem(table(), rightly)
    asked: list[str] = []

    def not_yet(request: httpx.Request) -> httpx.Response:
        asked.append(request.method)
        return httpx.Response(404) if asked.count("GET") in {1, 2} else system.answer(request)

    assert played(system, not_yet, patience_s=30.0).right


def test_every_request_carries_its_instant_as_the_sandboxes_clock() -> None:
    system = AnsweringSystem(table(), rightly)
    played(system)
    clocks = sorted(datetime.fromisoformat(request.headers["Clock"]) for request in system.posted)
    assert clocks == [action.at for action in plan().actions]


def test_a_decision_carries_the_hash_from_the_answer_that_it_decides_on() -> None:
    system = AnsweringSystem(table(), rightly)
    played(system)
    bodies = [msgspec.json.decode(r.content) for r in system.posted if r.url.path.endswith((":approve", ":return"))]
    assert bodies
    assert all(body["body_hash"] == "0" * 64 for body in bodies)


def test_an_answer_under_another_event_id_ends_the_play() -> None:
    system = AnsweringSystem(table(), rightly)

    def otherwise(request: httpx.Request) -> httpx.Response:
        request.headers["Idempotency-Key"] += ":x"
        return system.answer(request)

    result = played(system, lambda request: (otherwise if request.method == "POST" else system.answer)(request))
    assert result.failure is not None
    assert "not the event id" in result.failure


def test_a_refused_request_ends_the_play_and_says_which() -> None:
    system = AnsweringSystem(table(), rightly)

    def refusing(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/v1/tips":
            return httpx.Response(422, json={"code": "unknown_unit"})
        return system.answer(request)

    result = played(system, refusing)
    assert not result.right
    assert result.failure is not None
    assert "/v1/tips" in result.failure
    assert "unknown_unit" in result.failure


def test_a_system_that_never_confirms_ends_the_play_with_what_it_said() -> None:
    result = played(AnsweringSystem(table(), rightly), lambda _: httpx.Response(503, json={"code": "unavailable"}))
    assert result.failure is not None
    assert "still not confirmed" in result.failure
    assert "unavailable" in result.failure


def test_a_sandbox_that_was_already_played_is_not_played_again() -> None:
    system = AnsweringSystem(table(), rightly)

    def already(request: httpx.Request) -> httpx.Response:
        answer = system.answer(request)
        if request.method == "POST":
            system.now = plan().steps[-1]
        return answer

    result = played(system, already)
    assert result.failure is not None
    assert "already past" in result.failure


def test_a_system_that_does_not_reach_the_instant_is_not_compared() -> None:
    system = AnsweringSystem(table(), rightly)

    def standing(request: httpx.Request) -> httpx.Response:
        answer = system.answer(request)
        system.now = None
        return answer

    result = played(system, standing)
    assert result.compared == 0
    assert result.failure is not None
    assert "has not reached" in result.failure
