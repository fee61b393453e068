"""What a benchmark finds: figures, each against a baseline of the same run and a goal where there is one. Pure."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal, TypeVar

T = TypeVar("T")


class Size(StrEnum):
    """`tiny` shows in seconds that a benchmark works; only `full` says anything about speed."""

    TINY = "tiny"
    FULL = "full"

    def pick(self, *, tiny: T, full: T) -> T:
        return tiny if self is Size.TINY else full


@dataclass(frozen=True)
class Goal:
    """Where a figure should be: its ratio to the baseline, or its value in its own unit."""

    direction: Literal["at least", "at most"]
    bound: float
    of: Literal["ratio", "value"] = "ratio"

    def reached(self, found: float) -> bool:
        return found >= self.bound if self.direction == "at least" else found <= self.bound


@dataclass(frozen=True)
class Figure:
    """`baseline` was measured in turn with this figure, in the same unit; `less_is_better` of a time or a size."""

    name: str
    value: float
    unit: str
    baseline: "Figure | None" = None
    goal: Goal | None = None
    less_is_better: bool = False

    @property
    def ratio(self) -> float | None:
        return self.value / self.baseline.value if self.baseline and self.baseline.value else None

    @property
    def reached(self) -> bool | None:
        """None without a goal, or where the ratio that it speaks of cannot be had."""
        if self.goal is None:
            return None
        found = self.ratio if self.goal.of == "ratio" else self.value
        return None if found is None else self.goal.reached(found)

    def to_json(self) -> dict[str, Any]:
        """Plain JSON: name, value, unit; baseline, ratio, goal and reached where there are any."""
        said: dict[str, Any] = {"name": self.name, "value": self.value, "unit": self.unit}
        if self.baseline:
            said |= {"baseline": self.baseline.to_json(), "ratio": self.ratio}
        if self.goal:
            goal = {"direction": self.goal.direction, "bound": self.goal.bound, "of": self.goal.of}
            said |= {"goal": goal, "reached": self.reached}
        return said
