"""What is wrong with a programme folder: all of it, each with its file and line, in Vietnamese and English."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """`line` counts from 1; `field` is a column or a dotted path, empty when the whole line or file is meant."""

    file: str
    line: int
    field: str
    message_vi: str
    message_en: str


class ProgrammeFaults(Exception):
    """A programme that cannot be used, with every reason why."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(f"{len(faults)} faults, the first at {faults[0].file}:{faults[0].line}")
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record stands, and each of its fields."""

    file: str
    line: int
    lines: dict[str, int] = field(default_factory=dict)

    def line_of(self, name: str) -> int:
        return self.lines.get(name, self.line)


@dataclass(frozen=True, slots=True)
class Faults:
    """Collects faults while a folder is read and checked."""

    found: list[Fault] = field(default_factory=list)

    def add(self, place: Place, name: str, vi: str, en: str) -> None:
        self.found.append(Fault(place.file, place.line_of(name), name, vi, en))

    def in_file(self, file: str) -> bool:
        return any(fault.file == file for fault in self.found)

    def raise_if_any(self) -> None:
        if self.found:
            raise ProgrammeFaults(sorted(set(self.found)))
