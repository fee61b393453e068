"""What another version of a programme says otherwise, part by part: every field of `Programme` is compared."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, Final, Literal, NamedTuple

from services.contracts.errors import Text
from services.contracts.programme.indicators import Indicator
from services.contracts.programme.model import Programme

STANDING: Final = frozenset({"id", "sandbox", "version", "hash"})
"""What comes with the activation, or follows from the rest."""
PART_WORDS: Final[Mapping[str, Text]] = {
    "name": Text("tên chương trình", "name"),
    "calendar": Text("lịch kỳ báo cáo", "calendar"),
    "years": Text("các năm", "years"),
    "root": Text("đơn vị gốc", "root unit"),
    "decisions": Text("quyết định", "decision"),
    "text_versions": Text("lời cam kết", "pledge text"),
    "tips": Text("quy tắc tin tố giác", "rules of tips"),
    "units": Text("đơn vị", "unit"),
    "groups": Text("tổ dân phố, thôn", "group"),
    "denominators": Text("mẫu số", "denominator"),
    "organisations": Text("tổ chức", "organisation"),
    "agencies": Text("cơ quan", "agency"),
    "tip_recipients": Text("nơi nhận tin tố giác", "recipient of tips"),
    "holidays": Text("ngày nghỉ", "holiday"),
    "forms": Text("biểu mẫu", "form"),
    "indicators": Text("chỉ tiêu", "indicator"),
    "former": Text("định nghĩa trước của chỉ tiêu", "former definition of an indicator"),
    "small_numbers": Text("quy tắc không công bố số quá nhỏ", "rule of small numbers"),
    "baseline": Text("số liệu các năm trước", "figure of an earlier year"),
    "packs": Text("bộ tiêu chí kết luận", "pack of rules"),
    "routes": Text("tuyến thông báo", "routes of notices"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """`key` names one of a part that has several. `fields`: what of it has changed. Hashes: of a definition."""

    part: str
    key: str
    change: Literal["added", "removed", "changed"]
    fields: tuple[str, ...] = ()
    before_hash: str | None = None
    after_hash: str | None = None

    @property
    def redefines(self) -> bool:
        """Whether an indicator is judged otherwise, and not only called otherwise."""
        return self.part == "indicators" and self.before_hash != self.after_hash


def changes(before: Programme, after: Programme) -> list[Change]:
    """In the order of the parts and keys. Empty when both say the same."""
    found: list[Change] = []
    for one in fields(Programme):
        if one.name not in STANDING:
            old, new = (_keyed(one.name, getattr(programme, one.name)) for programme in (before, after))
            keys = sorted(old.keys() | new.keys())
            found += [
                _change(one.name, key, old.get(key), new.get(key)) for key in keys if old.get(key) != new.get(key)
            ]
    return found


class Unversioned(NamedTuple):
    """A definition (by indicator and version) that would take the place of another one under its number."""

    code: str
    version: int
    text: Text


def unversioned(before: Programme, after: Programme) -> list[Unversioned]:
    """The definitions of a new version of a programme that another number would have to tell from the active ones."""
    found = [_unversioned(one, before, after) for code in after.indicators for one in after.definitions(code)]
    return [one for one in found if one is not None]


def _unversioned(one: Indicator, before: Programme, after: Programme) -> Unversioned | None:
    known = {of.version: of for of in before.definitions(one.code)}
    newest, same = max(known, default=0), known.get(one.version)
    if one.version > newest:
        return None
    if same is None or (one.version < newest and one is after.indicators[one.code]):
        vi, en = (
            f"phiên bản đang dùng là {newest}: số sau phải lớn hơn",
            f"version {newest} is active: use a higher one",
        )
    elif same.definition_hash != one.definition_hash:
        vi = f"{one.code}: định nghĩa đã đổi mà vẫn là phiên bản {one.version}; hãy ghi phiên bản {newest + 1}"
        en = f"{one.code}: the definition has changed under version {one.version}; give it version {newest + 1}"
    elif (same.effective_from or before.starts_on) != (one.effective_from or after.starts_on):
        vi = f"{one.code}: ngày hiệu lực của phiên bản {one.version} đã đổi; hãy ghi phiên bản {newest + 1}"
        en = f"{one.code}: version {one.version} would hold from another day on; give it version {newest + 1}"
    else:
        return None
    return Unversioned(one.code, one.version, Text(vi, en))


def _change(part: str, key: str, old: Any, new: Any) -> Change:
    change: Literal["added", "removed", "changed"] = "added" if old is None else "removed" if new is None else "changed"
    named = _fields(old, new) if change == "changed" else ()
    return Change(part, key, change, named, _hash(old), _hash(new))


def _fields(old: Any, new: Any) -> tuple[str, ...]:
    if not (is_dataclass(old) and type(old) is type(new)):
        return ()
    return tuple(one.name for one in fields(old) if getattr(old, one.name) != getattr(new, one.name))


def _hash(one: Any) -> str | None:
    return one.definition_hash if isinstance(one, Indicator) else None


_KEYS: Final[Mapping[str, Callable[[Any], str]]] = {
    "denominators": lambda one: f"{one.unit} {one.kind} {one.as_of}",
    "decisions": lambda one: str(one.number or one.name.en),
    "baseline": lambda one: f"{one.unit} {one.indicator} {one.year}",
    "tip_recipients": lambda one: f"{one.unit} {one.agency} {one.valid_from}",
    "packs": lambda one: f"{one.code} {one.valid_from or ''}".strip(),
}
"""What tells the entries of a list apart."""


def _keyed(name: str, value: Any) -> Mapping[str, Any]:
    """A part by the keys of what it consists of; under no key what is one thing."""
    if name in _KEYS:
        return {_KEYS[name](one): one for one in getattr(value, "entries", value)}
    match name:
        case "units":
            successions = {f"{one.old_unit} → {one.new_unit} ({one.on})": one for one in value.successions}
            return {**value.by_id, **successions}
        case "holidays":
            return {**{str(day): "holiday" for day in value.holidays}, **{str(day): "working" for day in value.working}}
        case _:
            return value if isinstance(value, Mapping) else {"": value}
