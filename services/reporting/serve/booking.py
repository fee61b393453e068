"""`books`: the books for people and for scripts, without a token. Exit code 1 when a line does not balance."""

import os
import sys
from collections.abc import Iterator
from datetime import date, datetime
from typing import Final

import click
import msgspec

from services.contracts.accounts import BookLine, Books
from services.contracts.words import LETTER_WORDS, OUTCOME_WORDS
from services.kit.clock import SystemClock, local_day
from services.kit.db import engine
from services.kit.errors import Usage
from services.kit.runtime import run
from services.kit.settings import load
from services.kit.web import ProblemError
from services.reporting.serve.books import books
from services.reporting.serve.editions import Editions
from services.reporting.serve.view import View
from services.reporting.settings import DatabaseSettings
from services.reporting.store.read import snapshot

DAY: Final = click.DateTime(["%Y-%m-%d"])
EVERY_LINE: Final = 2**31
LONG_STATEMENT_MS: Final = 600_000


@click.command("books", help="Đối chiếu sổ theo nguồn và ngày. / The books by source and local day.")
@click.option("--from", "since", type=DAY, help="Ngày đầu; mặc định hôm nay. / First day; default: today.")
@click.option("--to", "until", type=DAY, help="Ngày cuối; mặc định hôm nay. / Last day; default: today.")
@click.option("--programme", help="Chỉ các cơ quan của chương trình. / Only this programme's agencies.")
@click.option("--json", "plain", is_flag=True, help="Như /v1/books. / As /v1/books answers.")
def command(since: datetime | None, until: datetime | None, programme: str | None, plain: bool) -> None:
    today = local_day(SystemClock().now())
    days = (since.date() if since else today, until.date() if until else today)
    sys.exit(run(lambda _: _books(days, programme, plain=plain)))


def _books(days: tuple[date, date], programme: str | None, *, plain: bool) -> int:
    url = load("REPORTING_COMMAND", DatabaseSettings, os.environ).database_url
    database = engine(url, pool_size=1, application_name="reporting command", statement_timeout_ms=LONG_STATEMENT_MS)
    named = {} if programme is None else {"programme": programme}
    try:
        with snapshot(database) as seen:
            view = View(seen, Editions().of(seen), SystemClock().now())
            found = books(view, {"from": days[0], "to": days[1], "limit": EVERY_LINE, **named})
    except ProblemError as refused:
        raise Usage(", ".join(f"{one.field}: {one.vi} / {one.en}" for one in refused.faults)) from None
    finally:
        database.dispose()
    click.echo(msgspec.json.encode(found).decode() if plain else "\n".join(_lines(found)))
    return 1 if found.residual > found.unread else 0


def _lines(found: Books) -> Iterator[str]:
    for line in found.lines:
        yield _line(line)
    yield (
        f"chênh lệch / residual {found.residual}, chưa đọc / unread {found.unread}, "
        f"{len(found.lines)} dòng / lines (Asia/Ho_Chi_Minh)"
    )


def _line(line: BookLine) -> str:
    numbers = {name: (words, getattr(line, name)) for name, words in (*OUTCOME_WORDS.items(), *LETTER_WORDS.items())}
    told = [f"{words.vi} / {words.en} {number}" for words, number in numbers.values() if number]
    return (
        f"{line.day} {line.topic} {line.source}: {line.in_log} tin trong nhật ký / in the log = {', '.join(told)}; "
        f"chênh lệch / residual {line.residual}"
    )
