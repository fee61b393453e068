"""The pilot's programme, small worlds written by hand, and a system that answers from a truth."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, time
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import msgspec

from services.contracts.events import Ratio
from services.contracts.programme import Denominators, Programme, ids, local_instant
from services.contracts.readings.lists import PeriodSummary, UnitSummary
from services.contracts.readings.pages import AsOf
from services.contracts.readings.statuses import CellStatus, StatusMatrix, UnitRow
from services.contracts.readings.verdicts import GivenVerdict, VerdictMatrix, VerdictRow
from services.simulator.actions import (
    APPROVED,
    RETURNED,
    SIGNED,
    SUBMITTED,
    TIP_MOVED,
    TIP_RECEIVED,
    WITHDRAWN,
    Action,
)
from services.simulator.folder import read_sandbox
from services.simulator.truth import Cell, Expected, Truth, expected_cell
from services.simulator.truth.facts import events_of
from services.simulator.truth.world import look

FOLDER = Path("programmes/hong-linh-2024")
SANDBOX = "hong-linh-thu"
BAC_HONG = "18115@2018-01-01"
NAM_HONG = "18118@2018-01-01"
TOWN = "437@2018-01-01"
MONTHLY = "BC-THANG-UBND"
POLICE = "BC-THANG-CA"
QUARTERLY = "BC-QUY-UBND"


@cache
def hong_linh() -> Programme:
    return read_sandbox(FOLDER, SANDBOX)


def at(day: str, hour: int = 12, minute: int = 0) -> datetime:
    return local_instant(date.fromisoformat(day), time(hour, minute))


def report(
    form: str,
    period: str,
    when: datetime,
    values: Mapping[str, int | None] | None,
    *,
    unit: str = "18115",
    revision: int = 1,
    key: str = "",
) -> Action:
    owner = f"{'ca' if form == POLICE else 'ubnd'}-{unit}"
    name = key or f"{form}:{unit}:{period}:{revision}:{when.isoformat()}"
    body = {"form": form, "unit": unit, "period": period, "revision": revision}
    content = {"nil": True} if values is None else {"values": dict(values)}
    return _action(name, when, SUBMITTED, "/v1/reports", body | content, owner)


def decision(event_type: str, on: Action, when: datetime) -> Action:
    assert event_type in {APPROVED, RETURNED}
    body = {name: on.body[name] for name in ("form", "unit", "period", "revision")}
    named = f"{event_type}:{on.name}:{when.isoformat()}"
    return _action(named, when, event_type, "/v1/reports/x:decide", body, "ubnd-437", decides=on.name)


def sheet(
    households: list[str],
    day: str,
    when: datetime | None = None,
    *,
    unit: str = "18115",
    kind: str = "household",
    key: str = "",
) -> Action:
    basis = "register_number" if kind == "household" else "register_id"
    name = key or f"sheet:{unit}:{day}:{'-'.join(households)[:20]}"
    body = {
        "unit": unit,
        "kind": kind,
        "occurred_on": day,
        "signers": [{"identity": {basis: household}} for household in households],
    }
    return _action(name, when or at(day), SIGNED, "/v1/pledges", body, f"ubnd-{unit}")


def withdrawal(household: str, day: str, when: datetime | None = None, *, unit: str = "18115") -> Action:
    body = {"unit": unit, "kind": "household", "identity": {"register_number": household}, "withdrawn_on": day}
    name = f"withdrawal:{household}:{day}"
    return _action(name, when or at(day), WITHDRAWN, "/v1/pledges:withdraw", body, f"ubnd-{unit}")


def tip(name: str, day: str, when: datetime | None = None, *, unit: str = "18115") -> Action:
    return _action(
        f"tip:{name}", when or at(day), TIP_RECEIVED, "/v1/tips", {"unit": unit, "received_on": day}, f"ca-{unit}"
    )


def moved(of: Action, day: str, when: datetime | None = None, step: str = "handed_over") -> Action:
    ((event, _),) = of.events()
    path = f"/v1/tips/{ids.tip_id(event)}:move"
    body = {"unit": of.body["unit"], "step": step, "moved_on": day}
    return _action(f"{of.name}:{step}:{day}", when or at(day), TIP_MOVED, path, body, of.agency)


def told(
    actions: list[Action],
    now: datetime,
    indicator: str,
    period: str,
    unit: str = BAC_HONG,
    programme: Programme | None = None,
) -> Expected:
    """What the truth says of one cell when these actions have happened by now."""
    world = look(programme or hong_linh(), events_of(actions), now)
    return expected_cell(world, unit, indicator, period)


def with_target(indicator: str, num: int, den: int) -> Programme:
    """The pilot with another target for one indicator."""
    old = hong_linh().indicators[indicator]
    changed = replace(old, target=replace(old.target, num=num, den=den))
    return replace(hong_linh(), indicators={**hong_linh().indicators, indicator: changed})


def with_households(value: int | None) -> Programme:
    """The pilot with one number of households everywhere, or with none known."""
    entries = hong_linh().denominators.entries if value is not None else ()
    return replace(hong_linh(), denominators=Denominators(tuple(replace(e, value=value or 0) for e in entries)))


def _action(
    name: str, when: datetime, event_type: str, path: str, body: dict[str, Any], agency: str, decides: str | None = None
) -> Action:
    return Action(
        name=name,
        at=when,
        event_type=event_type,
        path=path,
        body={"programme": SANDBOX, **body},
        agency=agency,
        key=name,
        decides=decides,
    )


class AnsweringSystem:
    """Accepts every request and shows what it is told to show once the clock has been moved there."""

    def __init__(self, truths: Mapping[datetime, Truth], bend: Callable[[Cell, Expected], Expected | None]) -> None:
        self._truths = truths
        self._bend = bend
        self.now: datetime | None = None
        self.posted: list[httpx.Request] = []
        self.first_post: Callable[[], None] = lambda: None

    def client(self) -> httpx.Client:
        return httpx.Client(transport=httpx.MockTransport(self.answer))

    def answer(self, request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            asked = request.url.params
            verdicts = request.url.path.endswith("/verdicts")
            page = self.verdicts(asked["period"], asked["pack"]) if verdicts else self.matrix(asked["period"])
            return httpx.Response(200, content=msgspec.json.encode(page))
        self.first_post()
        self.first_post = lambda: None
        body = msgspec.json.decode(request.content)
        if request.url.path.endswith("/clock"):
            self.now = datetime.fromisoformat(body["now"])
            return httpx.Response(202, json={})
        self.posted.append(request)
        return httpx.Response(202, json=_accepted(request, body))

    def matrix(self, period: str) -> StatusMatrix:
        truth = self._truths[self.now] if self.now else {}
        rows: dict[str, list[CellStatus]] = {}
        for cell, expected in truth.items():
            shown = self._bend(cell, expected)
            if cell[2] == period and shown is not None and "/" not in cell[1]:
                rows.setdefault(cell[0], []).append(_cell(cell[1], shown))
        return StatusMatrix(
            as_of=AsOf(generation=1, positions=[], now=self.now),
            programme=SANDBOX,
            version=1,
            period=_period(period),
            indicators=list(hong_linh().indicators),
            units=[UnitRow(unit=_unit(unit), cells=cells) for unit, cells in rows.items()],
        )

    def verdicts(self, period: str, packs: str) -> VerdictMatrix:
        truth = self._truths[self.now] if self.now else {}
        rows: dict[str, list[GivenVerdict]] = {}
        for cell, expected in truth.items():
            pack, _, verdict = cell[1].partition("/")
            shown = self._bend(cell, expected)
            if cell[2] == period and verdict and pack in packs.split(",") and shown is not None:
                rows.setdefault(cell[0], []).append(_given(pack, verdict, shown.status.split(" | ")))
        return VerdictMatrix(
            as_of=AsOf(generation=1, positions=[], now=self.now),
            programme=SANDBOX,
            version=1,
            period=_period(period),
            packs=packs.split(","),
            units=[VerdictRow(unit=_unit(unit), verdicts=verdicts) for unit, verdicts in rows.items()],
        )


def _given(pack: str, verdict: str, possible: list[str]) -> GivenVerdict:
    outcome = possible[0] if len(possible) == 1 else None
    return GivenVerdict(
        pack=pack, verdict=verdict, outcome=outcome, possible=possible, satisfied=[], failed=[], undecided=[]
    )


def _accepted(request: httpx.Request, body: dict[str, Any]) -> dict[str, Any]:
    agency = request.headers["Authorization"].removeprefix("Bearer token-of-")
    event_type = _event_type(request.url.path)
    key = request.headers["Idempotency-Key"]
    items = [f"{key}/{item['sheet']}" for item in body["sheets"]] if "sheets" in body else [key]
    accepted = [_one(body["programme"], agency, event_type, item, request) for item in items]
    return {"items": accepted} if "sheets" in body else accepted[0]


def _one(programme: str, agency: str, event_type: str, key: str, request: httpx.Request) -> dict[str, Any]:
    return {
        "event_id": str(ids.event_id(programme, agency, event_type, key)),
        "body_hash": "0" * 64,
        "accepted_at": request.headers["Clock"],
        "position": {"topic": "report.v1", "partition": 0, "offset": 0},
        "receipt": "r",
    }


def _event_type(path: str) -> str:
    ends: Iterator[tuple[str, str]] = iter(
        (
            (":withdraw", WITHDRAWN),
            ("/pledges", SIGNED),
            (":batch", SIGNED),
            ("/reports", SUBMITTED),
            (":approve", APPROVED),
            (":return", RETURNED),
            ("/tips", TIP_RECEIVED),
            (":move", TIP_MOVED),
        )
    )
    return next(event_type for end, event_type in ends if path.endswith(end))


def _cell(indicator: str, shown: Expected) -> CellStatus:
    value = None if shown.value is None else Ratio(num=shown.value[0], den=max(1, shown.value[1]))
    return CellStatus(
        indicator=indicator,
        status=shown.status,  # type: ignore[arg-type]
        value=value,
        worst=None,
        best=None,
        flags=["quality"] if shown.quality else [],
        definition_hash="0" * 64,
        definition_version=1,
        changed_at=at("2024-01-01"),
        valid_until=None,
        stale=False,
    )


def _period(code: str) -> PeriodSummary:
    period = hong_linh().period(code)
    assert period is not None
    return PeriodSummary(
        code=code,
        kind=period.kind,
        start=period.start,
        end=period.end,
        opens_at=period.opens_at,
        closes_at=period.closes_at,
    )


def _unit(unit_id: str) -> UnitSummary:
    unit = hong_linh().units.by_id[unit_id]
    return UnitSummary(
        id=unit.id,
        code=unit.code,
        kind=unit.kind,
        name=unit.name,
        valid_from=unit.valid_from,
        valid_to=unit.valid_to,
        parent=unit.parent,
    )
