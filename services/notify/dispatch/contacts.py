"""`contacts`: who is reached where, in which role of which unit, from when until when."""

import ipaddress
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import click
import msgspec

from services.contracts.fields import ProgrammeId, UnitId
from services.contracts.programme import local_date
from services.kit.db import Connection
from services.kit.errors import Usage
from services.notify.dispatch.channels.http import webhook_secret
from services.notify.dispatch.commands import NOT_THERE, PLAIN, tell, within
from services.notify.dispatch.outfit import notice_key
from services.notify.settings import NoticeSettings
from services.notify.store import contacts as register
from services.notify.store.contacts import Registered

CHANNELS: Final = ("email", "sms", "webhook", "apprise")
_MAIL: Final = re.compile(r"[^@\s]{1,64}@[^@\s]{1,255}")
_PHONE: Final = re.compile(r"\+?[0-9]{3,15}")
_CODE: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
Day = click.DateTime(["%Y-%m-%d"])
_PROGRAMME = click.option("--programme", required=True, help="Mã chương trình. / A programme's id.")


@click.group("contacts", help="Danh bạ nhận thông báo. / The register of addresses.")
def command() -> None:
    pass


@command.command("add", help="Đăng ký một địa chỉ. / Register an address.")
@_PROGRAMME
@click.option("--unit", required=True, help="Mã đầy đủ của đơn vị. / A unit's full id, e.g. 18115@2018-01-01.")
@click.option("--role", required=True, help="Vai trò: loại cơ quan. / A role: a kind of agency.")
@click.option("--holder", default="desk", show_default=True, help="Người hay bàn trực, là mã. / A code, no name.")
@click.option("--channel", required=True, type=click.Choice(CHANNELS))
@click.option("--address", prompt="Địa chỉ / Address", help="Không nêu thì được hỏi. / Asked for when left out.")
@click.option("--language", type=click.Choice(["vi", "en"]), default="vi", show_default=True)
@click.option("--position", type=click.IntRange(1, 99), default=1, show_default=True, help="Thứ tự. / Order.")
@click.option("--from", "since", type=Day, help="Từ ngày; mặc định hôm nay. / From this day; default today.")
@PLAIN
def add(*, since: datetime | None, plain: bool, **given: Any) -> None:
    one = Registered(id=uuid4(), valid_from=since.date() if since else _today(), **given)
    within(lambda connection, settings: _add(connection, settings, one, plain=plain))


@command.command("list", help="Các địa chỉ đã đăng ký. / What is registered.")
@_PROGRAMME
@PLAIN
def listing(programme: str, plain: bool) -> None:
    within(lambda connection, _settings: _list(connection, programme, plain=plain))


@command.command("end", help="Thôi dùng một địa chỉ. / Stop using an address.")
@click.argument("contact", type=click.UUID)
@click.option("--last-day", type=Day, help="Ngày cuối; mặc định hôm qua. / The last day; default yesterday.")
def end(contact: UUID, last_day: datetime | None) -> None:
    day = last_day.date() if last_day else _today() - timedelta(days=1)
    within(lambda connection, _settings: _known(register.end(connection, contact, day)))


@command.command("restore", help="Dùng lại địa chỉ từng bị trả. / Use an address that had bounced again.")
@click.argument("contact", type=click.UUID)
def restore(contact: UUID) -> None:
    within(lambda connection, _settings: _known(register.restore(connection, contact)))


def faults_of(one: Registered) -> list[str]:
    """What is wrong with an entry, with the name of the option."""
    found = []
    for name, kind in (("programme", ProgrammeId), ("unit", UnitId)):
        try:
            msgspec.convert(getattr(one, name), kind)
        except msgspec.ValidationError:
            found.append(f"--{name}: sai dạng / not of the right form")
    nameless = [name for name in ("role", "holder") if not _CODE.fullmatch(getattr(one, name))]
    found += [f"--{name}: phải là mã, không phải tên / must be a code and no name" for name in nameless]
    if not _fits(one.channel, one.address):
        found.append(f"--address: không phải địa chỉ {one.channel} / no address of {one.channel}")
    return found


def _fits(channel: str, address: str) -> bool:
    if not address.isprintable():
        return False
    match channel:
        case "email":
            return _MAIL.fullmatch(address) is not None
        case "sms":
            return _PHONE.fullmatch(address) is not None
        case "webhook":
            return _safe_url(address)
        case _:
            return "://" in address


def _safe_url(address: str) -> bool:
    """https, or this very machine."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return bool(parts.hostname) and (parts.scheme == "https" or (parts.scheme == "http" and _is_here(parts.hostname)))


def _is_here(host: str | None) -> bool:
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False


def _add(connection: Connection, settings: NoticeSettings, one: Registered, *, plain: bool) -> int:
    if faults := faults_of(one):
        raise Usage("\n".join(faults))
    register.add(connection, one)
    told = {"id": str(one.id)}
    if one.channel == "webhook":
        told["secret"] = webhook_secret(notice_key(Path(settings.notice_key)), one.id)
    tell([told], plain=plain)
    return 0


def _list(connection: Connection, programme: str, *, plain: bool) -> int:
    tell([one._asdict() for one in register.registered(connection, programme)], plain=plain)
    return 0


def _known(found: bool) -> int:
    click.echo("Xong. / Done." if found else "Không có địa chỉ ấy. / There is no such address.")
    return 0 if found else NOT_THERE


def _today() -> date:
    return local_date(datetime.now(UTC))
