"""Keys: they are there, can be used, belong together, and nobody else can read them."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from services.contracts.errors import Text
from services.kit.errors import Misconfigured
from services.kit.keys import SigningKey, parse_jwks
from services.operations.doctor.findings import Finding
from services.operations.keys import ISSUER, JWKS, RECEIPTS, SECRET_BYTES, SIGNERS

_OTHERS: Final = 0o077
_BACKUP: Final = Text(
    "Khôi phục từ bản sao lưu khoá. Chỉ khi chưa từng có khoá: python -m services.operations keys init.",
    "Restore it from the backup of the keys. Only if there never was one: python -m services.operations keys init.",
)
_ONE_SIGNER_KEY: Final = Text(
    "Giữ đúng khoá đã dùng để nhận cam kết, chuyển khoá kia đi: hai khoá khiến một người được đếm hai lần.",
    "Keep the key that pledges were accepted with and move the other away: with two, a signer counts twice.",
)
_PUBLISH: Final = Text(
    "Chuyển jwks.json đi rồi chạy `python -m services.operations keys init`, và khởi động lại các cửa nhận.",
    "Move jwks.json away, run `python -m services.operations keys init`, and restart the doors.",
)


def of_installation(folder: Path, *, issued_here: bool) -> Iterator[Finding]:
    """Who issues tokens, who signs receipts, and who may read the secrets."""
    if issued_here:
        yield from _issuer(folder)
    yield from _receipts(folder / RECEIPTS)
    for path in _secrets(folder):
        if path.stat().st_mode & _OTHERS:
            what = Text(f"Người khác đọc được khoá {path}", f"Others can read the key {path}")
            yield Finding("fault", what, Text(f"Chạy: chmod 600 {path}", f"Run: chmod 600 {path}"))


def of_programmes(folder: Path, programmes: Iterable[str]) -> Iterator[Finding]:
    """Exactly one signer key each."""
    for programme in programmes:
        paths = sorted((folder / SIGNERS / programme).glob("*.key"))
        if not paths:
            what = Text(f"Chương trình {programme} không có khoá người ký", f"{programme} has no signer key")
            yield Finding("fault", what, _BACKUP)
        if len(paths) > 1:
            what = Text(
                f"Chương trình {programme} có {len(paths)} khoá người ký", f"{programme} has {len(paths)} signer keys"
            )
            yield Finding("fault", what, _ONE_SIGNER_KEY)
        yield from (_broken(path) for path in paths if path.stat().st_size != SECRET_BYTES)


def _issuer(folder: Path) -> Iterator[Finding]:
    path = folder / ISSUER
    key = _signing(path)
    if key is None:
        yield _broken(path)
    elif _published(folder / JWKS).get(key.kid) != key.public:
        what = Text(
            f"{folder / JWKS} không có khoá công khai của {path}: mọi mã truy cập mới sẽ bị từ chối",
            f"{folder / JWKS} lacks the public half of {path}: every new token will be refused",
        )
        yield Finding("fault", what, _PUBLISH)


def _receipts(folder: Path) -> Iterator[Finding]:
    paths = sorted(folder.glob("*.pem"))
    keys = [_key(path) for path in paths]
    yield from (_broken(path) for path, key in zip(paths, keys, strict=True) if key is None)
    if not any(key is not None and key.private is not None for key in keys) and None not in keys:
        what = Text(
            f"{folder} không có khoá riêng để ký biên nhận", f"{folder} has no private key to sign receipts with"
        )
        yield Finding("fault", what, _BACKUP)


def _secrets(folder: Path) -> Iterator[Path]:
    """Every file that must be its owner's alone; public halves may be read."""
    for path in sorted([*folder.glob("*.pem"), *folder.glob(f"{RECEIPTS}/*.pem"), *folder.glob(f"{SIGNERS}/*/*.key")]):
        key = _key(path) if path.suffix == ".pem" else None
        if key is None or key.private is not None:
            yield path


def _key(path: Path) -> SigningKey | None:
    try:
        return SigningKey.load(path)
    except Misconfigured:
        return None


def _signing(path: Path) -> SigningKey | None:
    key = _key(path)
    return key if key is not None and key.private is not None else None


def _published(path: Path) -> dict[str, object]:
    try:
        return dict(parse_jwks(json.loads(path.read_bytes())))
    except (OSError, ValueError):
        return {}


def _broken(path: Path) -> Finding:
    what = Text(f"Khoá {path} không có hoặc không dùng được", f"The key {path} is missing or cannot be used")
    return Finding("fault", what, _BACKUP)
