"""Figures from before the programme, for comparison only: nothing is judged by them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BaselineFigure:
    """What an indicator of a unit came to in a year: exactly num/den."""

    unit: str
    indicator: str
    year: int
    num: int
    den: int
    provisional: bool
    source: str
