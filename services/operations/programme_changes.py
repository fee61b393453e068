"""What another version of a programme changes, as it is told: a line in both languages, or an object."""

from dataclasses import asdict
from typing import Any, Final

from services.contracts.errors import Text
from services.contracts.programme.changes import PART_WORDS, Change

CHANGE_WORDS: Final = {
    "added": Text("thêm", "added"),
    "removed": Text("bỏ", "removed"),
    "changed": Text("sửa", "changed"),
}


def change_text(change: Change) -> str:
    part = PART_WORDS.get(change.part, Text(change.part, change.part))
    done = CHANGE_WORDS[change.change]
    named = f" {change.key}" if change.key else ""
    fields = f" ({', '.join(change.fields)})" if change.fields else ""
    hashes = f" {_short(change.before_hash)} → {_short(change.after_hash)}" if change.redefines else ""
    return f"{done.vi} {part.vi} / {done.en}: {part.en}{named}{fields}{hashes}"


def change_json(change: Change) -> dict[str, Any]:
    return {**asdict(change), "fields": list(change.fields), "redefines": change.redefines}


def _short(hashed: str | None) -> str:
    return hashed[:12] if hashed else "-"
