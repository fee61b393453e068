"""A walk through everything that a declared type is made of."""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from msgspec import inspect

Struct = type[Any]


class Part(NamedTuple):
    """One type inside a declaration: where (dotted; `*` an element, `key` a free key) and of which class."""

    path: str
    kind: inspect.Type
    classified: str | None


def parts(*declared: Any) -> Iterator[Part]:
    """Every part of the declared types, themselves included. None of our types contains itself."""
    for kind in inspect.multi_type_info(declared):
        yield from _below(kind, getattr(getattr(kind, "cls", None), "__name__", ""), None)


def structs(declared: Iterable[Any]) -> frozenset[Struct]:
    return frozenset(part.kind.cls for part in parts(*declared) if isinstance(part.kind, inspect.StructType))


def _below(kind: inspect.Type, path: str, classified: str | None) -> Iterator[Part]:
    if isinstance(kind, inspect.Metadata):
        yield from _below(kind.type, path, (kind.extra or {}).get("class"))
        return
    yield Part(path, kind, classified)
    for step, inner in _steps(kind):
        yield from _below(inner, f"{path}.{step}" if step else path, None)


def _steps(kind: inspect.Type) -> list[tuple[str, inspect.Type]]:
    if isinstance(kind, inspect.StructType):
        return [(field.name, field.type) for field in kind.fields]
    if isinstance(kind, inspect.DictType):
        return [("key", kind.key_type), ("*", kind.value_type)]
    if isinstance(kind, inspect.ListType | inspect.VarTupleType):
        return [("*", kind.item_type)]
    if isinstance(kind, inspect.UnionType):
        return [("", member) for member in kind.types]
    return []
