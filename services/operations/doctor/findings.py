"""What a check finds, and what becomes of a list of checks of which some cannot be made. No I/O."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from services.contracts.errors import Text
from services.kit.errors import Unavailable

Severity = Literal["fault", "warning"]
State = Literal["fine", "found", "unreached", "waits"]


class Finding(NamedTuple):
    """`fault`: something does not work, or is not safe. `warning`: it works, and somebody should look."""

    severity: Severity
    what: Text
    advice: Text


@dataclass(frozen=True)
class Step:
    """A part of a check. It `needs` dependencies and grounds; it `gives` a ground when it finds no fault."""

    check: str
    work: Callable[[], Iterable[Finding]]
    needs: frozenset[str] = frozenset()
    gives: str = ""


@dataclass(frozen=True)
class Seen:
    """What came of a step. `waits`: a finding of another step has to be mended first; `away`: what was not reached."""

    check: str
    state: State
    findings: Sequence[Finding] = ()
    away: str = ""


def examine(steps: Iterable[Step], dependencies: frozenset[str]) -> list[Seen]:
    """Every step in order. What was not reached once is not asked again: each try costs seconds."""
    seen: list[Seen] = []
    away: dict[str, str] = {}
    grounds: set[str] = set()
    for step in steps:
        one = _taken(step, away, dependencies | grounds)
        if one.state == "unreached":
            away |= dict.fromkeys((one.away, step.gives), one.away)
        elif one.state != "waits" and all(finding.severity == "warning" for finding in one.findings):
            grounds.add(step.gives)
        seen.append(one)
    return seen


def _taken(step: Step, away: Mapping[str, str], there: frozenset[str]) -> Seen:
    if lost := step.needs & away.keys():
        return Seen(step.check, "unreached", away=away[min(lost)])
    if step.needs - there:
        return Seen(step.check, "waits")
    try:
        findings = tuple(step.work())
    except Unavailable as error:
        return Seen(step.check, "unreached", away=error.dependency)
    return Seen(step.check, "found" if findings else "fine", findings)
