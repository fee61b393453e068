"""Everything that may be said in a programme, in time and late: revisions, returns, extensions, paper, copies."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from random import Random
from typing import Any
from uuid import UUID

from services.contracts.codec import seal
from services.contracts.events import (
    Data,
    Event,
    ObligationExtended,
    PledgeSigned,
    PledgeWithdrawn,
    ReportApproved,
    ReportReturned,
    ReportSubmitted,
    Signer,
    TipMoved,
    TipReceived,
)
from services.contracts.fields import TipStep
from services.contracts.programme import Obligation, Programme, local_date, local_midnight
from tests.support.random_programmes import SIGNERS, any_day

STEPS: tuple[TipStep, ...] = ("handed_over", "verifying", "closed", "extended", "extended_again")
ONCE: tuple[TipStep, ...] = ("suspended", "resumed")
"""Steps that a tip takes at most once: how it stands that was suspended twice, docs/status.md does not say."""
PEOPLE = ("an", "binh", None)


def random_said(programme: Programme, chance: Random) -> list[Event]:
    """All that is said, in any order."""
    said = [event for owed in programme.obligations for event in _of_report(programme, owed, chance)]
    said += _signatures(programme, chance)
    said += _tips(programme, chance)
    said += [_again(chance.choice(said), chance) for _ in range(len(said) // 8)]
    chance.shuffle(said)
    return said


def _said(chance: Random, data: Data, at: datetime, source: str, actor: str | None = None) -> Event:
    named = UUID(int=chance.getrandbits(128), version=4)
    return seal(data, event_id=named, source=source, accepted_at=at, programme_version=1, actor=actor)


def _again(event: Event, chance: Random) -> Event:
    """A copy of an event, or another body under its id."""
    data = event.data
    if isinstance(data, ReportSubmitted) and chance.random() < 0.5:
        fields = {name: getattr(data, name) for name in data.__struct_fields__}
        data = ReportSubmitted(**{**fields, "nil": not data.nil})
    later = event.accepted_at + timedelta(minutes=chance.choice([0, 1, 3_000]))
    return seal(data, event_id=event.id, source=event.source, accepted_at=later, programme_version=1, actor=event.actor)


def _of_report(programme: Programme, owed: Obligation, chance: Random) -> Iterator[Event]:
    above = [one.id for one in programme.agencies.values() if one.unit in programme.units.ancestors(owed.unit)]
    agencies = [owed.owner, owed.owner, *above]
    sent = []
    for _ in range(chance.choice([0, 1, 1, 1, 1, 2, 3])):
        at = owed.due_at + timedelta(minutes=chance.choice([-60_000, -3_000, -60, 0, 1, 5_000, 40_000]))
        body = _report(programme, owed, chance, local_date(at))
        sent.append(_said(chance, body, at, chance.choice(agencies), chance.choice(PEOPLE)))
    yield from sent
    for event in sent:
        for _ in range(chance.choice([0, 0, 1, 2])):
            at = event.accepted_at + timedelta(minutes=chance.choice([1, 1, 2_000]))
            yield _said(chance, _decision(owed, event, chance), at, chance.choice(agencies), chance.choice(PEOPLE))
    for _ in range(chance.choice([0, 0, 0, 0, 0, 0, 1, 2])):
        until = local_date(owed.due_at) + timedelta(days=chance.randint(-2, 25))
        data = ObligationExtended(**_about(owed), report_id=owed.report_id, until=until, reason="storm")
        at = owed.due_at + timedelta(days=chance.randint(-10, 5))
        yield _said(chance, data, at, chance.choice([*agencies, "nobody"]))


def _about(owed: Obligation) -> dict[str, Any]:
    return {"programme": "any", "unit": owed.unit, "occurred_on": local_date(owed.due_at)}


def _report(programme: Programme, owed: Obligation, chance: Random, day: date) -> ReportSubmitted:
    values = {
        code: None if chance.random() < 0.1 else chance.randint(0, 1 if measure.type == "flag" else 3)
        for code, measure in programme.forms[owed.form].measures.items()
        if chance.random() < 0.95
    }
    for part, whole in ((code, f"d{code[1:]}") for code in list(values) if code[0] == "c"):
        if values[part] is not None and values.get(whole) is not None:
            values[part] = min(values[part], values[whole])  # type: ignore[type-var]
    return ReportSubmitted(
        **_about(owed),
        report_id=owed.report_id,
        form=owed.form,
        period=owed.period,
        owner=owed.owner,
        revision=chance.choice([1, 1, 2, 3]),
        received_via="software",
        received_on=day - timedelta(days=chance.randint(-2, 12)) if chance.random() < 0.35 else None,
        nil=chance.random() < 0.1,
        values=values,
    )


def _decision(owed: Obligation, on: Event, chance: Random) -> ReportApproved | ReportReturned:
    """Mostly on the very body, sometimes on another."""
    assert isinstance(on.data, ReportSubmitted)
    body = on.body_hash.hex() if chance.random() < 0.8 else "0" * 64
    said: dict[str, Any] = {
        **_about(owed),
        "report_id": owed.report_id,
        "revision": on.data.revision,
        "body_hash": body,
    }
    returned = chance.random() < 0.5
    return ReportReturned(**said, reason="wrong_sum") if returned else ReportApproved(**said)


def _signatures(programme: Programme, chance: Random) -> Iterator[Event]:
    for _ in range(chance.randint(0, 40)):
        unit, kind, token = _ward(programme, chance), chance.choice(SIGNERS), _token(chance)
        day = any_day(chance)
        at = local_midnight(day) + timedelta(hours=chance.choice([-100, 5, 300]))
        about: dict[str, Any] = {"programme": "any", "unit": unit, "occurred_on": day, "kind": kind, "key_id": "key-1"}
        if chance.random() < 0.2:
            yield _said(chance, PledgeWithdrawn(**about, token=token, reason="moved_away"), at, "police")
            continue
        signers = [
            Signer(pledge_id=UUID(int=number), token=one, basis="register_number", signed_on=day)
            for number, one in enumerate({token, _token(chance)})
        ]
        sheet: dict[str, Any] = {
            "sheet_id": UUID(int=0),
            "method": "paper",
            "text_version": "2024.1",
            "declared_count": len(signers),
        }
        yield _said(chance, PledgeSigned(**about, **sheet, signers=signers), at, "police")


def _tips(programme: Programme, chance: Random) -> Iterator[Event]:
    for _ in range(chance.randint(0, 25)):
        unit, tip, day = (
            chance.choice([*programme.units.by_id]),
            UUID(int=chance.getrandbits(128), version=4),
            any_day(chance),
        )
        about: dict[str, Any] = {"programme": "any", "tip_id": tip}
        received = TipReceived(
            **about,
            unit=unit,
            occurred_on=day,
            category="use",
            channel="hotline",
            due_on=day + timedelta(days=20),
        )
        yield _said(chance, received, local_midnight(day), "police")
        often = {step: chance.choice([0, 1, 1, 2]) for step in STEPS} | {
            step: chance.choice([0, 0, 1]) for step in ONCE
        }
        for step, times in often.items():
            for _ in range(times):
                mover = unit if chance.random() < 0.7 else chance.choice([*programme.units.by_id])
                then = day + timedelta(days=chance.choice([-1, 0, 1, 3, 6, 19, 20, 21, 30, 70]))
                data = TipMoved(**about, unit=mover, occurred_on=then, step=step)
                yield _said(chance, data, local_midnight(then), "police")


def _ward(programme: Programme, chance: Random) -> str:
    return chance.choice([unit.id for unit in programme.units.by_id.values() if unit.is_leaf])


def _token(chance: Random) -> bytes:
    return sha256(bytes([chance.randrange(25)])).digest()[:16]


def instants(programme: Programme, said: list[Event], chance: Random) -> list[datetime]:
    """Where something turns: closings, due instants, last days of tips; a moment before; and any instant between."""
    tips = [event.data for event in said if isinstance(event.data, TipReceived)]
    last_days = [
        day for tip in tips for day in (tip.occurred_on + timedelta(days=programme.tips.handover_days), tip.due_on)
    ]
    turns = [
        [owed.due_at for owed in programme.obligations],
        [period.closes_at for period in programme.periods()],
        [local_midnight(day + timedelta(days=1)) for day in last_days],
        [local_midnight(any_day(chance))],
    ]
    some = [chance.choice(chance.choice([one for one in turns if one])) for _ in range(2)]
    turned = [at - timedelta(microseconds=chance.choice([0, 0, 1])) for at in some]
    return [*turned, datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=chance.randint(-40_000, 700_000))]
