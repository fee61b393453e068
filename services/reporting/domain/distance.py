"""How far a status is from the next one: by numbers, by what is missing, and by time alone."""

from collections.abc import Sequence
from fractions import Fraction
from math import ceil, floor

from services.contracts.errors import Text
from services.contracts.explanations import ByItself, Distance, ExplainedInput
from services.contracts.programme.calendars import LOCAL_ZONE
from services.contracts.words import STATUS_WORDS
from services.reporting.domain import formulas
from services.reporting.domain.branches import NOT_OPEN
from services.reporting.domain.case import Case, Finding
from services.reporting.domain.inputs import Value
from services.reporting.domain.status import Judged, Status
from services.reporting.domain.summaries import name_of


def distance(judged: Judged, later: Status | None, inputs: Sequence[ExplainedInput]) -> Distance:
    """`later` is the status at `valid_until` if nothing more is said; `inputs` are all of them."""
    case, finding, status = judged
    then = finding.branch.otherwise
    told = finding.value is not None and "withheld" not in status.flags
    gap = _gap(case, finding.value, required(case, finding)) if then and finding.value and told else None
    missing = sum(1 for stated in inputs if stated.missing)
    overdue = sum(1 for stated in inputs if stated.missing and stated.report and case.now >= stated.report.due_at)
    after = None if finding.branch is NOT_OPEN else later  # nothing is looked at before the period opens
    turn = ByItself(at=status.valid_until, status=after.status if after else None) if status.valid_until else None
    return Distance(
        then=then if gap is not None else None,
        short_by=gap if gap is not None and gap > 0 else None,
        to_spare=-gap if gap is not None and gap <= 0 else None,
        missing=missing,
        overdue=overdue,
        by_itself=turn,
        text=name_of(_joined(_sentences(finding, gap, missing, overdue, turn))),
    )


def required(case: Case, finding: Finding) -> Fraction:
    """What the value was compared with."""
    return case.target if finding.required is None else finding.required


def _gap(case: Case, value: Value, needed: Fraction) -> int:
    """By how many counted things the value misses what is required; not above 0 when it does not."""
    at = needed * value.den
    return ceil(at) - value.num if case.at_least else value.num - floor(at)


def _sentences(finding: Finding, gap: int | None, missing: int, overdue: int, turn: ByItself | None) -> list[Text]:
    told = []
    if gap is not None and finding.branch.otherwise:
        then = STATUS_WORDS[finding.branch.otherwise]
        told.append(formulas.short_by(gap, then) if gap > 0 else formulas.to_spare(-gap, then))
    if missing:
        told.append(formulas.missing(missing, overdue))
    if turn is not None:
        at = turn.at.astimezone(LOCAL_ZONE).strftime("%H:%M %d/%m/%Y")
        told.append(formulas.by_itself(at, STATUS_WORDS[turn.status]) if turn.status else formulas.begins(at))
    return told or [formulas.UNMOVED]


def _joined(sentences: Sequence[Text]) -> Text:
    return Text(" ".join(text.vi for text in sentences), " ".join(text.en for text in sentences))
