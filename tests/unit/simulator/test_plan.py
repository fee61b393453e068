"""What the year is made of."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

import msgspec
import pytest

from services.contracts import requests
from services.contracts.events import Event, PledgeSigned
from services.contracts.programme import ids
from services.intake.posting import Posting
from services.notify.intake.accept import accept_move, accept_tip
from services.pledge.accept import accept_batch, accept_sheet, accept_withdrawal
from services.pledge.identity import SignerKey
from services.reporting.intake.accept import accept_approval, accept_report, accept_return
from services.simulator import actions, summary
from services.simulator.actions import Action, Plan
from services.simulator.plan import make_plan
from services.simulator.truth import Truth, truths
from services.simulator.truth.facts import events_of, known, spans_of
from tests.unit.simulator.stage import hong_linh

STATUSES = {"met", "not_met", "on_track", "at_risk", "lost", "no_data", "overdue", "not_due"}
KEY = SignerKey("test-1", b"k" * 32)


@cache
def year() -> Plan:
    return make_plan(hong_linh(), seed=1)


@cache
def table() -> dict[datetime, Truth]:
    return dict(truths(hong_linh(), year()))


def sheets() -> list[dict[str, Any]]:
    return list(summary.sheets(year().actions))


def test_the_same_seed_gives_the_same_plan_and_another_seed_another() -> None:
    small = [make_plan(hong_linh(), seed=seed, households_share=0.02) for seed in (7, 7, 8)]
    assert small[0] == small[1]
    assert small[0].actions != small[2].actions


def test_about_ten_thousand_households_sign_on_sheets_of_1_to_200() -> None:
    households = {
        (signer["identity"].get("register_number"), signer["identity"].get("address"), sheet.get("group"))
        for sheet in sheets()
        if sheet["kind"] == "household"
        for signer in sheet["signers"]
    }
    sizes = {len(sheet["signers"]) for sheet in sheets()}
    assert 9_000 < len(households) < 11_500
    assert min(sizes) == 1
    assert max(sizes) == 200


def test_sheets_come_on_paper_from_ceremonies_online_and_in_batches() -> None:
    assert {sheet["method"] for sheet in sheets()} == {"paper", "ceremony", "online"}
    batches = [action for action in year().actions if "sheets" in action.body]
    assert batches
    assert all(len(batch.body["sheets"]) <= 100 for batch in batches)


def test_some_households_stand_on_sheets_of_two_wards() -> None:
    wards: dict[str, set[str]] = {}
    for sheet in sheets():
        for signer in sheet["signers"]:
            wards.setdefault(signer["identity"].get("register_number", ""), set()).add(sheet["unit"])
    wards.pop("")
    assert sum(len(found) == 2 for found in wards.values()) > 50


def test_requests_are_repeated_with_their_key_and_some_with_another_body() -> None:
    by_key: dict[tuple[str, str, str], list[Action]] = {}
    for action in year().actions:
        by_key.setdefault((action.agency, action.event_type, action.key), []).append(action)
    repeated = [same for same in by_key.values() if len(same) > 1]
    assert sum(one.body == other.body for one, other, *_ in repeated) > 20
    assert {same[0].event_type for same in repeated if same[0].body != same[1].body} == {
        actions.SIGNED,
        actions.SUBMITTED,
    }


def test_no_two_bodies_of_one_event_are_accepted_at_one_instant() -> None:
    bodies: dict[tuple[UUID, object], object] = {}
    for action in year().actions:
        for event, body in action.events():
            assert bodies.setdefault((event, action.at), body) == body


def test_a_withdrawal_comes_before_the_sheet_that_it_ends() -> None:
    signed = {
        signer["identity"].get("register_number"): action.at
        for action in reversed(year().actions)
        if action.event_type == actions.SIGNED and "sheets" not in action.body
        for signer in action.body["signers"]
    }
    withdrawn = [a for a in year().actions if a.event_type == actions.WITHDRAWN]
    assert any(signed.get(a.body["identity"].get("register_number"), a.at) > a.at for a in withdrawn)


def test_reports_are_on_time_late_revised_returned_nil_unknown_and_missing() -> None:
    filed: dict[UUID, list[Action]] = {}
    due = {owed.report_id: owed.due_at for owed in hong_linh().obligations}
    for action in year().actions:
        if action.event_type == actions.SUBMITTED:
            unit = hong_linh().units.resolve(action.body["unit"], hong_linh().ends_on)
            assert unit is not None
            body = action.body
            report = ids.report_id(hong_linh().id, body["form"], unit.id, body["period"], action.agency)
            filed.setdefault(report, []).append(action)
    first = {report: min(action.at for action in posted) for report, posted in filed.items()}
    assert any(first[report] == due[report] for report in first)
    assert any(first[report] < due[report] for report in first)
    assert any(first[report] > due[report] for report in first)
    assert any(action.body["revision"] == 2 for posted in filed.values() for action in posted)
    assert any(action.body.get("nil") for posted in filed.values() for action in posted)
    assert any(None in action.body.get("values", {}).values() for posted in filed.values() for action in posted)
    assert due.keys() - filed.keys()
    decided = Counter(action.event_type for action in year().actions if action.decides)
    assert decided[actions.RETURNED]
    assert decided[actions.APPROVED]


def test_one_revision_is_filed_twice_with_different_figures_also_at_one_instant() -> None:
    same: dict[tuple[Any, ...], set[str]] = {}
    instants: dict[tuple[Any, ...], list[object]] = {}
    for action in year().actions:
        if action.event_type == actions.SUBMITTED:
            which = tuple(action.body[name] for name in ("form", "unit", "period", "revision"))
            same.setdefault(which, set()).add(action.key)
            instants.setdefault(which, []).append(action.at)
    twice = [which for which, keys in same.items() if len(keys) > 1]
    assert twice
    assert any(len(set(instants[which])) == 1 for which in twice)


def test_every_status_and_every_kind_of_indicator_is_seen_in_the_year() -> None:
    seen: dict[str, set[str]] = {}
    auxiliary: set[str] = set()
    for truth in table().values():
        for (_, name, _), expected in truth.items():
            indicator = hong_linh().indicators.get(name)
            if indicator is not None and indicator.auxiliary:
                auxiliary.add(expected.status)
            elif indicator is not None:
                seen.setdefault(indicator.kind, set()).add(expected.status)
    assert auxiliary == {"not_due", "no_data", "overdue"}
    assert set().union(*seen.values()) == STATUSES
    assert seen["flow"] == STATUSES
    assert seen["stock"] == seen["flag"] == seen["ratio"] == STATUSES - {"lost"}
    assert seen["coverage"] == {"not_due", "on_track", "at_risk", "met", "not_met"}
    assert seen["signers"] == seen["tips_received"] == {"not_due"}
    assert seen["reports_on_time"] >= {"not_due", "on_track", "lost", "met", "not_met", "no_data"}
    for kind in ("tips_in_time", "tips_resolved"):
        assert seen[kind] >= {"not_due", "on_track", "lost", "met", "not_met"}


def test_every_verdict_of_the_pilot_is_foretold_and_both_verdicts_and_classes_are_decided_each_way() -> None:
    last = table()[year().steps[-1]]
    given = {name for _, name, _ in last if "/" in name}
    assert given == {f"{pack.code}/{verdict.code}" for pack in hong_linh().packs for verdict in pack.verdicts}
    seen = {name: {truth.status for (_, one, _), truth in last.items() if one == name} for name in given}
    assert seen["mo-hinh-2024/no_drug_crime"] >= {"no_drug_crime", "drug_crime"}
    for pack in ("qd-28-2025", "qd-3122-2010"):
        assert seen[f"{pack}/drug_free"] >= {"drug_free", "not_drug_free"}
        assert seen[f"{pack}/complexity"] >= {"class_none", "class_1"}


def test_a_hotspot_opens_and_is_closed_and_a_ring_is_found() -> None:
    last = table()[year().steps[-1]]
    hotspot, ring = "18121@2018-01-01", "18124@2018-01-01"
    assert [last[hotspot, "CT16", f"2024-Q{quarter}"].status for quarter in (1, 2, 3)] == ["met", "not_met", "met"]
    assert last[ring, "CT14", "2024-Y"].status == "not_met"
    assert any(truth[ring, "CT14", "2024-Y"].status == "lost" for truth in table().values())


def test_there_are_between_60_and_120_steps_and_every_action_comes_before_the_last() -> None:
    assert 60 <= len(year().steps) <= 120
    assert list(year().steps) == sorted(set(year().steps))
    assert max(action.at for action in year().actions) <= year().steps[-1]
    assert len({action.name for action in year().actions}) == len(year().actions)
    assert sum(len(year().due(a, b)) for a, b in zip((None, *year().steps), year().steps, strict=False)) == len(
        year().actions
    )


@pytest.mark.parametrize("months", [1, 12])
def test_every_boundary_and_due_date_of_the_months_played_is_a_step(months: int) -> None:
    plan = make_plan(hong_linh(), months=months, households_share=0.02)
    played = [period for period in hong_linh().periods() if period.kind == "month"][:months]
    codes = {period.code for period in played}
    assert {period.opens_at for period in played} <= set(plan.steps)
    assert {period.closes_at for period in played} <= set(plan.steps)
    assert {owed.due_at for owed in hong_linh().obligations if owed.period in codes} <= set(plan.steps)


def test_every_request_is_one_that_the_services_take_under_the_event_id_foreseen() -> None:
    for action in year().actions:
        assert [event.id for event in accepted(action)] == [event for event, _ in action.events()], action.name


def test_the_truth_tells_signers_apart_as_the_pledge_service_does() -> None:
    spans = spans_of(hong_linh(), known(events_of(year().actions), year().steps[-1]))
    tokens: dict[str, set[bytes]] = {}
    sheets_that_count = (action for action in year().actions if not action.name.endswith(":changed"))
    for action in sheets_that_count:
        for event in accepted(action) if action.event_type == actions.SIGNED else ():
            assert isinstance(event.data, PledgeSigned)
            tokens.setdefault(event.data.kind, set()).update(signer.token for signer in event.data.signers)
    told = {kind: len({span.who for span in found}) for kind, found in spans.items()}
    assert told == {kind: len(found) for kind, found in tokens.items()}


def accepted(action: Action) -> list[Event]:  # noqa: PLR0911 - one for each event type
    """What the rooms of the services make of a request."""
    unit = hong_linh().agencies[action.agency].unit
    posting = Posting(hong_linh(), action.agency, "officer-1", unit, action.key, action.at)
    body: Mapping[str, Any] = action.body if action.decides is None else action.body | {"body_hash": "0" * 64}
    named = UUID(action.path.split("/")[3].split(":")[0]) if action.path.count("/") == 3 else UUID(int=0)
    match action.event_type:
        case actions.SIGNED if "sheets" in body:
            return accept_batch(msgspec.convert(body, requests.PostPledgeBatch), posting, KEY)
        case actions.SIGNED:
            return [accept_sheet(msgspec.convert(body, requests.PostPledge), posting, KEY)]
        case actions.WITHDRAWN:
            return [accept_withdrawal(msgspec.convert(body, requests.WithdrawPledge), posting, KEY)]
        case actions.SUBMITTED:
            return [accept_report(msgspec.convert(body, requests.PostReport), posting)]
        case actions.APPROVED:
            return [accept_approval(msgspec.convert(body, requests.ApproveReport), posting, named)]
        case actions.RETURNED:
            return [accept_return(msgspec.convert(body, requests.ReturnReport), posting, named)]
        case actions.TIP_RECEIVED:
            return [accept_tip(msgspec.convert(body, requests.PostTip), posting)]
        case _:
            return [accept_move(msgspec.convert(body, requests.MoveTip), posting, named)]
