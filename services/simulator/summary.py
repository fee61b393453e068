"""What a plan holds and what a play came to, in numbers."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import msgspec

from services.simulator.actions import Action, Plan
from services.simulator.play import Result
from services.simulator.posting import instant
from services.simulator.truth import Truth


def of_plan(plan: Plan, truths: list[Truth]) -> dict[str, Any]:
    sizes = [len(sheet["signers"]) for sheet in sheets(plan.actions)]
    statuses = Counter(expected.status for truth in truths for expected in truth.values())
    return {
        "programme": plan.programme,
        "seed": plan.seed,
        "requests": len(plan.actions),
        "requests_by_event": dict(Counter(action.event_type for action in plan.actions)),
        "sheets": len(sizes),
        "signatures": sum(sizes),
        "largest_sheet": max(sizes, default=0),
        "steps": len(plan.steps),
        "first_step": instant(plan.steps[0]),
        "last_step": instant(plan.steps[-1]),
        "statuses": dict(statuses),
    }


def of_play(result: Result, elapsed_s: float) -> dict[str, Any]:
    return {
        "steps": result.steps,
        "requests": result.requests,
        "retries": result.retries,
        "compared": result.compared,
        "statuses": dict(result.statuses),
        "verdicts": dict(result.verdicts),
        "differences": [_told(difference) for difference in result.differences],
        "failure": result.failure,
        "elapsed_s": round(elapsed_s, 1),
    }


def plan_lines(plan: Plan) -> bytes:
    """The plan as JSON Lines: its head, then every action in order."""
    head = {"programme": plan.programme, "seed": plan.seed, "steps": plan.steps}
    return msgspec.json.Encoder().encode_lines([head, *plan.actions])


def sheets(actions: tuple[Action, ...]) -> Iterator[dict[str, Any]]:
    """The bodies of all pledge sheets, those of batches too."""
    for action in actions:
        yield from (item for _, item in action.events() if "signers" in item)


def _told(difference: Any) -> dict[str, Any]:
    unit, indicator, period = difference.cell
    return {
        "at": instant(difference.at),
        "unit": unit,
        "indicator": indicator,
        "period": period,
        "expected": difference.expected and difference.expected._asdict(),
        "got": difference.got and {"status": difference.got.status, "value": difference.got.value},
    }
