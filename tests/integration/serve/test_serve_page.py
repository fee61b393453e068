"""The page at /: words beside colours, Vietnamese first, nothing executable, everything escaped."""

import re
from datetime import UTC, date, datetime, timedelta
from html import unescape
from html.parser import HTMLParser
from typing import get_args

import pytest
from sqlalchemy import Engine

from services.contracts.errors import Text
from services.contracts.programme import Period, Programme
from services.contracts.programme.reading.shapes import AgencyKind
from services.reporting.domain.status import Status
from services.reporting.serve import words
from tests.support.facts_store import Stream
from tests.support.programme_folder import pilot
from tests.support.reading import Reader, reader, store_statuses, value
from tests.support.streams import PROGRAMME, W1, W2, activated, event, extended, report

MARCH = "2024-M03"
NOW = datetime(2024, 3, 20, 5, tzinfo=UTC)


class Table(HTMLParser):
    """The cells of the first table's rows by the first word of their header, and every tag there is."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.rows: dict[str, list[tuple[str, str]]] = {}
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self._row: list[tuple[str, str]] = []
        self._first = True
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag == "tr":
            self._row = []
        if tag in {"td", "th"}:
            self._row.append((dict(attrs).get("class") or "", ""))

    def handle_data(self, data: str) -> None:
        if self._row:
            kind, text = self._row[-1]
            self._row[-1] = (kind, f"{text} {data.strip()}".strip())

    def handle_endtag(self, tag: str) -> None:
        if tag == "tr":
            if self._first:
                self.rows[self._row[0][1].split()[0]] = self._row[1:]
            self._row = []
        if tag == "table":
            self._first = False


def test_a_cell_says_its_status_in_words_and_its_exact_value(ask: Reader, engine: Engine, programme: Programme) -> None:
    behind = Status("at_risk", value(2_999, 3_000), flags=("provisional",))
    open_ended = Status("no_data", None, worst=value(3), best=None)
    store_statuses(engine, programme, [(W1, "CT05", MARCH, behind), (W1, "CT11", MARCH, open_ended)], NOW)
    answer = ask.get("/", programme=PROGRAMME, period=MARCH)
    rows = Table(answer.text).rows
    place = [programme.units.by_id[W1].name in name for _, name in rows.pop("Chỉ")].index(True)
    assert list(rows) == [one.code for one in programme.indicators.values() if one.frequency == "month"]
    shown = {code: cells[place] for code, cells in rows.items()}
    kind, text = shown["CT05"]
    assert kind == "at_risk"
    assert text.startswith("Có nguy cơ 99,9 % (2.999/3.000) tạm tính")
    assert text.endswith("at risk")
    assert shown["CT11"] == ("no_data", "Chưa có số liệu khoảng 3 … ∞ no data")
    assert shown["CT01"] == ("none", "Chưa đánh giá not evaluated")


def test_beside_every_number_stand_its_definition_its_target_and_who_answers_for_it(
    ask: Reader, programme: Programme
) -> None:
    text = unescape(ask.get("/", programme=PROGRAMME, period="2024-Y").text)
    for indicator in programme.indicators.values():
        assert indicator.definition.vi in text
        assert indicator.definition.en in text
        assert indicator.target.source in text
        assert 'version</span> 1, từ <span class="en" lang="en">from</span> 15/12/2023' in text
        assert words.OWNERS[indicator.owner_kind].vi in text
    assert "≥ 90,0 % (9/10)" in text
    assert "Chủ tịch Ủy ban nhân dân phường Bắc Hồng" in text
    assert set(words.OWNERS) == set(get_args(AgencyKind))


def test_on_a_narrow_screen_every_cell_names_its_unit(ask: Reader, engine: Engine, programme: Programme) -> None:
    store_statuses(engine, programme, [(W1, "CT05", MARCH, Status("met", value(3, 3)))], NOW)
    text = ask.get("/", programme=PROGRAMME, period=MARCH).text
    months = sum(one.frequency == "month" for one in programme.indicators.values())
    assert text.count(f'data-unit="{programme.units.by_id[W1].name}"') == months


def test_the_page_says_as_of_when_and_how_old_and_explains_every_status(
    ask: Reader, engine: Engine, programme: Programme
) -> None:
    store_statuses(engine, programme, [], NOW)
    text = ask.get("/", programme=PROGRAMME, period=MARCH).text
    assert "12:00:00 20/03/2024" in text
    assert "cách đây 21 giờ 0 phút" in text
    for word in words.STATUS_WORDS.values():
        assert f"<b>{word.vi}</b>" in text
        assert f">{word.en}</span>" in text


def test_by_default_it_is_the_first_real_programme_in_the_month_that_holds_now(
    ask: Reader, engine: Engine, stream: Stream, programme: Programme
) -> None:
    stream.write(activated(programme="a-sandbox", sandbox=True))
    store_statuses(engine, programme, [], NOW)
    text = ask.get("/").text
    assert f'<option value="{PROGRAMME}" selected>' in text
    assert '<option value="2024-M04" selected>' in text
    assert "THỬ NGHIỆM" not in text
    assert "THỬ NGHIỆM" in ask.get("/", programme="a-sandbox").text


def test_nothing_runs_and_nothing_is_fetched(ask: Reader) -> None:
    answer = ask.get("/")
    page = Table(answer.text)
    assert not {"script", "link", "iframe", "object", "img"} & set(page.tags)
    assert not [name for name in page.attributes if name.startswith("on") or name in {"src", "srcset"}]
    assert "http" not in answer.text
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy


def test_words_are_escaped(engine: Engine, tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    nasty = "<script>alert(1)</script>"
    monkeypatch.setitem(words.STATUS_WORDS, "met", Text(nasty, nasty))  # type: ignore[arg-type]
    Stream(engine).write(activated())
    text = reader(engine, tmp_path).get("/").text
    assert nasty not in text
    assert "&lt;script&gt;" in text


def test_before_any_programme_the_page_says_so(engine: Engine, tmp_path) -> None:  # type: ignore[no-untyped-def]
    answer = reader(engine, tmp_path).get("/")
    assert (answer.status_code, "Chưa có chương trình nào" in answer.text) == (200, True)


def test_a_share_is_never_rounded_up() -> None:
    ratio = pilot().indicators["CT05"].kind
    for num, den, text in ((2_999_999, 3_000_000, "99,9 %"), (1, 3, "33,3 %"), (3, 3, "100,0 %"), (4, 3, "133,3 %")):
        assert words.value_text(value(num, den), ratio).startswith(text)  # type: ignore[arg-type]
    assert words.value_text(value(12_345), "flow") == "12.345"  # type: ignore[arg-type]


def test_the_page_shows_what_is_overdue_by_how_much_and_who_extended_it(
    ask: Reader, engine: Engine, stream: Stream, programme: Programme
) -> None:
    store_statuses(
        engine, programme, [], datetime(2024, 3, 20, 10, 30, tzinfo=UTC)
    )  # due on the 18th, the 20th, at 17:00
    stream.write(
        [
            event(report(unit=W1), key="in time", at=NOW - timedelta(days=9)),
            event(extended(report(unit=W2), date(2024, 3, 20)), key="two days more", source="ubnd-437"),
        ]
    )
    text = ask.get("/", programme=PROGRAMME, period=MARCH).text
    form = programme.forms["BC-THANG-UBND"].name.vi
    lines = [line for line in re.findall(r"<tr.*?</tr>", text, flags=re.DOTALL) if form in line]
    names = [programme.units.by_id[unit].name for unit in programme.units.leaves(programme.root, _march(programme))]
    assert [name for name in names if any(f">{name}<" in line for line in lines)] == names[1:]
    (second,) = [line for line in lines if f">{programme.units.by_id[W2].name}<" in line]
    assert "gia hạn" in second
    assert f"{programme.agencies['ubnd-437'].name.vi}: 20/03/2024 (storm)" in second
    assert "17:00 20/03/2024" in second
    assert "less than 1" in second
    assert sum("<span>2 ngày" in line for line in lines) == len(names) - 2
    assert "Đã nộp: <b>8,3 % (1/12)</b>" in text


def _march(programme: Programme) -> Period:
    period = programme.period(MARCH)
    assert period is not None
    return period
