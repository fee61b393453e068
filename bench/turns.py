"""Measuring in turn: what is compared is run one after the other, again and again, so that a busy moment hits all."""

from collections.abc import Callable, Mapping
from statistics import median


def in_turn(rounds: int, measured: Mapping[str, Callable[[], float]]) -> dict[str, float]:
    """The median of each over `rounds`; the first round is run once more before, and forgotten, to warm up."""
    for measure in measured.values():
        measure()
    found: dict[str, list[float]] = {name: [] for name in measured}
    for _ in range(rounds):
        for name, measure in measured.items():
            found[name].append(measure())
    return {name: median(values) for name, values in found.items()}
