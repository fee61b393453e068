"""The HTTP side of dispatch: the ledger, and the page on which a notice is answered."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec
from flask import Flask

from services.contracts.errors import Text, fault
from services.contracts.notice_words import RULE_WORDS, VERDICT_WORDS
from services.contracts.programme import Programme, local_date
from services.contracts.readings.notices import Ledger, LedgerLine
from services.contracts.readings.pages import Name
from services.kit.auth import Caller, Verifier
from services.kit.clock import Clock
from services.kit.db import Engine, translated
from services.kit.web import Answer, ProblemError, arguments, caller, html_answer, json_answer, mount
from services.kit.web.paging import DEFAULT_LIMIT, following, read_cursor, refused
from services.notify.dispatch import answering, page, surface
from services.notify.dispatch.answering import Asked
from services.notify.dispatch.deciding import Terms
from services.notify.domain.addressing import standing
from services.notify.domain.notices import Recipient
from services.notify.store import ledger
from services.notify.store.ledger import Line, Wanted

NOT_ADDRESSED: Final = Text(
    "Sự kiện này không được gửi cho vai trò của bạn, hoặc chưa được xét.",
    "This event was not addressed to your role, or has not been looked at yet.",
)


@dataclass(frozen=True)
class Counter:
    """What every answer is made with. `key` is that of links."""

    engine: Engine
    terms: Terms
    verifier: Verifier
    clock: Clock
    key: bytes


def mount_notices(app: Flask, counter: Counter) -> None:
    mount(app, surface.LEDGER, lambda: _ledger(counter))
    mount(
        app,
        surface.ANSWER_PAGE,
        _answering(counter, lambda its_id: answering.look(counter.engine, its_id)),
        counted=False,
    )
    mount(app, surface.ANSWER, _answering(counter, lambda its_id: _taken_up(counter, its_id)), counted=False)


def _taken_up(counter: Counter, message: UUID) -> Asked | None:
    return answering.answer(counter.engine, message, counter.clock.now(), counter.terms)


def _answering(counter: Counter, work: Callable[[UUID], Asked | None]) -> Callable[..., Answer]:
    """404 for a link that is not one of ours: whether there is such a message is not said."""

    def handle(message: str, mac: str) -> Answer:
        try:
            its_id = UUID(message)
        except ValueError:
            raise ProblemError(404, "not_found") from None
        if not answering.known(counter.key, its_id, mac):
            raise ProblemError(404, "not_found")
        asked = work(its_id)
        programme = counter.terms.programme(asked.message.programme) if asked else None
        if asked is None or programme is None:
            raise ProblemError(404, "not_found")
        return html_answer(page.render(asked, programme), etag=None)

    return handle


def _ledger(counter: Counter) -> Answer:
    who = caller(counter.verifier, *surface.LEDGER.roles)
    asked = arguments(surface.LEDGER, {})
    wanted = _wanted(counter, who, asked)
    limit = asked.get("limit") or DEFAULT_LIMIT
    after = _place(asked["cursor"]) if "cursor" in asked else None
    with translated(), counter.engine.connect() as connection:
        found = ledger.lines(connection, wanted, after, limit + 1)
    chosen, cursor = following(found, lambda line: f"{line.at.isoformat()}|{line.id}", limit)
    note = _name(NOT_ADDRESSED) if wanted.cause is not None and not chosen else None
    return json_answer(Ledger(items=[_line(line) for line in chosen], next=cursor, note=note))


def _wanted(counter: Counter, who: Caller, asked: dict[str, Any]) -> Wanted:
    """An operator sees everything; an agency the lines that address its own role. Raises ProblemError."""
    programme = counter.terms.programme(asked["programme"]) if "programme" in asked else None
    if programme is None and ("programme" in asked or surface.OPERATOR not in who.roles):
        raise ProblemError(404, "unknown_programme", [fault("programme", "unknown_programme")])
    return Wanted(
        programme=programme.id if programme else None,
        about=_subtree(programme, asked["unit"], counter.clock.now()) if "unit" in asked else None,
        kind=asked.get("kind"),
        verdict=asked.get("verdict"),
        cause=asked.get("event"),
        to=None if surface.OPERATOR in who.roles else _recipient(programme, who, counter.clock.now()),
    )


def _recipient(programme: Programme | None, who: Caller, now: datetime) -> Recipient:
    """The role that an agency holds. Raises ProblemError 403 for one that the programme does not know."""
    agency = programme.agencies.get(who.agency) if programme else None
    if programme is None or agency is None:
        raise ProblemError(403, "forbidden")
    units = standing(programme, agency.unit, local_date(now))
    return Recipient(units[0] if units else agency.unit, agency.kind)


def _subtree(programme: Programme | None, ref: str, now: datetime) -> tuple[str, ...]:
    if programme is None:
        raise ProblemError(404, "unknown_programme", [fault("programme", "unknown_programme")])
    unit = programme.units.by_id.get(ref) or programme.units.resolve(ref, local_date(now))
    if unit is None:
        raise ProblemError(404, "unknown_unit", [fault("unit", "unknown_unit")])
    return tuple(sorted(programme.units.subtree(unit.id)))


def _place(cursor: str) -> tuple[datetime, UUID]:
    at, _, its_id = read_cursor(cursor).partition("|")
    try:
        return datetime.fromisoformat(at), UUID(its_id)
    except ValueError:
        raise refused() from None


def _line(line: Line) -> LedgerLine:
    said = {
        "event": line.cause,
        "rung": line.rung + 1,
        "unit": line.unit or None,
        "role": line.role or None,
        "holder": line.holder or None,
        "text": _name(VERDICT_WORDS[line.verdict]),
        "why": _name(RULE_WORDS[line.rule]),
    }
    rest = ("kind", "programme", "about", "verdict", "rule", "at", "state")
    return msgspec.convert({**said, **{name: getattr(line, name) for name in rest}}, LedgerLine)


def _name(text: Text) -> Name:
    return Name(vi=text.vi, en=text.en)
