"""What the system says: statuses and verdicts of each period, waited for until they stand at the instant asked for."""

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from http import HTTPStatus
from typing import Final, NamedTuple, TypeVar

import httpx
import msgspec

from services.contracts.readings.statuses import CellStatus, StatusMatrix
from services.contracts.readings.verdicts import VerdictMatrix
from services.simulator.posting import PlayFailed, Wait, instant
from services.simulator.truth import Cell, Number

_LOOK_AGAIN_S: Final = 0.05


class Seen(NamedTuple):
    status: str
    value: Number | None
    flags: frozenset[str]


Seens = Mapping[Cell, Seen]
_PACKS_AT_ONCE: Final = 5
_PATHS: Final[Mapping[type, str]] = {StatusMatrix: "/v1/status", VerdictMatrix: "/v1/verdicts"}
P = TypeVar("P", StatusMatrix, VerdictMatrix)


class Watcher:
    """Reads `/v1/status` and `/v1/verdicts`. An answer that has not changed (ETag) is neither sent nor decoded twice.

    Used by many threads at once, each with a period of its own.
    """

    def __init__(
        self,
        http: httpx.Client,
        url: str,
        programme: str,
        *,
        patience_s: float = 90.0,
        wait: Wait = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._http = http
        self._url = url
        self._programme = programme
        self._patience_s = patience_s
        self._wait = wait
        self._monotonic = monotonic
        self._held: dict[str, tuple[str, StatusMatrix | VerdictMatrix]] = {}

    def wait_until(self, now: datetime, period: str) -> None:
        """Until the system has evaluated up to `now`. Raises PlayFailed when it does not come or is already past it."""

        def reached() -> bool:
            page = self._page(StatusMatrix, {"period": period})
            said = None if page is None else page.as_of.now
            if said is not None and said > now:
                raise PlayFailed(
                    f"chương trình thử nghiệm đã đi qua {instant(now)}, hãy áp dụng với một mã mới / "
                    f"the sandbox is already past {instant(now)}: apply it under a new id"
                )
            return said == now

        self._until(reached, f"hệ thống chưa đến {instant(now)} / the system has not reached {instant(now)}")

    def matrix(self, period: str, now: datetime) -> Seens:
        """Every cell of a period, all evaluated at `now`. Raises PlayFailed when that does not come."""
        return self._complete(partial(self._statuses, period, now), period, now)

    def verdicts(self, period: str, now: datetime, packs: Sequence[str]) -> Seens:
        """What the packs say of every unit in a period at `now`: the status of (unit, `pack/verdict`) is the grades
        that are possible. To be asked once all cells stand at `now`."""
        parts = [packs[first : first + _PACKS_AT_ONCE] for first in range(0, len(packs), _PACKS_AT_ONCE)]
        found: dict[Cell, Seen] = {}
        for part in parts:
            found |= self._complete(partial(self._verdicts, period, now, part), period, now)
        return found

    def _complete(self, asked: Callable[[], Seens | None], period: str, now: datetime) -> Seens:
        found: list[Seens] = []

        def complete() -> bool:
            seens = asked()
            found.extend([] if seens is None else [seens])
            return seens is not None

        self._until(complete, f"{period}: chưa tính xong tại {instant(now)} / not evaluated at {instant(now)}")
        return found[-1]

    def _statuses(self, period: str, now: datetime) -> Seens | None:
        """None while a page is away, stands at another instant, or has a cell that is still to be evaluated."""
        pages = self._all_pages(StatusMatrix, {"period": period}, now)
        if pages is None or any(_is_stale(page) for page in pages):
            return None
        rows = [row for page in pages for row in page.units]
        return {(row.unit.id, cell.indicator, period): _seen(cell) for row in rows for cell in row.cells}

    def _verdicts(self, period: str, now: datetime, packs: Sequence[str]) -> Seens | None:
        pages = self._all_pages(VerdictMatrix, {"period": period, "pack": ",".join(packs)}, now)
        if pages is None:
            return None
        given = [(row.unit.id, one) for page in pages for row in page.units for one in row.verdicts]
        return {
            (unit, f"{one.pack}/{one.verdict}", period): Seen(" | ".join(one.possible), None, frozenset())
            for unit, one in given
        }

    def _all_pages(self, kind: type[P], asked: Mapping[str, str], now: datetime) -> list[P] | None:
        """None while a page is away or stands at another instant."""
        found: list[P] = []
        cursor: str | None = None
        while True:
            page = self._page(kind, {**asked, "cursor": cursor} if cursor else asked)
            if page is None or page.as_of.now != now:
                return None
            found.append(page)
            cursor = page.next
            if cursor is None:
                return found

    def _until(self, true: Callable[[], bool], failure: str) -> None:
        ends = self._monotonic() + self._patience_s
        while not true():
            if self._monotonic() >= ends:
                raise PlayFailed(failure)
            self._wait(_LOOK_AGAIN_S)

    def _page(self, kind: type[P], asked: Mapping[str, str]) -> P | None:
        """One page; None while the system is away (no answer, 503) or has not read the programme yet (404)."""
        url = str(httpx.URL(self._url + _PATHS[kind], params={"programme": self._programme, **asked}))
        tag, held = self._held.get(url, ("", None))
        try:
            answer = self._http.get(url, headers={"If-None-Match": tag} if tag else {})
        except httpx.TransportError:
            return None
        if answer.status_code in {HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.NOT_FOUND}:
            return None
        if answer.status_code == HTTPStatus.NOT_MODIFIED and isinstance(held, kind):
            return _stood_at(held, answer.headers.get("As-Of"))
        page = _decoded(url, answer, kind)
        self._held[url] = (answer.headers.get("ETag", ""), page)
        return page


def _decoded(url: str, answer: httpx.Response, kind: type[P]) -> P:
    if answer.status_code != HTTPStatus.OK:
        raise PlayFailed(f"{url}: {answer.status_code} {answer.text[:2000]}")
    try:
        return msgspec.json.decode(answer.content, type=kind)
    except msgspec.DecodeError as error:
        raise PlayFailed(f"{url}: {error}") from error


def _stood_at(page: P, now: str | None) -> P:
    """The page that was held, at the instant up to which it has been found unchanged."""
    as_of = msgspec.structs.replace(page.as_of, now=None if now is None else datetime.fromisoformat(now))
    return msgspec.structs.replace(page, as_of=as_of)


def _is_stale(page: StatusMatrix) -> bool:
    return any(cell.stale for row in page.units for cell in row.cells)


def _seen(cell: CellStatus) -> Seen:
    value = None if cell.value is None else (cell.value.num, cell.value.den)
    return Seen(cell.status, value, frozenset(cell.flags))
