"""Chance that comes out the same for the same seed, on every machine."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from random import Random


def chance(seed: int, *names: str) -> Random:
    """A source of its own for every part of the plan: a change in one part does not disturb the others."""
    return Random("/".join((str(seed), *names)))  # noqa: S311 - a town to play with, nothing to guess


def pick(random: Random, weights: Mapping[str, int]) -> str:
    """One of the names, by weight."""
    return random.choices(list(weights), weights=list(weights.values()))[0]


def between(random: Random, start: datetime, end: datetime) -> datetime:
    """A whole second in [start, end); `start` itself when there is none."""
    seconds = int((end - start).total_seconds())
    return start + timedelta(seconds=random.randrange(seconds)) if seconds > 0 else start
