"""`keys init`: the keys of an installation: who issues tokens, who signs receipts, what turns signers into tokens."""

import json
import os
import secrets
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import click
import msgspec

from services.contracts.fields import ProgrammeId
from services.kit.keys import SigningKey, jwks_of, new_signing_key

ISSUER: Final = "token-issuer.pem"
JWKS: Final = "jwks.json"
RECEIPTS: Final = "receipts"
SIGNERS: Final = "signers"
NOTICES: Final = "notices.key"
SECRET_BYTES: Final = 32
_PRIVATE: Final = 0o600
_PRIVATE_FOLDER: Final = 0o700
Folder = click.Path(file_okay=False, path_type=Path)


class Programme(click.ParamType[str]):
    """A programme's id; it becomes the name of a folder."""

    name = "programme"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        try:
            return msgspec.convert(value, ProgrammeId)
        except msgspec.ValidationError:
            self.fail("không phải mã chương trình / not a programme's id", param, ctx)


def init(folder: Path, programmes: Iterable[str], today: str) -> list[Path]:
    """Make what is missing and touch nothing that is there; the paths made. A lost key cannot be made again."""
    made = [*_token_issuer(folder), *_receipt_key(folder / RECEIPTS, today), *_notice_key(folder)]
    for programme in programmes:
        made += _signer_key(folder / SIGNERS / programme, programme)
    return made


def _token_issuer(folder: Path) -> Iterator[Path]:
    private = folder / ISSUER
    if not private.exists():
        yield _written(private, new_signing_key())
    public = folder / JWKS
    if not public.exists():
        public.write_text(json.dumps(jwks_of([SigningKey.load(private)]), indent=2) + "\n")
        yield public


def _receipt_key(folder: Path, today: str) -> Iterator[Path]:
    """Named by its day, because of several the last by name signs and the others stay published."""
    if not any(folder.glob("*.pem")):
        yield _written(folder / f"receipts-{today}.pem", new_signing_key())


def _signer_key(folder: Path, programme: str) -> Iterator[Path]:
    """One for ever: a second key would count every signer twice."""
    if not any(folder.glob("*.key")):
        yield _written(folder / f"{programme[:30]}-1.key", secrets.token_bytes(SECRET_BYTES))


def _notice_key(folder: Path) -> Iterator[Path]:
    """Links of notices and the secrets of webhooks follow from it: another one makes both void."""
    if not (folder / NOTICES).exists():
        yield _written(folder / NOTICES, secrets.token_bytes(SECRET_BYTES))


def _written(path: Path, content: bytes) -> Path:
    """Created for its owner alone; fails rather than overwrite."""
    path.parent.mkdir(mode=_PRIVATE_FOLDER, parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE), "wb") as file:
        file.write(content)
    return path


@click.group("keys")
def command() -> None:
    """Khoá của một hệ thống. / The keys of an installation."""


@command.command("init")
@click.argument("folder", type=Folder)
@click.option(
    "--programme",
    "-p",
    "programmes",
    multiple=True,
    type=Programme(),
    help="Chương trình cần khoá. / Needs a signer key.",
)
def init_command(folder: Path, programmes: tuple[str, ...]) -> None:
    """Tạo các khoá còn thiếu trong FOLDER, không ghi đè. / Make the missing keys in FOLDER, overwrite nothing."""
    for path in init(folder, programmes, datetime.now(UTC).strftime("%Y%m%d")):
        click.echo(f"đã tạo / made: {path}")
