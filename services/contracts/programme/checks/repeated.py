"""One code, one thing."""

from collections.abc import Callable, Hashable, Iterable
from typing import TypeVar

from services.contracts.programme.faults import Faults
from services.contracts.programme.reading.build import Shape

R = TypeVar("R", bound=Shape)


def refuse_repeated(records: Iterable[R], key: Callable[[R], Hashable], field: str, faults: Faults) -> None:
    """A fault for every record whose key an earlier record of the same kind has."""
    first_line: dict[Hashable, int] = {}
    for record in records:
        name = key(record)
        if name in first_line:
            line = first_line[name]
            faults.add(
                record.place, field, f"trùng với dòng {line}: {_shown(name)}", f"repeats line {line}: {_shown(name)}"
            )
        first_line.setdefault(name, record.place.line)


def _shown(name: Hashable) -> str:
    return " ".join(map(str, name)) if isinstance(name, tuple) else str(name)
