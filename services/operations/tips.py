"""`tips`: the keys with which the police open tips. The private halves are made and kept on computers of the police."""

import base64
import binascii
import json
import os
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Final, TypeVar

import click
import msgspec
from nacl.public import PrivateKey

from services.contracts.fields import AgencyId, ProgrammeId
from services.kit.db import Connection, engine, translated
from services.kit.settings import load
from services.notify.domain.sealing import KEY_BYTES
from services.notify.settings import DatabaseSettings
from services.notify.store import keys

PREFIX: Final = "NOTIFY_COMMAND"
PRIVATE: Final = "binh-yen-tip-key-1:"
_PUBLIC_ENDING: Final = ".pub"
Day = click.DateTime(["%Y-%m-%d"])
T = TypeVar("T")


class _Declared(click.ParamType[str]):
    """A text of a declared type."""

    def __init__(self, name: str, kind: object) -> None:
        self.name, self._kind = name, kind

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        try:
            return str(msgspec.convert(value, self._kind))
        except msgspec.ValidationError:
            self.fail(f"không đúng dạng / not of the form of: {self.name}", param, ctx)


class _KeyOfAgency(click.ParamType[tuple[str, bytes]]):
    """AGENCY=KEY, the key itself or the file that `tips new-key` wrote it to."""

    name = "agency=key"

    def convert(
        self, value: str | tuple[str, bytes], param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, bytes]:
        if isinstance(value, tuple):
            return value
        agency, _, key = value.partition("=")
        text = Path(key).read_text().strip() if Path(key).is_file() else key
        try:
            public = base64.b64decode(text, validate=True)
        except binascii.Error:
            public = b""
        if len(public) != KEY_BYTES:
            self.fail(f"{agency}: không phải khoá công khai / no public key", param, ctx)
        return _Declared("agency", AgencyId).convert(agency, param, ctx), public


PROGRAMME: Final = _Declared("programme", ProgrammeId)


@click.group("tips")
def command() -> None:
    """Khoá mở tin tố giác. / The keys that open tips."""


@command.command("new-key")
@click.argument("files", nargs=-1, required=True, type=click.Path(dir_okay=False, path_type=Path))
def new_key(files: tuple[Path, ...]) -> None:
    """Tạo khoá trên máy của công an. / Make keys, on a computer of the police.

    FILE chứa khoá bí mật (chỉ chủ tệp đọc được), FILE.pub chứa khoá công khai. / FILE gets the private key, for its
    owner's eyes only, and FILE.pub the public one, which is printed too. Nothing is overwritten.
    """
    for path in files:
        private = PrivateKey.generate()
        public = base64.b64encode(bytes(private.public_key)).decode()
        write_private(path, bytes(private))
        path.with_name(path.name + _PUBLIC_ENDING).write_text(f"{public}\n")
        click.echo(f"{path}: {public}")


@command.command("register")
@click.argument("programme", type=PROGRAMME)
@click.argument("agency_keys", nargs=-1, required=True, type=_KeyOfAgency(), metavar="AGENCY=KEY...")
@click.option("--from", "first", type=Day, required=True, help="Ngày đầu. / The first day.")
def register(programme: str, agency_keys: tuple[tuple[str, bytes], ...], first: datetime) -> None:
    """Ghi khoá công khai của công an; chạy lại vô hại. / Enter public keys of the police; again is harmless."""

    def work(connection: Connection) -> list[str]:
        return [keys.register(connection, programme, *one, first.date()) for one in agency_keys]

    for (agency, _), key_id in zip(agency_keys, _in_vault(work), strict=True):
        click.echo(f"{agency}: {key_id}")


@command.command("retire")
@click.argument("programme", type=PROGRAMME)
@click.argument("key_id")
@click.option("--on", "last", type=Day, required=True, help="Ngày cuối. / The last day.")
def retire(programme: str, key_id: str, last: datetime) -> None:
    """Thôi dùng một khoá sau một ngày. / Seal nothing to a key after a day; what it opens, it opens still."""
    if not _in_vault(lambda connection: keys.retire(connection, programme, key_id, last.date())):
        raise click.ClickException(f"{key_id}: không có khoá này / no such key")


@command.command("keys")
@click.argument("programme", type=PROGRAMME)
@click.option("--json", "plain", is_flag=True, help="In JSON. / Print JSON.")
def listed(programme: str, plain: bool) -> None:
    """Liệt kê các khoá đang dùng. / List the keys that are in use today."""
    found = _in_vault(lambda connection: keys.valid_keys(connection, programme, date.today()))  # noqa: DTZ011 - the operator's day
    if plain:
        click.echo(json.dumps([{"key_id": one.key_id, "agency": one.agency} for one in found]))
        return
    for one in found:
        click.echo(f"{one.agency}: {one.key_id}")


def write_private(path: Path, private: bytes) -> None:
    """For its owner alone; fails rather than overwrite."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise click.ClickException(f"{path}: đã có, không ghi đè / is there already, nothing is overwritten") from None
    with os.fdopen(descriptor, "w") as file:
        file.write(f"{PRIVATE}{base64.b64encode(private).decode()}\n")


def read_private(path: Path) -> bytes:
    """The private key in a file that `tips new-key` wrote."""
    return base64.b64decode(path.read_text().strip().removeprefix(PRIVATE))


def _in_vault(work: Callable[[Connection], T]) -> T:
    database = engine(
        load(PREFIX, DatabaseSettings, os.environ).notify_database_url, pool_size=1, application_name="tips"
    )
    try:
        with translated(), database.begin() as connection:
            return work(connection)
    finally:
        database.dispose()
