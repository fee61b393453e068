"""The ratios of the last recorded run; what falls far below them is told, and fails nothing."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.figures import Figure

FILE = Path(__file__).with_name("recorded.json")
FALL = 0.2
"""A ratio that is worse by this share than the recorded one is told."""
Ratios = Mapping[str, Mapping[str, float]]
"""Benchmark -> figure -> ratio to its baseline."""


@dataclass(frozen=True)
class Fall:
    benchmark: str
    figure: str
    recorded: float
    found: float

    def __str__(self) -> str:
        return f"{self.benchmark}: {self.figure}: ratio {self.found:.3g}, recorded {self.recorded:.3g}"


def read(path: Path = FILE) -> Ratios:
    ratios: Ratios = json.loads(path.read_text()) if path.exists() else {}
    return ratios


def keep(found: Mapping[str, Sequence[Figure]], path: Path = FILE) -> None:
    """The ratios of these benchmarks in place of what was recorded of them; others stay."""
    ratios = {**read(path), **{name: _ratios(figures) for name, figures in found.items()}}
    path.write_text(json.dumps(ratios, indent=2, sort_keys=True, ensure_ascii=False) + "\n")


def falls(found: Mapping[str, Sequence[Figure]], recorded: Ratios) -> list[Fall]:
    """Which figures are worse by `FALL` or more than recorded."""
    return [one for name, figures in found.items() for one in _falls(name, figures, recorded.get(name, {}))]


def _falls(benchmark: str, figures: Sequence[Figure], recorded: Mapping[str, float]) -> Iterator[Fall]:
    for figure in figures:
        before, now = recorded.get(figure.name), figure.ratio
        if before is None or now is None:
            continue
        worse = now >= before * (1 + FALL) if figure.less_is_better else now <= before * (1 - FALL)
        if worse:
            yield Fall(benchmark, figure.name, before, now)


def _ratios(figures: Sequence[Figure]) -> dict[str, float]:
    return {figure.name: round(figure.ratio, 4) for figure in figures if figure.ratio is not None}
