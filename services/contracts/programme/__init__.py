"""A programme is data. Pure: {path: bytes} in, `Programme` out; no clock, no I/O."""

from services.contracts.errors import Text
from services.contracts.programme.agencies import Agency, Group, Organisation
from services.contracts.programme.calendars import (
    LOCAL_ZONE,
    Period,
    local_date,
    local_instant,
    local_midnight,
    period_of,
    periods_of,
)
from services.contracts.programme.cells import cells, units_of
from services.contracts.programme.content import (
    PART_SIZE_BYTES,
    BrokenContent,
    content_hash,
    content_of,
    pack,
    unpack,
)
from services.contracts.programme.denominators import Denominator, Denominators
from services.contracts.programme.faults import Fault, ProgrammeFaults
from services.contracts.programme.forms import Due, Form, Measure, RowField, RowKind, Rule
from services.contracts.programme.indicators import REPORT_FED, Indicator, Target
from services.contracts.programme.judge import judge
from services.contracts.programme.model import Decision, PledgeText, Programme, TipRules, operator_of
from services.contracts.programme.obligations import Obligation
from services.contracts.programme.parse import parse
from services.contracts.programme.registry import Refusal, Registry
from services.contracts.programme.units import Succession, Unit, Units
from services.contracts.programme.workdays import WorkCalendar

__all__ = [
    "LOCAL_ZONE",
    "PART_SIZE_BYTES",
    "REPORT_FED",
    "Agency",
    "BrokenContent",
    "Decision",
    "Denominator",
    "Denominators",
    "Due",
    "Fault",
    "Form",
    "Group",
    "Indicator",
    "Measure",
    "Obligation",
    "Organisation",
    "Period",
    "PledgeText",
    "Programme",
    "ProgrammeFaults",
    "Refusal",
    "Registry",
    "RowField",
    "RowKind",
    "Rule",
    "Succession",
    "Target",
    "Text",
    "TipRules",
    "Unit",
    "Units",
    "WorkCalendar",
    "cells",
    "content_hash",
    "content_of",
    "judge",
    "local_date",
    "local_instant",
    "local_midnight",
    "obligations",
    "operator_of",
    "pack",
    "parse",
    "period_of",
    "periods_of",
    "units_of",
    "unpack",
]


def obligations(programme: Programme) -> tuple[Obligation, ...]:
    """Everything that is owed in a programme, computed once for each `Programme`."""
    return programme.obligations
