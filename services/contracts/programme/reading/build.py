"""From nodes to declared shapes, gathering every fault on the way.

A shape is a dataclass derived from `Shape`. Its fields are scalars that msgspec can convert (with `Meta` bounds),
other shapes, or lists of either. An empty scalar is an absent one.
"""

from dataclasses import MISSING, dataclass, field, fields
from datetime import date
from functools import cache
from types import MappingProxyType, UnionType
from typing import Any, Final, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec

from services.contracts.programme.faults import Faults, Place
from services.contracts.programme.reading.nodes import Listing, Node, Record, Scalar


@dataclass(frozen=True, kw_only=True, eq=False)
class Shape:
    """A declared record that remembers where it stands."""

    place: Place = field(repr=False)


def stated(value: Any) -> Any:
    """What a shape says, as plain values without the places where they stand: for hashes of definitions."""
    if isinstance(value, Shape):
        return {of.name: stated(getattr(value, of.name)) for of in fields(value) if of.name != "place"}
    return [stated(item) for item in value] if isinstance(value, list) else value


S = TypeVar("S", bound=Shape)
OPTIONAL_COLUMN: Final = MappingProxyType({"column": "optional"})
"""Metadata of a field whose column a table may leave out."""
_ABSENT = object()


def columns_of(shape: type[Shape]) -> tuple[str, ...]:
    return tuple(spec.name for spec in _specs(shape))


def optional_columns_of(shape: type[Shape]) -> frozenset[str]:
    """The columns that tables written before they were known do not have."""
    return frozenset(declared.name for declared in fields(shape) if declared.metadata.get("column") == "optional")


def build(shape: type[S], node: Node, file: str, faults: Faults) -> S | None:
    """The shape that a node describes; None, and a fault for everything that is wrong with it, when it does not."""
    if not isinstance(node, Record):
        faults.add(Place(file, node.line), "", "phải là một nhóm khoá: giá trị", "must be a group of key: value")
        return None
    place = Place(file, node.line, {name: value.line for name, value in node.fields.items()})
    specs = _specs(shape)
    for name in node.fields.keys() - {spec.name for spec in specs}:
        faults.add(place, name, f"khoá lạ {name!r}", f"unknown key {name!r}")
    values = {spec.name: _field(spec, node.fields.get(spec.name), place, faults) for spec in specs}
    if any(value is _ABSENT for value in values.values()):
        return None
    return shape(place=place, **values)


def build_all(shape: type[S], node: Node, file: str, faults: Faults) -> list[S]:
    """The shapes of a listing; items at fault are left out."""
    if not isinstance(node, Listing):
        faults.add(Place(file, node.line), "", "phải là một danh sách", "must be a list")
        return []
    built = [build(shape, item, file, faults) for item in node.items]
    return [item for item in built if item is not None]


@dataclass(frozen=True, slots=True)
class _Spec:
    name: str
    hint: Any
    optional: bool
    default: Any


def _specs(shape: type[Any]) -> tuple[_Spec, ...]:
    return _specs_once(shape)  # type: ignore[arg-type] # mypy asks for the hash of an instance


@cache
def _specs_once(shape: type[Any]) -> tuple[_Spec, ...]:
    hints = get_type_hints(shape, include_extras=True)
    return tuple(
        _Spec(declared.name, *_without_none(hints[declared.name]), _default(declared))
        for declared in fields(shape)
        if declared.name != "place"
    )


def _without_none(hint: Any) -> tuple[Any, bool]:
    if get_origin(hint) in {Union, UnionType} and type(None) in get_args(hint):
        return next(arm for arm in get_args(hint) if arm is not type(None)), True
    return hint, False


def _default(declared: Any) -> Any:
    if declared.default_factory is not MISSING:
        return declared.default_factory()
    return declared.default


def _field(spec: _Spec, node: Node | None, place: Place, faults: Faults) -> Any:
    if node is None or (isinstance(node, Scalar) and not node.text):
        if spec.default is not MISSING:
            return spec.default
        if spec.optional:
            return None
        faults.add(place, spec.name, "thiếu giá trị", "a value is missing")
        return _ABSENT
    if get_origin(spec.hint) is list:
        return _listing(spec, get_args(spec.hint)[0], node, place, faults)
    if isinstance(spec.hint, type) and issubclass(spec.hint, Shape):
        built = build(spec.hint, node, place.file, faults)
        return _ABSENT if built is None else built
    return _scalar(spec.name, spec.hint, node, place, faults)


def _listing(spec: _Spec, item: Any, node: Node, place: Place, faults: Faults) -> Any:
    if isinstance(item, type) and issubclass(item, Shape):
        return build_all(item, node, place.file, faults)
    if not isinstance(node, Listing):
        faults.add(place, spec.name, "phải là một danh sách", "must be a list")
        return _ABSENT
    found = [_scalar(spec.name, item, one, place, faults) for one in node.items]
    return _ABSENT if any(value is _ABSENT for value in found) else found


def _scalar(name: str, hint: Any, node: Node, place: Place, faults: Faults) -> Any:
    if isinstance(node, Scalar):
        try:
            return msgspec.convert(node.text, hint, strict=False)
        except msgspec.ValidationError:
            pass
    vi, en = _expected(hint)
    faults.add(place, name, f"phải là {vi}", f"must be {en}")
    return _ABSENT


def _expected(hint: Any) -> tuple[str, str]:
    """What a scalar must be, in words."""
    if get_origin(hint) is Literal:
        options = ", ".join(get_args(hint))
        return f"một trong: {options}", f"one of: {options}"
    meta = next((part for part in get_args(hint)[1:] if isinstance(part, msgspec.Meta)), None)
    plain = get_args(hint)[0] if meta else hint
    if plain is bool:
        return "true hoặc false", "true or false"
    if plain is date:
        return "một ngày có thật, dạng 2024-02-29", "a day that exists, such as 2024-02-29"
    if plain is int:
        return _number(meta)
    return _word(meta)


def _number(meta: msgspec.Meta | None) -> tuple[str, str]:
    if meta is None or meta.ge is None or meta.le is None:
        return "số nguyên", "a whole number"
    return f"số nguyên từ {meta.ge} đến {meta.le}", f"a whole number from {meta.ge} to {meta.le}"


def _word(meta: msgspec.Meta | None) -> tuple[str, str]:
    schema = (meta.extra_json_schema or {}) if meta else {}
    example = next(iter(schema.get("examples", [])), "")
    if example:
        return f"một mã đúng dạng, ví dụ {example}", f"a code of the right form, such as {example}"
    longest = meta.max_length if meta else None
    return f"chữ, không dài quá {longest}", f"text of at most {longest} characters"
