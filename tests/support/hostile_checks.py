"""Checks of ours beside schemathesis' own: what fits the published schema is refused only for what no schema knows."""

import os
from pathlib import Path
from typing import Any, Final

import schemathesis

from services.contracts.errors import FAULT_TEXTS
from services.contracts.signer_identity import SignerIdentity

_BY_SHAPE: Final = frozenset(
    {
        *("malformed", "required", "unknown_field", "wrong_type", "wrong_length", "wrong_pattern", "exactly_one"),
        *("not_one_of", "out_of_range", "invalid_field", "idempotency_key"),
    }
)
"""Codes for what a schema can say."""
_IDENTITY: Final = tuple(SignerIdentity.__struct_fields__)
_FITTING_BUT_NOT_THERE: Final = frozenset(
    {
        ("now", "out_of_range"),  # far from the programme's years
        ("cursor", "invalid_field"),  # given by no page of ours
        ("Receipt", "invalid_field"),  # signed by no key of ours
        *((said, "invalid_field") for said in _IDENTITY),  # neither a letter nor a digit in it
        *((said, "required") for said in _IDENTITY),  # which of them identify a signer depends on the sheet's kind
    }
)
"""(last part of the field, code)."""


@schemathesis.check
def remembered(_ctx: Any, response: Any, case: Any) -> None:
    """Which operation was answered how, a line each: a test wants to know that every one was reached."""
    with Path(os.environ["HOSTILE_SEEN"]).open("a") as seen:
        seen.write(f"{case.operation.definition.raw['operationId']} {response.status_code}\n")


@schemathesis.check
def refused_by_the_programme_alone(_ctx: Any, response: Any, case: Any) -> None:
    if case.meta is None or not case.meta.generation.mode.is_positive or response.status_code not in (400, 422):
        return
    faults = response.json()["faults"]
    assert faults, "no field is named"
    wrong = [fault for fault in faults if _by_shape(fault, case.body)]
    assert not wrong, f"it fits the schema, and is refused for its shape: {wrong}"


def _by_shape(fault: Any, body: Any) -> bool:
    field, code = fault["field"], fault["code"]
    if code not in _BY_SHAPE or (field.rpartition(".")[2], code) in _FITTING_BUT_NOT_THERE:
        return False
    if code == "invalid_field":  # what the programme refuses is told with its reason in brackets
        return bool(fault["en"] == FAULT_TEXTS[code].en)
    # JSON Schema calls 3.0 an integer; here a whole number is written as one, so that no rounding is ever at work.
    return not (code == "wrong_type" and _has_float(body))


def _has_float(value: Any) -> bool:
    match value:
        case dict():
            return any(map(_has_float, value.values()))
        case list():
            return any(map(_has_float, value))
        case _:
            return isinstance(value, float)
