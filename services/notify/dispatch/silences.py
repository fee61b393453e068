"""`silence`: what is not told for a while, who answers for that, and why. Never what is urgent, and never for ever."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final, get_args
from uuid import UUID, uuid4

import click

from services.contracts.programme.notices import NoticeKind
from services.kit.db import Connection
from services.notify.dispatch.commands import NOT_THERE, PLAIN, tell, within
from services.notify.store import contacts as register
from services.notify.store.contacts import Silenced

MOST_HOURS: Final = 24 * 90
_PROGRAMME = click.option("--programme", required=True, help="Mã chương trình. / A programme's id.")


@click.group("silence", help="Tạm tắt thông báo. / Silences.")
def command() -> None:
    pass


@command.command("add", help="Tạm tắt, có người chịu trách nhiệm. / Silence, with an owner, a reason and an end.")
@_PROGRAMME
@click.option("--kind", type=click.Choice(get_args(NoticeKind)), help="Mặc định mọi loại. / Default: all kinds.")
@click.option("--unit", help="Đơn vị này và bên dưới. / This unit (full id) and below.")
@click.option("--role", help="Vai trò người nhận. / The recipient's role.")
@click.option("--owner", required=True, help="Mã người chịu trách nhiệm. / Who answers for it, by code.")
@click.option("--reason", required=True, help="Lý do. / Why.")
@click.option("--hours", required=True, type=click.IntRange(1, MOST_HOURS), help="Trong mấy giờ. / For how long.")
@PLAIN
def add(*, hours: int, plain: bool, **given: Any) -> None:
    now = datetime.now(UTC)
    one = Silenced(id=uuid4(), starts_at=now, ends_at=now + timedelta(hours=hours), **given)
    within(lambda connection, _settings: _add(connection, one, plain=plain))


@command.command("list", help="Những gì đang tắt. / What is silent now.")
@_PROGRAMME
@PLAIN
def listing(programme: str, plain: bool) -> None:
    within(lambda connection, _settings: _list(connection, programme, plain=plain))


@command.command("end", help="Bật lại ngay. / End a silence now.")
@click.argument("silence", type=click.UUID)
def end(silence: UUID) -> None:
    within(lambda connection, _settings: _end(connection, silence))


def _add(connection: Connection, one: Silenced, *, plain: bool) -> int:
    register.silence(connection, one)
    tell([{"id": str(one.id), "ends_at": one.ends_at.isoformat()}], plain=plain)
    return 0


def _list(connection: Connection, programme: str, *, plain: bool) -> int:
    rows = register.silences(connection, programme, datetime.now(UTC))
    tell([one._asdict() for one in rows], plain=plain)
    return 0


def _end(connection: Connection, silence: UUID) -> int:
    if not register.break_silence(connection, silence, datetime.now(UTC)):
        click.echo("Không có gì đang tắt với mã ấy. / Nothing is silent under that id.")
        return NOT_THERE
    click.echo("Xong. / Done.")
    return 0
