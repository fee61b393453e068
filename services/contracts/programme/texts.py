"""A text that people read, in Vietnamese first and in English beside it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    vi: str
    en: str
