"""The truth on disk, written before anything is posted: JSON Lines, a cell where it first appears or changes."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

import msgspec

from services.simulator.truth import Cell, Expected, Number, Truth


class TruthBroken(Exception):
    """The file is not what was written: cut short, or not a truth."""


class _Head(msgspec.Struct, frozen=True, kw_only=True):
    programme: str
    seed: int
    steps: list[datetime]
    cells: int
    lines: int


class _Line(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    step: datetime
    unit: str
    indicator: str
    period: str
    status: str
    value: Number | None = None
    stated: bool = True
    quality: bool = False

    @property
    def cell(self) -> Cell:
        return self.unit, self.indicator, self.period

    @property
    def expected(self) -> Expected:
        return Expected(self.status, self.value, self.stated, self.quality)


def write_truth(path: Path, programme: str, seed: int, truths: Iterable[tuple[datetime, Truth]]) -> None:
    """All steps. The file appears whole or not at all."""
    steps: list[datetime] = []
    lines: list[_Line] = []
    now: dict[Cell, Expected] = {}
    for step, truth in truths:
        steps.append(step)
        lines += [_line(step, cell, expected) for cell, expected in truth.items() if now.get(cell) != expected]
        now.update(truth)
    head = _Head(programme=programme, seed=seed, steps=steps, cells=len(now), lines=len(lines))
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".part")
    unfinished.write_bytes(msgspec.json.Encoder().encode_lines([head, *lines]))
    unfinished.replace(path)


def read_truth(path: Path) -> Iterator[tuple[datetime, Truth]]:
    """Every step with every cell, as `write_truth` was given them. Raises TruthBroken."""
    try:
        head_line, _, rest = path.read_bytes().partition(b"\n")
        head = msgspec.json.decode(head_line, type=_Head)
        lines = msgspec.json.Decoder(_Line).decode_lines(rest)
    except msgspec.DecodeError as error:
        raise TruthBroken(f"{path}: {error}") from error
    if len(lines) != head.lines:
        raise TruthBroken(f"{path}: {len(lines)} of {head.lines} lines")
    changes: dict[datetime, dict[Cell, Expected]] = {}
    for line in lines:
        changes.setdefault(line.step, {})[line.cell] = line.expected
    now: Truth = {}
    for step in head.steps:
        now = {**now, **changes.get(step, {})}
        yield step, now


def _line(step: datetime, cell: Cell, expected: Expected) -> _Line:
    unit, indicator, period = cell
    return _Line(
        step=step,
        unit=unit,
        indicator=indicator,
        period=period,
        status=expected.status,
        value=expected.value,
        stated=expected.stated,
        quality=expected.quality,
    )
