"""What the system says: the matrix of each period, waited for until it stands at the instant that was asked for."""

import time
from collections.abc import Callable, Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Final, NamedTuple

import httpx
import msgspec

from services.simulator.posting import PlayFailed, Wait, instant
from services.simulator.truth import Cell, Number

_LOOK_AGAIN_S: Final = 0.05


class _Number(msgspec.Struct, frozen=True):
    num: int
    den: int = 1


class _CellSeen(msgspec.Struct, frozen=True):
    unit: str
    indicator: str
    status: str
    value: _Number | None = None
    flags: list[str] = []


class _AsOf(msgspec.Struct, frozen=True):
    now: datetime | None


class _Matrix(msgspec.Struct, frozen=True):
    """What is read of an answer of /v1/status; other fields are left alone."""

    as_of: _AsOf
    cells: list[_CellSeen]
    next: str | None = None


class Seen(NamedTuple):
    status: str
    value: Number | None
    flags: frozenset[str]


Seens = Mapping[Cell, Seen]


class Watcher:
    """Reads `{url}/v1/status`. An answer that has not changed (ETag) is not read twice."""

    def __init__(
        self,
        http: httpx.Client,
        url: str,
        programme: str,
        *,
        patience_s: float = 60.0,
        wait: Wait = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._http = http
        self._url = f"{url}/v1/status"
        self._programme = programme
        self._patience_s = patience_s
        self._wait = wait
        self._monotonic = monotonic
        self._held: dict[str, tuple[str, _Matrix]] = {}

    def wait_until(self, now: datetime, period: str) -> None:
        """Until the system has evaluated up to `now`. Raises PlayFailed when it does not come or is already past it."""
        ends = self._monotonic() + self._patience_s
        while True:
            reached = self._first_page(period).as_of.now
            if reached == now:
                return
            if reached is not None and reached > now:
                raise PlayFailed(
                    f"chương trình thử nghiệm đã đi qua thời điểm {instant(now)}, hãy dùng một mã mới / "
                    f"the sandbox is already past {instant(now)}: apply it under a new id"
                )
            if self._monotonic() >= ends:
                raise PlayFailed(
                    f"hệ thống chưa đến {instant(now)} / the system did not reach {instant(now)}: {reached}"
                )
            self._wait(_LOOK_AGAIN_S)

    def matrix(self, period: str, now: datetime) -> Seens:
        """Every cell of a period at `now`."""
        found: dict[Cell, Seen] = {}
        page: _Matrix | None = self._first_page(period)
        while page is not None:
            if page.as_of.now != now:
                raise PlayFailed(f"{period}: {page.as_of.now}, not {instant(now)}")
            for cell in page.cells:
                value = None if cell.value is None else (cell.value.num, cell.value.den)
                found[cell.unit, cell.indicator, period] = Seen(cell.status, value, frozenset(cell.flags))
            page = self._get(str(httpx.URL(self._url).join(page.next))) if page.next else None
        return found

    def _first_page(self, period: str) -> _Matrix:
        return self._get(str(httpx.URL(self._url, params={"programme": self._programme, "period": period})))

    def _get(self, url: str) -> _Matrix:
        ends = self._monotonic() + self._patience_s
        while (answer := self._answer(url)) is None:
            if self._monotonic() >= ends:
                raise PlayFailed(f"{url}: không trả lời / no answer")
            self._wait(_LOOK_AGAIN_S)
        if answer.status_code == HTTPStatus.NOT_MODIFIED:
            return self._held[url][1]
        try:
            matrix = msgspec.json.decode(answer.content, type=_Matrix)
        except msgspec.DecodeError as error:
            raise PlayFailed(f"{url}: {error}") from error
        self._held[url] = (answer.headers.get("ETag", ""), matrix)
        return matrix

    def _answer(self, url: str) -> httpx.Response | None:
        """None while the system is away."""
        tag = self._held[url][0] if url in self._held else ""
        try:
            answer = self._http.get(url, headers={"If-None-Match": tag} if tag else {})
        except httpx.TransportError:
            return None
        if answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE:
            return None
        if answer.status_code not in {HTTPStatus.OK, HTTPStatus.NOT_MODIFIED}:
            raise PlayFailed(f"{url}: {answer.status_code} {answer.text[:2000]}")
        return answer
