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
from services.contracts.programme.carry import CannotCarry, Carried, added, carry
from services.contracts.programme.cells import cells, is_cell, judged, seats, units_of
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
from services.contracts.programme.indicators import REPORT_FED, SIGNER_FED, TIP_FED, Indicator, Target
from services.contracts.programme.judge import judge
from services.contracts.programme.lineage import Change, Lineage, Share
from services.contracts.programme.model import Decision, PledgeText, Programme, SmallNumbers, TipRules, operator_of
from services.contracts.programme.obligations import Obligation
from services.contracts.programme.parse import parse, parse_map
from services.contracts.programme.registry import Refusal, Registry
from services.contracts.programme.stubs import cut, own_period, share_of, stubs_at
from services.contracts.programme.units import Succession, Unit, Units
from services.contracts.programme.verdicts import (
    Citation,
    Criterion,
    Grade,
    Quorum,
    RulePack,
    ThresholdName,
    Verdict,
)
from services.contracts.programme.workdays import WorkCalendar

__all__ = [
    "LOCAL_ZONE",
    "PART_SIZE_BYTES",
    "REPORT_FED",
    "SIGNER_FED",
    "TIP_FED",
    "Agency",
    "BrokenContent",
    "CannotCarry",
    "Carried",
    "Change",
    "Citation",
    "Criterion",
    "Decision",
    "Denominator",
    "Denominators",
    "Due",
    "Fault",
    "Form",
    "Grade",
    "Group",
    "Indicator",
    "Lineage",
    "Measure",
    "Obligation",
    "Organisation",
    "Period",
    "PledgeText",
    "Programme",
    "ProgrammeFaults",
    "Quorum",
    "Refusal",
    "Registry",
    "RowField",
    "RowKind",
    "Rule",
    "RulePack",
    "Share",
    "SmallNumbers",
    "Succession",
    "Target",
    "Text",
    "ThresholdName",
    "TipRules",
    "Unit",
    "Units",
    "Verdict",
    "WorkCalendar",
    "added",
    "carry",
    "cells",
    "content_hash",
    "content_of",
    "cut",
    "is_cell",
    "judge",
    "judged",
    "local_date",
    "local_instant",
    "local_midnight",
    "obligations",
    "operator_of",
    "own_period",
    "pack",
    "parse",
    "parse_map",
    "period_of",
    "periods_of",
    "seats",
    "share_of",
    "stubs_at",
    "units_of",
    "unpack",
]


def obligations(programme: Programme) -> tuple[Obligation, ...]:
    """Everything that is owed in a programme, computed once for each `Programme`."""
    return programme.obligations
