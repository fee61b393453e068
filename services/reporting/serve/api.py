"""The reading API: parameters by the table of routes, one snapshot an answer, ETags; no request changes anything."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

import msgspec
from flask import Flask, request

from services.contracts.accounts import UnknownEvent
from services.contracts.details import plain
from services.contracts.errors import Fault, fault
from services.contracts.readings.pages import Page
from services.contracts.routes import Route
from services.contracts.schemas import openapi
from services.kit.auth import Caller, Verifier
from services.kit.clock import Clock
from services.kit.receipts import InvalidReceipt, Receipt, verify
from services.kit.web import Answer, ProblemError, caller, header, html_answer, json_answer, mount, query
from services.reporting.serve import (
    baseline,
    books,
    contributions,
    explaining,
    fate,
    history,
    letters,
    lineage,
    lists,
    obligations,
    page,
    periods,
    streaks,
    surface,
    verdict_matrix,
    verdicts,
)
from services.reporting.serve.editions import Editions
from services.reporting.serve.view import View
from services.reporting.store.read import Snapshot, Snapshots

Reading = Callable[[View, Mapping[str, Any]], Page]
READINGS: Final[tuple[tuple[Route, Reading], ...]] = (
    (surface.PROGRAMMES, lists.programmes),
    (surface.UNITS, lists.units),
    (surface.INDICATORS, lists.indicators),
    (surface.PERIODS, lists.periods),
    (surface.STATUS, lists.status_matrix),
    (surface.STREAKS, streaks.streaks),
    (surface.UNIT_STATUS, obligations.unit_status),
    (surface.UNIT_LINEAGE, lineage.unit_lineage),
    (surface.HISTORY, history.status_history),
    (surface.BASELINE, baseline.baseline),
    (surface.DECISIONS, periods.decisions),
    (surface.DRAFT, periods.draft),
    (surface.EXPLANATION, explaining.explanation),
    (surface.OBLIGATIONS, obligations.obligations),
    (surface.CONTRIBUTIONS, contributions.contributions),
    (surface.VERDICTS, verdict_matrix.verdict_matrix),
    (surface.UNIT_VERDICTS, verdicts.unit_verdicts),
    (surface.BOOKS, books.books),
    (surface.DEAD_LETTERS, letters.dead_letters),
)


@dataclass(frozen=True)
class Serving:
    """What every answer is made with. `snapshot` opens one read-only transaction."""

    snapshot: Snapshots
    editions: Editions
    verifier: Verifier
    receipt_keys: Mapping[str, Any]
    clock: Clock

    def view(self, snapshot: Snapshot) -> View:
        return View(snapshot, self.editions.of(snapshot), self.clock.now())


def mount_readings(app: Flask, serving: Serving) -> None:
    for route, reading in READINGS:
        mount(app, route, _handler(serving, route, reading))
    mount(app, surface.RECEIPT, lambda event_id: _receipt(serving, event_id))
    mount(app, surface.PAGE, lambda: _page(serving))
    document = openapi("Bình Yên: reporting serve", surface.ROUTES)
    mount(app, surface.OPENAPI, lambda: json_answer(document, etag=True))


def _handler(serving: Serving, route: Route, reading: Reading) -> Callable[..., Answer]:
    def handle(**path: str) -> Answer:
        _admit(serving, route)
        asked = arguments(route, path)
        with serving.snapshot() as snapshot:
            answer = reading(serving.view(snapshot), asked)
        return _answered(answer)

    return handle


def _admit(serving: Serving, route: Route) -> Caller | None:
    return caller(serving.verifier, *route.roles) if route.roles else None


def _answered(reading: Page) -> Answer:
    """The ETag leaves `as_of` out, which moves by itself; so that a 304 has it too, `now` stands in a header.

    What is said is encoded once, for the tag and for the answer: a nation's table is megabytes.
    """
    said = msgspec.json.encode({name: getattr(reading, name) for name in reading.__struct_fields__ if name != "as_of"})
    etag = sha256(said).hexdigest()[:32]
    whole = b'{"as_of":%b,%b' % (msgspec.json.encode(reading.as_of), said.removeprefix(b"{"))
    answer = json_answer(msgspec.Raw(whole), etag=etag)
    if reading.as_of.now is not None:
        answer.headers["As-Of"] = reading.as_of.now.isoformat().replace("+00:00", "Z")
    return answer


def arguments(route: Route, path: Mapping[str, str]) -> dict[str, Any]:
    """The parameters of path and query as their declared types. Raises ProblemError 422 with every fault."""
    found: dict[str, Any] = {}
    faults: list[Fault] = []
    declared = [parameter for parameter in route.parameters if parameter.place != "header"]
    for parameter in declared:
        text = path.get(parameter.name) if parameter.place == "path" else query(parameter.name)
        if text is None:
            if parameter.required:
                faults.append(fault(parameter.name, "required"))
            continue
        try:
            found[parameter.name] = msgspec.convert(text, parameter.kind, strict=False)
        except msgspec.ValidationError:
            faults.append(fault(parameter.name, "invalid_field"))
    known = {parameter.name for parameter in declared}
    if set(request.args) - known:
        faults.append(fault("?", "unknown_field", plain(", ".join(sorted(known)))))
    if faults:
        raise ProblemError(422, "invalid_field", faults)
    return found


def _receipt(serving: Serving, event_id: str) -> Answer:
    who = caller(serving.verifier, *surface.RECEIPT.roles)
    known_id: UUID = arguments(surface.RECEIPT, {"event_id": event_id})["event_id"]
    receipt = _presented(serving, known_id, who)
    with serving.snapshot() as snapshot:
        view = serving.view(snapshot)
        outcome = fate.event_outcome(view, known_id, who.agency, receipt)
        if outcome is None:
            unknown = UnknownEvent(code="unknown", event_id=known_id, as_of=view.whole_as_of())
            return json_answer(unknown, status=404)
    return json_answer(outcome)


def _presented(serving: Serving, event_id: UUID, who: Caller) -> Receipt | None:
    """The caller's own receipt of this event. Raises ProblemError 422 for any other."""
    text = header("Receipt")
    if text is None:
        return None
    try:
        receipt = verify(text, serving.receipt_keys)
    except InvalidReceipt:
        raise ProblemError(422, "invalid_field", [fault("Receipt", "invalid_field")]) from None
    if receipt.event_id != event_id or receipt.agency != who.agency:
        raise ProblemError(422, "invalid_field", [fault("Receipt", "invalid_field")])
    return receipt


def _page(serving: Serving) -> Answer:
    asked = arguments(surface.PAGE, {})
    with serving.snapshot() as snapshot:
        return html_answer(page.render(serving.view(snapshot), asked))
