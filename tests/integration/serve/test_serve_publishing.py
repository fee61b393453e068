"""A period is published by another person than who reported; what was published stays, and what left it says so."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from services.contracts.events import Event
from services.contracts.requests import PublishPeriod, ReopenPeriod
from services.intake.posting import Posting
from services.reporting.ingest.judging import marks_of
from services.reporting.intake.periods import accept_publication, accept_reopening
from tests.integration.reporting.evaluating import World
from tests.support.database import Server
from tests.support.postings import posting
from tests.support.reading import Reader, reader
from tests.support.services import Services

W1, W2 = "18115@2018-01-01", "18118@2018-01-01"
JANUARY = "2024-M01"
FORM = "BC-THANG-UBND"
IN_TIME = datetime(2024, 1, 10, 3, tzinfo=UTC)
PUBLISHED_AT = datetime(2024, 2, 1, 3, tzinfo=UTC)
DAY = timedelta(days=1)


class Committee:
    """Reads the draft as anyone does and posts it as it stands, in the name of an officer."""

    def __init__(self, world: World, ask: Reader) -> None:
        self.world, self.ask = world, ask

    def post(self, *events: Event) -> None:
        for event in events:
            self.world.post(event, marks=marks_of(event, self.world.programme, None))

    def settle(self, now: datetime) -> None:
        self.world.reach(now)
        self.world.settle()

    def draft(self) -> dict[str, Any]:
        answer = self.ask.get(f"/v1/periods/{JANUARY}/draft", programme="hong-linh-2024")
        assert answer.status_code == 200, answer.json
        return dict(answer.json)

    def publication(self, draft: dict[str, Any], actor: str, at: datetime, key: str) -> list[Event]:
        said = {name: draft[name] for name in ("programme", "unit", "units", "digest", "positions")}
        body = msgspec.json.decode(msgspec.json.encode(said), type=PublishPeriod)
        return accept_publication(body, self.officer(actor, at, key), JANUARY)

    def publish(self, actor: str = "head", at: datetime = PUBLISHED_AT, key: str = "publish-1") -> None:
        self.post(*self.publication(self.draft(), actor, at, key))

    def reopen(self, actor: str, at: datetime, key: str = "reopen-1") -> None:
        body = ReopenPeriod(programme="hong-linh-2024", unit="437", reason="wrong_sum")
        self.post(accept_reopening(body, self.officer(actor, at, key), JANUARY))

    def officer(self, actor: str, at: datetime, key: str) -> Posting:
        made = posting(agency="ubnd-437", scope="437", at=at, key=key)
        return Posting(made.programme, made.agency, actor, made.scope, made.key, made.accepted_at)

    def report(self, sessions: int, at: datetime, revision: int = 1, actor: str = "clerk", unit: str = W1) -> None:
        said = self.world.report(FORM, unit, JANUARY, revision, propaganda_sessions=sessions)
        self.world.post(self.world.event(said, at, actor=actor))

    def cell(self, unit: str = W1, indicator: str = "CT11", **query: object) -> Any:
        answer = self.ask.get("/v1/status", programme="hong-linh-2024", period=JANUARY, unit=unit, **query)
        (found,) = [one for one in answer.json["units"][0]["cells"] if one["indicator"] == indicator]
        return found

    def decisions(self) -> tuple[str, list[tuple[str, str | None]]]:
        answer = self.ask.get(f"/v1/periods/{JANUARY}/decisions", programme="hong-linh-2024").json
        assert {one["complete"] for one in answer["items"] if one["kind"] == "published"} <= {True}
        return answer["state"], [(one["kind"], one["void"]) for one in answer["items"]]


@pytest.fixture
def committee(database: Server, migrated: str, tmp_path: Path) -> Iterator[Committee]:
    with database.fresh(migrated) as url:
        world = World(url)
        made = Committee(world, reader(world.engine, tmp_path))
        made.report(2, IN_TIME)
        made.settle(PUBLISHED_AT - DAY)
        yield made
        world.engine.dispose()


def test_a_draft_is_what_the_status_answers_and_final_once_the_period_has_closed(committee: Committee) -> None:
    draft = committee.draft()
    assert draft["final"] is True
    (ward,) = [one for one in draft["units"] if one["unit"] == W1]
    (value,) = [one for one in ward["values"] if one["indicator"] == "CT11"]
    assert (value["status"], value["value"]) == ("met", {"num": 2})
    committee.report(3, PUBLISHED_AT - DAY, 2)
    assert committee.draft()["final"] is False


def test_what_was_published_stays_beside_what_is_known_since_which_says_that_it_left_it(committee: Committee) -> None:
    committee.publish()
    committee.settle(PUBLISHED_AT + DAY)
    before = committee.cell()
    assert before["published"]["value"] == {"num": 2}
    assert "restated" not in before["flags"]
    committee.report(0, IN_TIME + DAY, 2)
    committee.settle(PUBLISHED_AT + 2 * DAY)
    after = committee.cell()
    assert (after["status"], after["published"]) == ("not_met", before["published"])
    assert "restated" in after["flags"]
    assert "restated" not in committee.cell(indicator="CT13")["flags"]
    assert committee.world.verified().differences == ()


@pytest.mark.timeout(900)
def test_what_left_its_published_value_is_explained_so_and_the_explanation_verifies(
    committee: Committee, start_service: Services, tmp_path: Path
) -> None:
    committee.publish()
    committee.report(0, IN_TIME + DAY, 2)
    committee.settle(PUBLISHED_AT + 2 * DAY)
    path = f"/v1/units/{W1}/indicators/CT11/explain"
    said = committee.ask.get(path, programme="hong-linh-2024", period=JANUARY).json
    restated = {one["because"]: one["units"] for one in said["flags"] if one["flag"] == "restated"}
    assert restated == {"left_published": [W1]}
    saved = tmp_path / "explanation.json"

    def verified(*words: str) -> int | None:
        environment = {"DATABASE_URL": committee.world.url}
        return start_service("services.reporting", "verify", *words, environment=environment).exit_code(240)

    saved.write_text(json.dumps(said))
    assert verified("--explain", str(saved)) == 0
    assert verified("--explanations") == 0
    saved.write_text(json.dumps({**said, "flags": [one for one in said["flags"] if one["flag"] != "restated"]}))
    assert verified("--explain", str(saved)) == 1


def test_a_publication_by_who_reported_is_void_for_that_unit_and_those_above_it_and_shown(committee: Committee) -> None:
    committee.publish(actor="clerk")
    committee.settle(PUBLISHED_AT + DAY)
    assert committee.decisions() == ("open", [("published", "own_report")])
    assert committee.cell()["published"] is None
    assert committee.cell(W2)["published"] is not None


def test_a_hand_in_a_report_that_is_read_after_the_publication_makes_it_void_too(committee: Committee) -> None:
    world = committee.world
    committee.publish()
    points = world.report("BC-THANG-CA", W1, JANUARY, gathering_points=1)
    world.post(world.event(points, IN_TIME, actor="clerk"))
    committee.settle(PUBLISHED_AT + DAY)
    assert "restated" in committee.cell(indicator="CT13")["flags"]
    committee.report(9, IN_TIME + DAY, actor="head", revision=2)
    committee.settle(PUBLISHED_AT + 2 * DAY)
    assert committee.cell()["published"] is None
    assert "restated" not in committee.cell(indicator="CT13")["flags"]
    assert committee.world.verified().differences == ()


def test_who_published_does_not_reopen_and_nobody_publishes_twice(committee: Committee) -> None:
    committee.publish()
    committee.publish("deputy", PUBLISHED_AT + DAY, "publish-2")
    committee.reopen("head", PUBLISHED_AT + 2 * DAY)
    committee.reopen("deputy", PUBLISHED_AT + 3 * DAY, "reopen-2")
    committee.publish("head", PUBLISHED_AT + 4 * DAY, "publish-3")
    committee.settle(PUBLISHED_AT + 5 * DAY)
    said = [
        ("published", None),
        ("published", "already_published"),
        ("reopened", "same_person"),
        ("reopened", None),
        ("published", None),
    ]
    assert committee.decisions() == ("published", said)
    assert committee.cell()["published"]["at"] == "2024-02-05T03:00:00Z"


def test_a_reopened_period_keeps_what_was_published_until_it_is_published_anew(committee: Committee) -> None:
    committee.publish()
    committee.reopen("deputy", PUBLISHED_AT + DAY)
    committee.settle(PUBLISHED_AT + 2 * DAY)
    assert committee.decisions()[0] == "reopened"
    assert committee.cell()["published"]["value"] == {"num": 2}


def test_read_in_any_order_and_twice_a_publication_is_the_same(committee: Committee) -> None:
    events = committee.publication(committee.draft(), "head", PUBLISHED_AT, "publish-1")
    committee.post(*reversed(events))
    committee.settle(PUBLISHED_AT + DAY)
    first = [committee.cell(unit)["published"] for unit in (W1, W2, "437")]
    assert None not in first
    committee.post(*events)
    committee.settle(PUBLISHED_AT + 2 * DAY)
    assert [committee.cell(unit)["published"] for unit in (W1, W2, "437")] == first
    assert committee.world.verified().differences == ()


def test_what_was_published_counts_for_every_unit_once_the_closing_event_is_read(committee: Committee) -> None:
    *parts, closing = committee.publication(committee.draft(), "head", PUBLISHED_AT, "publish-1")
    committee.report(0, IN_TIME + DAY, 2)
    committee.post(*parts)
    committee.settle(PUBLISHED_AT + DAY)
    assert committee.cell()["published"] is None
    committee.post(closing)
    committee.settle(PUBLISHED_AT + 2 * DAY)
    assert "restated" in committee.cell()["flags"]
    assert committee.world.verified().differences == ()


def test_other_values_under_the_same_key_do_not_replace_what_was_published(committee: Committee) -> None:
    committee.publish()
    committee.report(0, PUBLISHED_AT + DAY, 2)
    committee.settle(PUBLISHED_AT + 2 * DAY)
    committee.publish(at=PUBLISHED_AT + 3 * DAY)
    committee.settle(PUBLISHED_AT + 4 * DAY)
    assert committee.cell()["published"]["value"] == {"num": 2}
    assert committee.decisions() == ("published", [("published", None)])


def test_what_was_published_is_known_from_the_day_on_which_it_was_and_its_restatement_has_a_cause(
    committee: Committee,
) -> None:
    committee.publish()
    committee.report(0, PUBLISHED_AT + DAY, 2)
    committee.settle(PUBLISHED_AT + 3 * DAY)
    assert committee.cell(known_at="2024-01-31")["published"] is None
    assert committee.cell(known_at="2024-02-01")["published"]["value"] == {"num": 2}
    path = f"/v1/units/{W1}/indicators/CT11/history"
    last = committee.ask.get(path, programme="hong-linh-2024", period=JANUARY).json["items"][-1]
    assert (last["day"], "restated" in last["after"]["flags"]) == ("2024-02-02", True)
    assert [one["kind"] for one in last["causes"]] == ["event"]
