"""What `generation` answers: a line for people in both languages, or a JSON object for scripts."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import click

from services.contracts.errors import Text
from services.contracts.words import STATUS_WORDS
from services.kit.clock import Clock
from services.reporting.domain.inputs import Value
from services.reporting.rebuild.difference import Differing, Digest, Why
from services.reporting.rebuild.filling import Progress
from services.reporting.rebuild.switch import Switched
from services.reporting.store.differences import Side
from services.reporting.store.standing import Standing

TELL_EVERY_S: Final = 2.0
WHY_WORDS: Final[Mapping[Why, Text]] = {
    "facts": Text("dữ kiện khác", "other facts"),
    "definition": Text("định nghĩa chỉ tiêu khác", "another definition"),
    "programme": Text("phiên bản chương trình khác", "another programme version"),
    "fold": Text("cách tính khác", "computed otherwise"),
}


@dataclass(frozen=True)
class Telling:
    plain: bool

    def _say(self, kind: str, said: Mapping[str, Any], line: str) -> None:
        click.echo(json.dumps({"kind": kind, **said}, ensure_ascii=False) if self.plain else line)

    def progress(self, progress: Progress, per_s: float) -> None:
        share = 100 * progress.read // progress.of if progress.of else 100
        said = {"read": progress.read, "of": progress.of, "per_s": round(per_s)}
        line = (
            f"đã đọc {progress.read}/{progress.of} ({share} %), {per_s:.0f}/s / {progress.read} of {progress.of} read"
        )
        self._say("progress", said, line)

    def standing(self, rows: Sequence[Standing]) -> None:
        for row in rows:
            self._say("generation", _standing_json(row), _standing_line(row))

    def differing(self, one: Differing) -> None:
        why = [WHY_WORDS[each] for each in one.why]
        reasons = f"{', '.join(each.vi for each in why)} / {', '.join(each.en for each in why)}"
        if one.cell is None:
            said: dict[str, Any] = {"programme": one.programme, "unit": one.unit}
            self._say("facts", said, f"{one.what}: {reasons}")
            return
        said = {
            "programme": one.programme,
            **one.cell._asdict(),
            "before": side_json(one.before),
            "after": side_json(one.after),
            "why": list(one.why),
        }
        self._say("cell", said, f"{one.what}: {side_text(one.before)} → {side_text(one.after)}: {reasons}")

    def total(self, served: int, number: int, digest: Digest) -> None:
        said = {
            "served": served,
            "generation": number,
            "units": digest.facts,
            "cells": digest.cells,
            "digest": str(digest),
        }
        line = (
            f"{served} → {number}: {digest.facts} đơn vị có dữ kiện khác, {digest.cells} ô khác / "
            f"{digest.facts} units with other facts, {digest.cells} cells differ. --digest {digest}"
        )
        self._say("total", said, line)

    def accepted(self, *, same: bool, digest: str) -> None:
        yes = f"Đã chấp nhận {digest}. / Accepted."
        no = f"Khác biệt nay là {digest}: hãy xem lại. / The difference is now {digest}: look again."
        self._say("accepted" if same else "not_accepted", {"digest": digest}, yes if same else no)

    def switched(self, number: int, done: Switched) -> None:
        if not done.left:
            said = {"served": number, "before": done.served, "untold": done.untold}
            line = f"Đang dùng thế hệ {number} thay cho {done.served}. / Generation {number} is served in place of it."
            self._say("switched", said, line)
            return
        for what, change in done.left:
            self._say("left", {"what": what, "change": change}, f"{what}: {change}")
        line = "Chưa được chấp nhận; vẫn dùng thế hệ cũ. / Not accepted: what was served is served. See diff, accept."
        self._say("not_switched", {"served": done.served}, line)


@dataclass
class Progressing:
    """Every two seconds, from the positions in the database."""

    ask: Callable[[], Progress]
    clock: Clock
    telling: Telling
    _last: tuple[float, int] | None = field(default=None, init=False)

    def tell(self) -> None:
        at = self.clock.monotonic()
        if self._last is not None and at < self._last[0] + TELL_EVERY_S:
            return
        found = self.ask()
        since, read = self._last or (at, found.read)
        self._last = at, found.read
        self.telling.progress(found, (found.read - read) / (at - since) if at > since else 0.0)


def side_json(side: Side | None) -> dict[str, Any] | None:
    """The status as plain objects; numbers as [numerator, denominator]."""
    if side is None:
        return None
    status = side.status
    numbers = {name: _parts(getattr(status, name)) for name in ("value", "worst", "best")}
    until = None if status.valid_until is None else status.valid_until.isoformat()
    return {
        "status": status.status,
        **numbers,
        "flags": list(status.flags),
        "valid_until": until,
        "definition_hash": side.definition_hash,
    }


def side_text(side: Side | None) -> str:
    if side is None:
        return "không có / absent"
    word, value = STATUS_WORDS[side.status.status], side.status.value
    number = "" if value is None else f" {value.num}" if value.den == 1 else f" {value.num}/{value.den}"
    flags = f" [{', '.join(side.status.flags)}]" if side.status.flags else ""
    return f"{word.vi} / {word.en}{number}{flags}"


def _parts(value: Value | None) -> list[int] | None:
    return None if value is None else list(value)


def _standing_json(row: Standing) -> dict[str, Any]:
    accepted = row.accepted
    return {
        **row._asdict(),
        "now": {programme: now.isoformat() for programme, now in row.now.items()},
        "accepted": None
        if accepted is None
        else {**accepted._asdict(), "accepted_at": accepted.accepted_at.isoformat()},
    }


def _standing_line(row: Standing) -> str:
    share = 100 * row.read // row.of if row.of else 100
    served = " · đang dùng / served" if row.served else ""
    accepted = f" · đã chấp nhận / accepted {row.accepted.digest}" if row.accepted else ""
    return (
        f"{row.number}{served}: {row.read}/{row.of} ({share} %) đã đọc / read, {row.cells} ô / cells, "
        f"{row.waiting} dấu chờ tính / marks waiting{accepted}"
    )
